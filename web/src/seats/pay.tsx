// Paying for what one holds; the result stands on the same page.
import { effect, signal, untracked } from '@preact/signals'
import type { Concert, Points, Reservation, Round } from '../core/api'
import { act, isUnderWay, Refused, read } from '../core/call'
import { clockTime, dayAndTime, span, tick } from '../core/clock'
import { backstopMs, follow, live } from '../core/feed'
import { Frame, Loading, price, Trouble } from '../core/frame'
import { me, settings } from '../core/house'
import { t } from '../core/language'
import { Moved } from '../core/moved'
import { say, sayAtOnce } from '../core/say'
import { warnBefore } from '../core/warn'

interface Till {
    reservation: Reservation
    concert: Concert
    round: Round
    balance: number
}

const till = signal<Till | null>(null)
const trouble = signal<unknown>(null)
// Why the last act was refused: that stays until the next, whatever is read meanwhile.
const refused = signal<unknown>(null)
const checking = signal(false)
// From here on a hold is about to end.
const soonMs = 60_000
// How often a page that is told nothing sees what became of the hold elsewhere.
const lookEveryMs = 10_000

async function load(id: string): Promise<void> {
    const [reservation, points] = await Promise.all([
        read<Reservation>(`/v1/reservations/${id}`),
        read<Points>('/v1/points'),
    ])
    const [concert, round] = await Promise.all([
        read<Concert>(`/v1/concerts/${reservation.concertId}`),
        read<Round>(`/v1/rounds/${reservation.roundId}`),
    ])
    till.value = { reservation, concert, round, balance: points.balance }
}

const reload = (id: string): Promise<void> =>
    load(id).then(
        () => {
            trouble.value = null
        },
        (error: unknown) => {
            trouble.value = error
        }
    )

// What is to be done is done once; whatever came of it, the page then shows what is true.
async function once(id: string, what: () => Promise<unknown>): Promise<void> {
    if (checking.value) return
    checking.value = true
    refused.value = null
    let why: unknown = null
    await what().catch((error: unknown) => {
        why = error
    })
    await reload(id)
    if (why !== null && !tellsItself(why)) refused.value = why
    checking.value = false
    requestAnimationFrame(keepFocus)
}

// The button that was pressed may be gone, and with it the place of who has no mouse.
function keepFocus(): void {
    if (document.activeElement === document.body) document.getElementById('result')?.focus()
}

// Refusals of which the reservation, as it is now, tells the reader more.
const tellsItself = (error: unknown): boolean =>
    error instanceof Refused &&
    [
        'hold_expired',
        'reservation_not_pending',
        'insufficient_points',
        'reservation_expired',
    ].includes(error.problem.code)

const payName = (id: string) => `pay:${id}`
const shownName = (id: string) => `usher-shown:${id}`

// For the date that the page shows, and no other. A payment that goes on says what it first said.
function pay(id: string): Promise<void> {
    const before = isUnderWay(payName(id)) ? localStorage.getItem(shownName(id)) : null
    const startTime = before ?? till.value?.round.startTime
    if (startTime !== undefined) localStorage.setItem(shownName(id), startTime)
    const body = { reservationId: id, startTime }
    return once(id, () =>
        act(payName(id), 'POST', '/v1/payments', body).finally(() =>
            localStorage.removeItem(shownName(id))
        )
    )
}
const giveBack = (id: string) =>
    once(id, () => act(`give-back:${id}`, 'POST', `/v1/reservations/${id}/cancel`))
const needMoreTime = (id: string) =>
    once(id, () => act(`extend:${id}`, 'POST', `/v1/reservations/${id}/extend`))
const topUp = (id: string, amount: number) =>
    once(id, () => act(`top-up:${id}`, 'POST', '/v1/points/charges', { amount }))

// Until when a hold can be paid: until it ends, and never once its date has begun.
function payableUntil({ reservation, round }: Till): string | null {
    const { expiresAt } = reservation
    const beginsFirst = expiresAt !== null && Date.parse(round.startTime) < Date.parse(expiresAt)
    return beginsFirst ? round.startTime : expiresAt
}

// Only a hold that is still waiting for its payment has an end.
function leftMs(now: Till): number {
    const until = payableUntil(now)
    return now.reservation.status === 'pending' && until !== null
        ? Date.parse(until) - tick.value
        : 0
}

// Once it is over, the server says what became of it.
let askedAfterEnd = false
effect(() => {
    const now = till.value
    if (now?.reservation.status !== 'pending' || leftMs(now) > 0 || checking.value || askedAfterEnd)
        return
    askedAfterEnd = true
    reload(now.reservation.id)
})

warnBefore(() => (till.value === null ? null : leftMs(till.value)), 'endingSoon')

let saidMove: string | null | undefined
effect(() => {
    const now = till.value
    if (now === null) return
    const { movedFrom } = now.reservation
    if (saidMove !== undefined && movedFrom !== null && movedFrom !== saidMove)
        sayAtOnce(t('movedFrom', { time: dayAndTime(movedFrom) }))
    saidMove = movedFrom
})

let saidStatus = 'pending'
effect(() => {
    const status = till.value?.reservation.status ?? 'pending'
    if (status === saidStatus) return
    saidStatus = status
    if (status === 'confirmed') say(t('booked'))
})

// Another system's page that adds points; it leads back to this one.
function topUpPath(pattern: string, short: number): string {
    const values: Record<string, string> = {
        user: me.value?.id ?? '',
        amount: String(short),
        back: location.href,
    }
    return pattern.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(values[name] ?? '')
    )
}

function Short({ now }: { now: Till }) {
    const short = now.reservation.amount - now.balance
    const id = now.reservation.id
    const house = settings.value
    const until = payableUntil(now)
    if (short <= 0 || until === null) return null
    return (
        <>
            <p class="bad">
                {t('pointsShort', {
                    price: price(short),
                    time: clockTime(until, true),
                })}
            </p>
            {house?.topUpUrl ? (
                <a class="button quiet" href={topUpPath(house.topUpUrl, short)}>
                    {t('topUp', { price: price(short) })}
                </a>
            ) : house?.charging === 'open' ? (
                <button
                    type="button"
                    class="quiet"
                    aria-disabled={checking.value}
                    onClick={() => topUp(id, short)}
                >
                    {t('topUp', { price: price(short) })}
                </button>
            ) : (
                <p>{t('askHouse')}</p>
            )}
        </>
    )
}

function Pending({ now }: { now: Till }) {
    const left = leftMs(now)
    const { id, amount, expiresAt, extendedAt } = now.reservation
    const until = payableUntil(now)
    const startEndsIt = until !== expiresAt
    if (left <= 0 || until === null)
        return <p class="big">{t(startEndsIt ? 'dateHasBegun' : 'holdEnded')}</p>
    return (
        <>
            <p>{t('heldUntil', { time: clockTime(until, true) })}</p>
            <p class="big" role="timer">
                {t(left <= soonMs ? 'endingSoon' : 'timeLeft', { span: span(left) })}
            </p>
            <p class="dim">{t('yourPoints', { price: price(now.balance) })}</p>
            <Short now={now} />
            <p class="acts">
                {now.balance < amount ? null : (
                    <button type="button" aria-disabled={checking.value} onClick={() => pay(id)}>
                        {t('payNow', { price: price(amount) })}
                    </button>
                )}
                {extendedAt !== null || startEndsIt || !settings.value?.extendSeconds ? null : (
                    <button
                        type="button"
                        class="quiet"
                        aria-disabled={checking.value}
                        onClick={() => needMoreTime(id)}
                    >
                        {t('moreTime')}
                    </button>
                )}
                <button
                    type="button"
                    class="quiet"
                    aria-disabled={checking.value}
                    onClick={() => giveBack(id)}
                >
                    {t('giveBack')}
                </button>
            </p>
        </>
    )
}

function Result({ now }: { now: Till }) {
    switch (now.reservation.status) {
        case 'pending':
            return <Pending now={now} />
        case 'confirmed':
            return (
                <>
                    <p class="big">{t('booked')}</p>
                    <a class="button" href={`/tickets/${now.reservation.id}`}>
                        {t('seeTickets')}
                    </a>
                </>
            )
        case 'expired':
            return <p class="big">{t('holdEnded')}</p>
        case 'cancelled':
            return (
                <p class="big">
                    {t(
                        now.reservation.cancelReason === 'round_cancelled'
                            ? 'dateCancelled'
                            : 'givenBack'
                    )}
                </p>
            )
    }
}

// Another window or device may pay or give back too.
function lookAgain(): void {
    const now = till.value
    if (now?.reservation.status === 'pending' && !document.hidden && !checking.value)
        reload(now.reservation.id)
}
let lookedAt = 0
setInterval(() => {
    if (live.value && performance.now() - lookedAt < backstopMs) return
    lookedAt = performance.now()
    lookAgain()
}, lookEveryMs)
for (const event of ['visibilitychange', 'online']) addEventListener(event, lookAgain)

addEventListener('usher-renew', event => {
    if (checking.value || till.value?.reservation.status === 'pending') event.preventDefault()
})

function followHold(): void {
    follow(() => (till.value?.reservation.status === 'pending' ? 'token=current' : null), {
        reservation: news => {
            if (news.id === till.value?.reservation.id) lookAgain()
        },
    })
    // With a new stream: what happened before it. Without one: what it would have told.
    effect(() => {
        void live.value
        untracked(lookAgain)
    })
}

// A payment whose answer was lost with the page goes on with the same key.
function beginPaying(id: string): void {
    if (isUnderWay(payName(id))) pay(id)
    else reload(id)
}

export function startPaying(id: string): void {
    followHold()
    beginPaying(id)
}

export function Pay({ id }: { id: string }) {
    const now = till.value
    if (now === null)
        return (
            <Frame title={t('pay')}>
                {trouble.value !== null ? (
                    <Trouble alone error={trouble.value} again={() => beginPaying(id)} />
                ) : checking.value ? (
                    <p class="big">{t('checkingPayment')}</p>
                ) : (
                    <Loading />
                )}
            </Frame>
        )
    return (
        <Frame title={t('pay')}>
            <h1>{now.concert.title}</h1>
            <p>{dayAndTime(now.round.startTime)}</p>
            <Moved reservation={now.reservation} />
            <ul class="rows">
                {now.reservation.seats.map(seat => (
                    <li key={seat.seatId}>
                        <span>{seat.seatNumber}</span>
                        <span class="number">{price(seat.price)}</span>
                    </li>
                ))}
                <li>
                    <strong>{t('sum', { price: price(now.reservation.amount) })}</strong>
                </li>
            </ul>
            {checking.value ? <p role="status">{t('checkingPayment')}</p> : null}
            {trouble.value === null ? null : <Trouble error={trouble.value} />}
            {refused.value === null ? null : <Trouble error={refused.value} />}
            <div id="result" tabIndex={-1}>
                <Result now={now} />
            </div>
        </Frame>
    )
}
