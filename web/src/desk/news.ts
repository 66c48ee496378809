// How the house is, as the server last said. The desk's stream tells it each second; without a stream it
// is asked for.
import { effect, signal } from '@preact/signals'
import type { DeskSecond, Queue, QueueSales, Series, Stale, Stats } from '../core/api'
import { Refused, read } from '../core/call'
import { backstopMs, follow, live } from '../core/feed'
import { loadMe, may } from '../core/house'
import { hearSecond, hearSeries, seriesQuery } from './course'

export interface Figures {
    at: string
    waiting: number
    active: number
    // People who were let in, in the last second.
    admitted: number
    sales: QueueSales
}

export const figures = signal<Figures | null>(null)
export const queue = signal<Queue | null>(null)
export const trouble = signal<unknown>(null)

const paceMs = 2000

let timer = 0
let isAsking = false
let told = 0

function hearFigures(now: Figures): void {
    if (figures.value === null || now.at >= figures.value.at) figures.value = now
}

export function hearQueue(line: Queue): void {
    told++
    queue.value = line
}

// A house with very many rounds takes more than a frame: then it is asked for.
function hearLine(line: Queue | Stale): void {
    if ('stale' in line) look()
    else hearQueue(line)
}

function hearDesk(second: DeskSecond): void {
    hearFigures(second)
    hearSecond(second)
}

// Who may not see counts sees the line as everybody does.
async function askForLine(): Promise<void> {
    const toldBefore = told
    const line = await read<Queue>('/v1/queue')
    if (told === toldBefore) queue.value = line
}

async function askForAll(): Promise<void> {
    const toldBefore = told
    const [stats, series] = await Promise.all([
        read<Stats>('/v1/stats'),
        read<Series>(`/v1/stats/series?${seriesQuery()}`),
    ])
    const { at, sales, lastSecond } = stats
    const { waiting, active } = stats.queue
    hearFigures({ at, waiting, active, sales, admitted: lastSecond.admitted })
    // What was told meanwhile is newer.
    if (told === toldBefore) queue.value = stats.queue
    hearSeries(series)
}

// Who is signed out, or may not look any more, is told so by the page.
const isShutOut = (error: unknown) =>
    error instanceof Refused && [401, 403].includes(error.problem.status)

export async function look(): Promise<void> {
    if (isAsking) return
    clearTimeout(timer)
    isAsking = true
    try {
        await (may('stats') ? askForAll() : askForLine())
        trouble.value = null
    } catch (error) {
        if (isShutOut(error)) loadMe().catch(() => {})
        trouble.value = error
    }
    isAsking = false
    timer = setTimeout(lookIfSeen, live.value ? backstopMs : paceMs)
}

function lookIfSeen(): void {
    if (!document.hidden) look()
}

const mayLook = (): boolean => may('stats') || may('queue:write')

// Begins with whoever may look.
export function followDesk(): void {
    follow(() => (may('stats') ? 'desk=1' : mayLook() ? '' : null), {
        desk: hearDesk,
        queue: hearLine,
    })
    // Without a stream, or with a new one, something may have been missed.
    effect(() => {
        void live.value
        if (mayLook()) queueMicrotask(lookIfSeen)
    })
    for (const event of ['visibilitychange', 'online'])
        addEventListener(event, () => {
            if (mayLook()) lookIfSeen()
        })
}
