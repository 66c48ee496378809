import type { Concert } from '../core/api'
import { readAll } from '../core/call'
import { dayAndTime, tick } from '../core/clock'
import { Frame } from '../core/frame'
import { type Key, t } from '../core/language'
import { load, Shown } from '../core/loaded'

type Phase = 'onSale' | 'opensSoon' | 'over'

export function phaseOf(concert: Concert, now: number): Phase {
    if (now < Date.parse(concert.reservationOpenAt)) return 'opensSoon'
    return now < Date.parse(concert.reservationCloseAt) ? 'onSale' : 'over'
}

export function saleTime(concert: Concert, phase: Phase): string {
    switch (phase) {
        case 'opensSoon':
            return t('opensAt', { time: dayAndTime(concert.reservationOpenAt) })
        case 'onSale':
            return t('closesAt', { time: dayAndTime(concert.reservationCloseAt) })
        case 'over':
            return t('wasUntil', { time: dayAndTime(concert.reservationCloseAt) })
    }
}

const concerts = load(() => readAll<Concert>('/v1/concerts'))

function List({ phase, concerts }: { phase: Phase; concerts: Concert[] }) {
    const inPhase = concerts.filter(concert => phaseOf(concert, tick.value) === phase)
    const heading: Key = phase
    if (inPhase.length === 0) return null
    return (
        <section>
            <h2>{t(heading)}</h2>
            <ul class="cards">
                {inPhase.map(concert => (
                    <li key={concert.id}>
                        <a href={`/concerts/${concert.id}`}>{concert.title}</a>
                        <p class="dim">{saleTime(concert, phase)}</p>
                    </li>
                ))}
            </ul>
        </section>
    )
}

function Concerts({ concerts }: { concerts: Concert[] }) {
    if (concerts.length === 0) return <p>{t('noConcerts')}</p>
    return (
        <>
            <List phase="onSale" concerts={concerts} />
            <List phase="opensSoon" concerts={concerts} />
            <List phase="over" concerts={concerts} />
        </>
    )
}

export function Home() {
    return (
        <Frame title="">
            <h1>{t('concerts')}</h1>
            <Shown loaded={concerts}>{all => <Concerts concerts={all} />}</Shown>
        </Frame>
    )
}
