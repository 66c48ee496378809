// What happened in the house second by second in the last two hours, as far as it is known: the server's
// series, and until that is asked for again what the stream told.
import { signal } from '@preact/signals'
import type { DeskSecond, Series } from '../core/api'

export interface Second {
    sold: number
    admitted: number
    holds: number
    waiting: number
    held: number
}
export const names = ['sold', 'admitted', 'holds', 'waiting', 'held'] as const

const keptSeconds = 7200

// By the Unix time at which each began.
const seconds = new Map<number, Second>()

// Up to here the series has it.
let seriesEnd = 0
let newest = 0

// Grows with each change.
export const changes = signal(0)

function put(at: number, second: Second): void {
    seconds.set(at, second)
    newest = Math.max(newest, at)
}

function changed(): void {
    for (const at of seconds.keys()) if (at <= newest - keptSeconds) seconds.delete(at)
    changes.value++
}

export const seriesQuery = (): string =>
    `step=1s&metrics=${names.join(',')}${seriesEnd === 0 ? '' : `&from=${new Date(seriesEnd * 1000).toISOString()}`}`

export function hearSeries({ from, to, metrics }: Series): void {
    const start = Date.parse(from) / 1000
    seriesEnd = Date.parse(to) / 1000
    for (let i = 0; i < seriesEnd - start; i++) {
        const at = (name: (typeof names)[number]) => metrics[name][i] ?? 0
        put(start + i, {
            sold: at('sold'),
            admitted: at('admitted'),
            holds: at('holds'),
            waiting: at('waiting'),
            held: at('held'),
        })
    }
    changed()
}

// A second of the stream's ends between two whole ones: it counts for that of which it has more.
export function hearSecond({ at, sold, admitted, holds, waiting, sales }: DeskSecond): void {
    const second = Math.round(Date.parse(at) / 1000) - 1
    if (second < seriesEnd) return
    const before = seconds.get(second)
    put(second, {
        sold: sold + (before?.sold ?? 0),
        admitted: admitted + (before?.admitted ?? 0),
        holds: holds + (before?.holds ?? 0),
        waiting,
        held: sales.held,
    })
    changed()
}

// As many points as a small screen can tell apart.
const points = 120

export interface Course {
    times: number[]
    // Null where nothing is known: sold, let in and holds a second, and how many people waited and
    // seats were held at the end.
    values: Record<keyof Second, (number | null)[]>
}

export function courseOf(minutes: number): Course {
    const step = (minutes * 60) / points
    const end = (Math.floor(newest / step) + 1) * step
    const course: Course = {
        times: [],
        values: { sold: [], admitted: [], holds: [], waiting: [], held: [] },
    }
    for (let from = end - points * step; from < end; from += step) {
        const known: Second[] = []
        for (let at = from; at < from + step; at++) {
            const second = seconds.get(at)
            if (second !== undefined) known.push(second)
        }
        const rate = (name: keyof Second) =>
            known.length === 0
                ? null
                : known.reduce((sum, second) => sum + second[name], 0) / known.length
        course.times.push(from + step)
        course.values.sold.push(rate('sold'))
        course.values.admitted.push(rate('admitted'))
        course.values.holds.push(rate('holds'))
        course.values.waiting.push(known[known.length - 1]?.waiting ?? null)
        course.values.held.push(known[known.length - 1]?.held ?? null)
    }
    return course
}

// The same in sums, or the most that waited and that were held, and since when; null while nothing is known.
export function sumsOf(minutes: number): (Second & { since: number }) | null {
    const sums = {
        sold: 0,
        admitted: 0,
        holds: 0,
        waiting: 0,
        held: 0,
        since: Number.POSITIVE_INFINITY,
    }
    for (const [at, second] of seconds) {
        if (at <= newest - minutes * 60) continue
        sums.since = Math.min(sums.since, at)
        sums.sold += second.sold
        sums.admitted += second.admitted
        sums.holds += second.holds
        sums.waiting = Math.max(sums.waiting, second.waiting)
        sums.held = Math.max(sums.held, second.held)
    }
    return Number.isFinite(sums.since) ? sums : null
}
