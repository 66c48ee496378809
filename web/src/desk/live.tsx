// The sale as it goes: its figures, what limits it, and how it went.
import { effect } from '@preact/signals'
import type { Queue } from '../core/api'
import { clockTime, serverNow, tick } from '../core/clock'
import { Loading, price, Trouble } from '../core/frame'
import { count, type Key, t } from '../core/language'
import { say } from '../core/say'
import { Chart } from './chart'
import { type Figures, figures, look, queue, trouble } from './news'

// Figures that are older are shown as such: they come every second, or every two.
const freshMs = 10_000

// Said aloud no more often than this.
const sayEveryMs = 60_000
let saidAt = performance.now()
let said = ''

effect(() => {
    const now = figures.value
    if (now === null || performance.now() - saidAt < sayEveryMs) return
    const { sold, totalSeatCnt: all } = now.sales
    const words = t('figuresSaid', { sold, all, waiting: now.waiting, inside: now.active })
    if (words === said) return
    saidAt = performance.now()
    said = words
    say(words)
})

function Figure({ name, children }: { name: Key; children: string }) {
    return (
        <div>
            <dt>{t(name)}</dt>
            <dd>{children}</dd>
        </div>
    )
}

function Sales({ now }: { now: Figures }) {
    const { sold, totalSeatCnt, revenue, held } = now.sales
    if (totalSeatCnt === 0) return null
    return (
        <>
            <Figure name="figureSold">{t('ofAll', { n: sold, all: totalSeatCnt })}</Figure>
            <Figure name="figureRevenue">{price(revenue)}</Figure>
            <Figure name="figureHeld">{count(held)}</Figure>
        </>
    )
}

// Why no more people are let in, while somebody waits; null where that can't be told.
function limit(now: Figures, line: Queue): Key | null {
    if (line.status !== 'open' || now.waiting === 0) return null
    if (line.rounds.every(round => round.seatsLeft === 0)) return 'limitSeats'
    if (now.active >= line.maxActive) return 'limitInside'
    return now.admitted >= line.admitPerSecond ? 'limitRate' : null
}

function Now({ now, line }: { now: Figures; line: Queue }) {
    void tick.value
    const isOld = serverNow() - Date.parse(now.at) > freshMs
    const why = isOld ? null : limit(now, line)
    return (
        <>
            <dl class={isOld ? 'figures old' : 'figures'}>
                <Sales now={now} />
                <Figure name="figureWaiting">{count(now.waiting)}</Figure>
                <Figure name="figureInside">
                    {t('ofAll', { n: now.active, all: line.maxActive })}
                </Figure>
            </dl>
            {now.sales.totalSeatCnt === 0 ? <p>{t('nothingOnSale')}</p> : null}
            {isOld ? <p class="dim">{t('asOf', { time: clockTime(now.at, true) })}</p> : null}
            {why === null ? null : <p class="why">{t(why)}</p>}
        </>
    )
}

export function Live() {
    const now = figures.value
    const line = queue.value
    if (now === null || line === null)
        return trouble.value === null ? <Loading /> : <Trouble error={trouble.value} again={look} />
    return (
        <>
            <Now now={now} line={line} />
            <Chart />
        </>
    )
}
