import { useMemo } from 'preact/hooks'
import type { Concert, Round } from '../core/api'
import { read, readAll } from '../core/call'
import { dayAndTime, span, tick } from '../core/clock'
import { Frame } from '../core/frame'
import { me } from '../core/house'
import { t } from '../core/language'
import { known, load, Shown } from '../core/loaded'
import { linePath, signInPath } from '../core/path'
import { phaseOf, saleTime } from './home'

interface Show {
    concert: Concert
    rounds: Round[]
}

// The rounds of one concert are few; the page shows the first two hundred.
async function show(id: string): Promise<Show> {
    const [concert, rounds] = await Promise.all([
        read<Concert>(`/v1/concerts/${id}`),
        readAll<Round>(`/v1/concerts/${id}/rounds`, 200),
    ])
    return { concert, rounds }
}

// The line is joined behind the sign-in, without a second click.
function joinPath(round: Round): string {
    const line = linePath(`/seats/${round.id}`, round.concertId)
    return me.value === null ? signInPath(line) : line
}

function RoundRow({ round, isOver }: { round: Round; isOver: boolean }) {
    const time = dayAndTime(round.startTime)
    const isOff = round.status === 'cancelled'
    const left = round.availableSeatCnt
    return (
        <li>
            <h3>{time}</h3>
            <p class="dim">
                {isOff
                    ? t('roundCancelled')
                    : round.paused
                      ? t('roundPaused')
                      : left === 0
                        ? t('soldOut')
                        : t('seatsLeft', { n: left })}
            </p>
            {isOff || isOver ? null : (
                <a class="button" href={joinPath(round)} aria-label={t('joinLineFor', { time })}>
                    {t('joinLine')}
                </a>
            )}
        </li>
    )
}

function Countdown({ concert }: { concert: Concert }) {
    const left = Date.parse(concert.reservationOpenAt) - tick.value
    if (left <= 0) return null
    return (
        <>
            <p class="big" role="timer">
                {t('opensIn', { span: span(left) })}
            </p>
            <p>{t('joinEarly')}</p>
        </>
    )
}

function Details({ concert, rounds }: Show) {
    const phase = phaseOf(concert, tick.value)
    return (
        <>
            <h1>{concert.title}</h1>
            <p class="dim">{saleTime(concert, phase)}</p>
            <Countdown concert={concert} />
            <p class="prose">{concert.description}</p>
            <h2>{t('rounds')}</h2>
            {rounds.length === 0 ? <p>{t('noRounds')}</p> : null}
            <ul class="cards">
                {rounds.map(round => (
                    <RoundRow key={round.id} round={round} isOver={phase === 'over'} />
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
