// The server's clock. A device's own may be wrong, so nothing that people wait for is told by it.
import { signal } from '@preact/signals'
import { locale } from './language'

const sampleEveryMs = 300_000

let offsetMs = Date.now() - performance.now()
let bestTripMs = Number.POSITIVE_INFINITY
export const timeZone = signal<string | null>(null)

// The server said `serverTime` in an answer that took from `askedAt` until now to come.
export function heardTime(serverTime: string, askedAt: number): void {
    const now = performance.now()
    if (now - askedAt > bestTripMs) return
    bestTripMs = now - askedAt
    offsetMs = Date.parse(serverTime) - (askedAt + now) / 2
}

export const serverNow = (): number => performance.now() + offsetMs

// Samples grow old: a device that slept has another clock.
setInterval(() => {
    bestTripMs = Number.POSITIVE_INFINITY
}, sampleEveryMs)

// Moves on four times a second while somebody looks.
export const tick = signal(serverNow())
setInterval(() => {
    if (!document.hidden) tick.value = serverNow()
}, 250)
for (const event of ['visibilitychange', 'pageshow'])
    addEventListener(event, () => {
        tick.value = serverNow()
    })

export const inZone = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale(), {
        ...options,
        ...(timeZone.value ? { timeZone: timeZone.value } : {}),
    })

export const dayAndTime = (time: string | number): string =>
    inZone({
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
    }).format(new Date(time))

export const clockTime = (time: string | number, seconds = false): string =>
    inZone({
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        ...(seconds ? { second: '2-digit' } : {}),
    }).format(new Date(time))

// "1:05:09", "5:09", "0:09".
export function span(ms: number): string {
    const seconds = Math.max(Math.ceil(ms / 1000), 0)
    const two = (value: number) => String(value).padStart(2, '0')
    const hours = Math.floor(seconds / 3600)
    const minutes = Math.floor(seconds / 60) % 60
    return hours > 0
        ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
        : `${minutes}:${two(seconds % 60)}`
}
