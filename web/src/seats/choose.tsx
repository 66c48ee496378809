// Choosing seats: by the drawing of the hall, from a list of sections and rows, or the best together; what
// is chosen stays until it is held, given back or gone.
import { signal } from '@preact/signals'
import type { Concert, Reservation, Round } from '../core/api'
import { act, Refused, read } from '../core/call'
import { clockTime, dayAndTime, serverNow, span, tick } from '../core/clock'
import { backstopMs, follow, live } from '../core/feed'
import { Frame, Loading, price, Trouble } from '../core/frame'
import { t } from '../core/language'
import { here, linePath } from '../core/path'
import { sayAtOnce } from '../core/say'
import { look, token, turnHearers, turnQuery } from '../core/turn'
import { warnBefore } from '../core/warn'
import { limitReached, lost, most, names, press, seatLabel, seatsLost, takeNearest } from './choice'
import type { Hall, Row, Section } from './hall'
import { SeatMap } from './map'
import {
    areTaken,
    chosen,
    forget,
    freeIn,
    goneSeats,
    hall,
    heardAt,
    hearSeats,
    isAnyFree,
    isFree,
    loadSeats,
    lookForReturns,
    nearestFree,
    news,
    placesOf,
    refresh,
    returns,
    seatNumber,
    seatPrice,
    sum,
} from './model'

const refreshMs = 2000
// What may come back is told in steps as long as this.
const returnsMs = 10_000

// The concert's name may come later than its seats.
const shown = signal<{ round: Round; concert: Concert | null } | null>(null)
const trouble = signal<unknown>(null)
const sectionName = signal<string | null>(null)
const holding = signal(false)
const party = signal(2)
const noneTogether = signal(false)
const withList = signal(false)

// What is wanted of a round: the seats that one chose, or the best ones.
type Wish = { seats: number[]; planVersion: number } | { bestAvailable: { count: number } }

async function hold(round: string, wish: Wish): Promise<void> {
    if (holding.value) return
    holding.value = true
    trouble.value = null
    noneTogether.value = false
    try {
        const body = { roundId: round, ...wish }
        const held = await act<Reservation>(`hold:${round}`, 'POST', '/v1/reservations', body)
        forget()
        location.assign(`/pay/${held.id}`)
        return
    } catch (error) {
        if (error instanceof Refused && error.problem.code === 'seat_unavailable') {
            const conflicts = error.problem.conflicts as { index: number }[]
            const places = conflicts.map(({ index }) => index)
            areTaken(places)
            seatsLost(places)
        } else if (error instanceof Refused && error.problem.code === 'no_adjacent_seats') {
            noneTogether.value = true
            sayAtOnce(t('noneTogether'))
        } else if (error instanceof Refused && error.problem.code.startsWith('queue_token')) {
            await look()
        } else {
            trouble.value = error
            // The hall was drawn anew: what was chosen of the old one is nothing.
            if (error instanceof Refused && error.problem.code === 'plan_changed')
                await loadSeats(round)
        }
    } finally {
        holding.value = false
    }
}

function Seat({ place }: { place: number }) {
    return (
        <button
            type="button"
            class="seat"
            aria-pressed={chosen.value.includes(place)}
            aria-label={seatLabel(place)}
            onClick={() => press(place)}
        >
            {hall.value?.numbers[place] ?? seatNumber(place)}
        </button>
    )
}

function SeatRow({ row }: { row: Row }) {
    void news.value
    const free = placesOf(row).filter(place => isFree(place) || chosen.value.includes(place))
    const first = free[0]
    if (first === undefined) return null
    return (
        <section aria-label={row.name === '' ? t('seats') : t('row', { row: row.name })}>
            <h3>
                {row.name === '' ? null : t('row', { row: row.name })}{' '}
                <span class="dim">{price(seatPrice(first))}</span>
            </h3>
            <div class="seats">
                {free.map(place => (
                    <Seat key={place} place={place} />
                ))}
            </div>
        </section>
    )
}

function SeatList({ sections }: { sections: readonly Section[] }) {
    void news.value
    const all = sections.map(section => ({ section, free: freeIn(section.rows) }))
    const current =
        all.find(({ section }) => section.name === sectionName.value) ??
        all.find(({ free }) => free > 0) ??
        all[0]
    if (current === undefined) return null
    return (
        <>
            <p class="field">
                <label for="section">{t('section')}</label>
                <select
                    id="section"
                    value={current.section.name}
                    onChange={event => {
                        sectionName.value = event.currentTarget.value
                    }}
                >
                    {all.map(({ section, free }) => (
                        <option key={section.name} value={section.name}>
                            {t('sectionFree', { name: section.name || t('noSection'), n: free })}
                        </option>
                    ))}
                </select>
            </p>
            {current.section.rows.map(row => (
                <SeatRow key={row.first} row={row} />
            ))}
        </>
    )
}

// The drawing, and the list of the same seats.
function Seats({ seats }: { seats: Hall }) {
    return (
        <>
            <SeatMap hall={seats} />
            <p>
                <button
                    type="button"
                    class="quiet"
                    aria-expanded={withList.value}
                    onClick={() => {
                        withList.value = !withList.value
                    }}
                >
                    {t('fromList')}
                </button>
            </p>
            {withList.value ? <SeatList sections={seats.sections} /> : null}
        </>
    )
}

// So many side by side, the best there are, without looking at the hall.
function Best({ round }: { round: Round }) {
    const count = Math.min(party.value, most())
    return (
        <section aria-label={t('bestSeats')}>
            <p class="acts">
                <label for="party">{t('howMany')}</label>
                <select
                    id="party"
                    value={count}
                    onChange={event => {
                        party.value = Number(event.currentTarget.value)
                    }}
                >
                    {Array.from({ length: most() }, (_, i) => (
                        <option key={i} value={i + 1}>
                            {i + 1}
                        </option>
                    ))}
                </select>
                <button
                    type="button"
                    class="quiet"
                    aria-disabled={holding.value}
                    onClick={() => hold(round.id, { bestAvailable: { count } })}
                >
                    {t('holdBest', { n: count })}
                </button>
            </p>
            {noneTogether.value ? <p class="bad">{t('noneTogether')}</p> : null}
        </section>
    )
}

function Lost() {
    const now = lost.value
    if (now === null) return null
    void news.value
    const nearest = nearestFree(now.gone)
    return (
        <section class="trouble">
            <p>{now.said}</p>
            {nearest.length === 0 ? null : (
                <button type="button" onClick={() => takeNearest(nearest)}>
                    {t('nearestFree', { seats: names(nearest) })}
                </button>
            )}
        </section>
    )
}

function Tray({ round, planVersion }: { round: Round; planVersion: number }) {
    const isEmpty = chosen.value.length === 0
    return (
        <div class="tray">
            <p>{isEmpty ? t('nothingChosen') : names([...chosen.value].sort((a, b) => a - b))}</p>
            {limitReached.value ? <p class="bad">{t('limitReached', { n: most() })}</p> : null}
            {isEmpty ? null : (
                <button
                    type="button"
                    aria-disabled={holding.value}
                    onClick={() => hold(round.id, { seats: [...chosen.value], planVersion })}
                >
                    {t('hold', { price: price(sum.value) })}
                </button>
            )}
        </div>
    )
}

function TurnTimer() {
    const ends = token.value?.expiresAt
    if (!ends) return null
    return (
        <p class="dim" role="timer">
            {t('turnEnds', { span: span(Date.parse(ends) - tick.value) })}
        </p>
    )
}

warnBefore(() => {
    const ends = token.value?.status === 'active' ? token.value.expiresAt : null
    return ends ? Date.parse(ends) - tick.value : null
}, 'turnEnds')

// Nothing is free: when it is worth looking again.
function Gone({ round }: { round: Round }) {
    const next = returns.value?.nextReturnAt
    const came = returns.value?.returnedLastMinute ?? 0
    return (
        <>
            <p class="big">{t('allGone')}</p>
            {next ? <p>{t('mayReturn', { time: clockTime(next, true) })}</p> : null}
            {came > 0 ? <p>{t('cameBack', { n: came })}</p> : null}
            <a href={`/concerts/${round.concertId}`}>{t('otherDates')}</a>
        </>
    )
}

function Inside({ round }: { round: Round }) {
    const now = token.value
    const seats = hall.value
    if (now === undefined || seats === null) return <Loading />
    if (now === null || now.status !== 'active') {
        const path =
            now?.status === 'waiting'
                ? `/line?to=${encodeURIComponent(here())}`
                : linePath(here(), round.concertId)
        return (
            <>
                <p class="big">{t(now?.status === 'waiting' ? 'stillWaiting' : 'turnOver')}</p>
                {chosen.value.length > 0 ? <p>{names(chosen.value)}</p> : null}
                <a class="button" href={path}>
                    {t('toTheLine')}
                </a>
            </>
        )
    }
    void news.value
    return (
        <>
            <TurnTimer />
            {round.status === 'cancelled' ? (
                <p class="big">{t('dateCancelled')}</p>
            ) : round.paused ? (
                <p class="big">{t('salePaused')}</p>
            ) : null}
            <Lost />
            {trouble.value === null ? null : <Trouble error={trouble.value} />}
            {isAnyFree() || chosen.value.length > 0 ? (
                <>
                    {chosen.value.length === 0 ? <Best round={round} /> : null}
                    <Seats seats={seats} />
                </>
            ) : (
                <Gone round={round} />
            )}
            <p class="dim">
                {t('asOf', { time: clockTime(serverNow() - (Date.now() - heardAt.value), true) })}
            </p>
            <Tray round={round} planVersion={seats.planVersion} />
        </>
    )
}

async function loadNames(id: string): Promise<void> {
    const round = await read<Round>(`/v1/rounds/${id}`)
    shown.value = { round, concert: null }
    const concert = await read<Concert>(`/v1/concerts/${round.concertId}`)
    shown.value = { round: shown.value?.round ?? round, concert }
}

// What everybody may see comes before it is known who looks.
export async function loadHall(id: string): Promise<void> {
    try {
        await Promise.all([loadNames(id), loadSeats(id)])
    } catch (error) {
        trouble.value = error
    }
}

const lose = (): void => {
    if (!holding.value) seatsLost(goneSeats())
}

addEventListener('usher-renew', event => {
    if (holding.value || chosen.value.length > 0) event.preventDefault()
})

// While somebody looks and may choose; a hidden page asks nothing.
let lookedAt = 0
let returnsAt = Number.NEGATIVE_INFINITY
async function lookAtSeats(id: string): Promise<void> {
    const now = performance.now()
    const looks = !document.hidden && token.value?.status === 'active' && !holding.value
    if (looks && now - lookedAt >= (live.value ? backstopMs : refreshMs)) {
        lookedAt = now
        await refresh(id).then(lose, () => {})
    }
    if (looks && hall.value !== null && !isAnyFree() && now - returnsAt >= returnsMs) {
        returnsAt = now
        await lookForReturns(id).then(lose, () => {})
    }
    setTimeout(lookAtSeats, refreshMs, id)
}

export function startChoosing(id: string): void {
    follow(
        () => {
            const turn = turnQuery()
            return turn === null || shown.value === null ? null : `${turn}&roundId=${id}`
        },
        {
            ...turnHearers,
            seats: news => {
                hearSeats(id, news).then(lose, () => {})
            },
            round: round => {
                if (shown.value !== null) shown.value = { ...shown.value, round }
            },
        }
    )
    setTimeout(lookAtSeats, refreshMs, id)
}

export function Choose({ id }: { id: string }) {
    // Without its seats a date is not shown.
    const now = hall.value === null && trouble.value !== null ? null : shown.value
    if (now === null)
        return (
            <Frame title={t('seats')}>
                {trouble.value === null ? (
                    <Loading />
                ) : (
                    <Trouble alone error={trouble.value} again={() => location.reload()} />
                )}
            </Frame>
        )
    return (
        <Frame title={now.concert?.title ?? ''}>
            <h1>{now.concert?.title ?? '\u00a0'}</h1>
            <p>{dayAndTime(now.round.startTime)}</p>
            <h2>{t('chooseSeats')}</h2>
            <Inside key={id} round={now.round} />
        </Frame>
    )
}
