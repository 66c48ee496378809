// What happens in the house, as it happens, by the browser's stream (stream.ts). A page follows it while
// somebody looks. It comes back by itself after a cut, a sleep or a restart of the server; while there is
// none, `live` is false, and pages ask at their own pace.
import { computed, effect, signal } from '@preact/signals'
import type {
    Changes,
    DeskSecond,
    Queue,
    Reservation,
    Round,
    SeatStates,
    Stale,
    Token,
} from './api'
import { heardFromServer } from './call'

// Every seat of a round; those that changed; or that they are to be asked for.
export type SeatNews = SeatStates | Changes | Stale

interface Events {
    queue: Queue | Stale
    round: Round
    seats: SeatNews
    token: Token | null
    reservation: Reservation
    desk: DeskSecond
}

export type EventName = keyof Events

type Hearers = { [Event in keyof Events]?: (data: Events[Event]) => void }

export const live = signal(false)

// A stream can be dead without a sign of it: what it tells is asked for so often all the same.
export const backstopMs = 30_000

// `query`: what to follow, or null for nothing, as the signals that it reads have it.
export function follow(query: () => string | null, hearers: Hearers): void {
    const wanted = computed(query)
    const looks = signal(0)
    let ended = new AbortController()

    const leave = () => {
        ended.abort()
        live.value = false
    }
    const join = async (path: string) => {
        const { signal } = ended
        const { listen } = await import('./stream')
        listen(path, { live: isLive => (live.value = isLive), hear }, signal)
    }
    const hear = (event: EventName, data: string) => {
        heardFromServer()
        const hearer = hearers[event] as ((data: unknown) => void) | undefined
        hearer?.(JSON.parse(data))
    }
    effect(() => {
        void looks.value
        const now = wanted.value
        leave()
        ended = new AbortController()
        // Without what a stream needs a page asks.
        if (now !== null && !document.hidden) join(now).catch(() => {})
    })
    // Who sleeps was hidden before.
    for (const event of ['visibilitychange', 'online']) addEventListener(event, () => looks.value++)
    // What an open stream belongs to is not kept for going back.
    addEventListener('pagehide', leave)
}
