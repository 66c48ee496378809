// The stream of GET /v1/events, of which a browser has one: a server has some thousand, and of one host a
// browser opens six connections. One window has the lock and the stream, and hands on to the others what
// it tells. Comes when the first stream is wanted, and imports nothing, so that what every page needs
// stays in one file.
//
// Each window's wish is the name of a lock that it has, so that one that is gone wants nothing. The
// stream follows what all want: one's own, the desk, and one round, the holder's before others'. A window
// in another round counts as one without a stream, and asks; so do all while the stream is refused. A new
// wish begins the stream anew, since a stream first tells all there is. Who stops looking gives the lock
// to the next. Without locks (Safari before 15.4, plain HTTP from elsewhere) each window has its own.
import type { EventName } from './feed'

export interface Listener {
    // Whether all that was wanted is told as it happens.
    live(isLive: boolean): void
    hear(event: EventName, data: string): void
}

// What the holder tells: that the stream is open (and of which round) or not, or what came by it.
type News = { isOpen: boolean; round: string | null } | { event: EventName; data: string }

// Of a window to the holder: there is a new wish.
const anew = 'anew'

const streamLock = 'usher-stream'
const wishLock = 'usher-wish:'

// A refused stream is tried again, later each time: a full house has no room for it.
const againMs = 4000
const longestMs = 60_000

// Windows of a browser that is opened, and what one page wants after another, come at once.
const gatherMs = 50

// True: it tells of the followed round.
const events: Record<EventName, boolean> = {
    queue: false,
    round: true,
    seats: true,
    token: false,
    reservation: false,
    desk: false,
}

const roundOf = (query: string): string | null => new URLSearchParams(query).get('roundId')

// Of what a stream follows only one of, the first counts.
function joined(queries: readonly string[]): string {
    const all = new URLSearchParams()
    for (const query of queries)
        for (const [name, value] of new URLSearchParams(query))
            if (!all.has(name)) all.append(name, value)
    return all.toString()
}

function openStream(tell: (news: News) => void) {
    let source: EventSource | null = null
    let timer = 0
    let refusals = 0

    const end = () => {
        clearTimeout(timer)
        source?.close()
    }
    const begin = (query: string) => {
        end()
        tell({ isOpen: false, round: null })
        const stream = new EventSource(`/v1/events?${query}`)
        source = stream
        stream.onopen = () => {
            refusals = 0
            tell({ isOpen: true, round: roundOf(query) })
        }
        stream.onerror = () => {
            tell({ isOpen: false, round: null })
            if (stream.readyState !== EventSource.CLOSED) return
            const ms = Math.min(againMs * 2 ** refusals++, longestMs)
            timer = setTimeout(begin, ms * (0.5 + Math.random() / 2), query)
        }
        for (const event of Object.keys(events) as EventName[])
            stream.addEventListener(event, ({ data }) => tell({ event, data }))
    }
    return { begin, end }
}

// Has the lock from when it calls `had` until `ended`.
function hold(name: string, mode: LockMode, ended: AbortSignal, had: () => void): void {
    const keep = () =>
        new Promise<void>(release => {
            ended.addEventListener('abort', () => release())
            had()
        })
    navigator.locks
        .request(name, { mode, signal: ended }, () => (ended.aborted ? undefined : keep()))
        .catch((error: unknown) => {
            if (!ended.aborted) throw error
        })
}

async function wishes(): Promise<string[]> {
    const { held = [] } = await navigator.locks.query()
    return held
        .flatMap(({ name = '' }) =>
            name.startsWith(wishLock) ? [name.slice(wishLock.length)] : []
        )
        .sort()
}

// Has the stream until `ended`; gives what says that there is a new wish.
function lead(own: string, tell: (news: News) => void, ended: AbortSignal): () => void {
    const stream = openStream(tell)
    let timer = 0
    const begin = async () => {
        const query = joined([own, ...(await wishes())])
        if (!ended.aborted) stream.begin(query)
    }
    const beginSoon = () => {
        clearTimeout(timer)
        timer = setTimeout(begin, gatherMs)
    }
    ended.addEventListener('abort', () => {
        clearTimeout(timer)
        stream.end()
    })
    tell({ isOpen: false, round: null })
    beginSoon()
    return beginSoon
}

function share(query: string, hear: (news: News) => void, ended: AbortSignal): void {
    const channel = new BroadcastChannel(streamLock)
    let wishCame = () => {}
    channel.onmessage = ({ data }: MessageEvent<News | typeof anew>) =>
        data === anew ? wishCame() : hear(data)
    const tell = (news: News) => {
        channel.postMessage(news)
        hear(news)
    }
    ended.addEventListener('abort', () => channel.close())
    hold(wishLock + query, 'shared', ended, () => {
        channel.postMessage(anew)
        hold(streamLock, 'exclusive', ended, () => {
            wishCame = lead(query, tell, ended)
        })
    })
}

// Tells what `query` asks for, until `ended`.
export function listen(query: string, listener: Listener, ended: AbortSignal): void {
    const wanted = roundOf(query)
    let isMine = false
    const hear = (news: News) => {
        if ('isOpen' in news) {
            isMine = news.isOpen && (wanted === null || wanted === news.round)
            listener.live(isMine)
        } else if (isMine || !events[news.event]) {
            listener.hear(news.event, news.data)
        }
    }
    if (ended.aborted) return
    if ('locks' in navigator) {
        share(query, hear, ended)
    } else {
        const stream = openStream(hear)
        stream.begin(query)
        ended.addEventListener('abort', stream.end)
    }
}
