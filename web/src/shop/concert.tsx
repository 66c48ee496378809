import { useMemo } from 'preact/hooks'
import type { Concert, Queue, Round } from '../core/api'
import { read, readAll } from '../core/call'
import { dayAndTime, span, tick } from '../core/clock'
import { Frame } from '../core/frame'
import { me } from '../core/house'
import { t } from '../core/language'
import { known, load, Shown } from '../core/loaded'
import { linePath, signInPath } from '../core/path'
import { phaseOf, saleTime } from './home'
import { Times } from './times'

interface Show {
    concert: Concert
    rounds: Round[]
    // From when on people may join the line; null: at any time.
    joinOpensAt: string | null
}

// The rounds of one concert are few; the page shows the first two hundred.
async function show(id: string): Promise<Show> {
    const [concert, rounds, { joinOpensAt }] = await Promise.all([
        read<Concert>(`/v1/concerts/${id}`),
        readAll<Round>(`/v1/concerts/${id}/rounds`, 200),
        read<Queue>('/v1/queue'),
    ])
    return { concert, rounds, joinOpensAt }
}

// The line is joined behind the sign-in, without a second click.
function joinPath(round: Round): string {
    const line = linePath(`/seats/${round.id}`, round.concertId)
    return me.value === null ? signInPath(line) : line
}

function RoundRow({ round, isOpen }: { round: Round; isOpen: boolean }) {
    const time = dayAndTime(round.startTime)
    const isOff = round.status === 'cancelled'
    const hasBegun = Date.parse(round.startTime) <= tick.value
    const left = round.availableSeatCnt
    return (
        <li>
            <h3>{time}</h3>
            <Times round={round} />
            <p class="dim">
                {isOff
                    ? t('roundCancelled')
                    : hasBegun
                      ? t('roundOver')
                      : round.paused
                        ? t('roundPaused')
                        : left === 0
                          ? t('soldOut')
                          : t('seatsLeft', { n: left })}
            </p>
            {isOff || hasBegun || !isOpen ? null : (
                <a class="button" href={joinPath(round)} aria-label={t('joinLineFor', { time })}>
                    {t('joinLine')}
                </a>
            )}
        </li>
    )
}

// To the sale, and to the time from which one may join the line.
function Countdown({ left, joinLeft }: { left: number; joinLeft: number }) {
    return (
        <>
            {left <= 0 ? null : (
                <p class="big" role="timer">
                    {t('opensIn', { span: span(left) })}
                </p>
            )}
            {joinLeft > 0 ? (
                <p role="timer">{t('lineOpensIn', { span: span(joinLeft) })}</p>
            ) : left > 0 ? (
                <p>{t('joinEarly')}</p>
            ) : null}
        </>
    )
}

function Details({ concert, rounds, joinOpensAt }: Show) {
    const phase = phaseOf(concert, tick.value)
    const left = Date.parse(concert.reservationOpenAt) - tick.value
    const joinLeft = joinOpensAt === null ? 0 : Date.parse(joinOpensAt) - tick.value
    return (
        <>
            <h1>{concert.title}</h1>
            <p class="dim">{saleTime(concert, phase)}</p>
            {phase === 'over' ? null : <Countdown left={left} joinLeft={joinLeft} />}
            <p class="prose">{concert.description}</p>
            <h2>{t('rounds')}</h2>
            {rounds.length === 0 ? <p>{t('noRounds')}</p> : null}
            <ul class="cards">
                {rounds.map(round => (
                    <RoundRow
                        key={round.id}
                        round={round}
                        isOpen={phase !== 'over' && joinLeft <= 0}
                    />
                ))}
            </ul>
        </>
    )
}

export function ConcertPage({ id }: { id: string }) {
    const loaded = useMemo(() => load(() => show(id)), [id])
    return (
        <Frame title={known(loaded)?.concert.title ?? ''}>
            <Shown alone loaded={loaded}>
                {concert => <Details {...concert} />}
            </Shown>
        </Frame>
    )
}
