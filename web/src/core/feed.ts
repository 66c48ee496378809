// What happens in the house, as it happens: GET /v1/events. A page follows it while somebody looks. It
// comes back by itself after a cut, a sleep or a restart of the server; while there is none, `live` is
// false, and pages ask at their own pace.
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

type Hearers = { [Event in keyof Events]?: (data: Events[Event]) => void }

export const live = signal(false)

// A stream can be dead without a sign of it: what it tells is asked for so often all the same.
export const backstopMs = 30_000

// A refused stream is tried again, later each time: a full house has no room for it.
const againMs = 4000
const longestMs = 60_000

// `query`: what to follow, or null for nothing, as the signals that it reads have it.
export function follow(query: () => string | null, hearers: Hearers): void {
    const wanted = computed(query)
    const open = signal(0)
    let source: EventSource | null = null
    let timer = 0
    let refusals = 0

    const close = () => {
        clearTimeout(timer)
        source?.close()
        source = null
        live.value = false
    }
    const anew = () => open.value++
    const begin = (path: string) => {
        const stream = new EventSource(path)
        source = stream
        stream.onopen = () => {
            refusals = 0
            live.value = true
        }
        stream.onerror = () => {
            live.value = false
            if (stream.readyState !== EventSource.CLOSED) return
            const ms = Math.min(againMs * 2 ** refusals++, longestMs)
            timer = setTimeout(anew, ms * (0.5 + Math.random() / 2))
        }
        for (const [event, hear] of Object.entries(hearers))
            stream.addEventListener(event, message => {
                heardFromServer()
                ;(hear as (data: unknown) => void)(JSON.parse(message.data))
            })
    }
    effect(() => {
        void open.value
        const now = wanted.value
        close()
        if (now !== null && !document.hidden) begin(`/v1/events?${now}`)
    })
    for (const event of ['visibilitychange', 'online']) addEventListener(event, anew)
    // What an open stream belongs to is not kept for going back.
    addEventListener('pagehide', close)
}
