// One's place in line, as the server last said. A stream tells it where the turn is near; what that
// does not tell, and all of it while there is none, is asked for at the pace that the server names, and
// at once when the page is looked at again: a phone that was locked, a tab that was away.
import { effect, signal } from '@preact/signals'
import type { Queue, Stale, Token } from './api'
import { act, Refused, read } from './call'
import { backstopMs, live } from './feed'

// Undefined: not known yet. Null: one is not in line.
export const token = signal<Token | null | undefined>(undefined)
export const queue = signal<Queue | null>(null)
export const trouble = signal<unknown>(null)

// Where nobody names a pace: how often a page looks whether the line has changed.
const slowMs = 60_000

// Nobody sees how far a hidden page has come. It asks as seldom as loses no turn: twice in the time after
// which one counts as silent or as gone, in case one answer is late, and so that of the time inside half
// is left at the worst. The queue is asked too, since these times may be changed.
const hiddenMs = ({ silentSeconds, activeSeconds, waitSeconds }: Queue): number =>
    Math.min(slowMs, Math.min(silentSeconds, activeSeconds, waitSeconds) * 500)

// Whoever waits longer than this between two looks is far back, and takes no stream: the house has
// some thousand, for a crowd of a hundred thousand.
const nearMs = 6000

// Several signs that something happened mostly come at once.
const gatherMs = 200

let timer = 0
let soonTimer = 0
let lookedAt = 0
let told = 0

async function currentToken(): Promise<Token | null> {
    try {
        return await read<Token>('/v1/queue/tokens/current')
    } catch (error) {
        if (error instanceof Refused && error.problem.status === 404) return null
        throw error
    }
}

// One that ended stays to be told of: `current` knows only live ones.
async function lastToken(before: Token): Promise<Token> {
    return read<Token>(`/v1/queue/tokens/${before.id}`)
}

async function askForToken(): Promise<void> {
    const toldBefore = told
    const current = await currentToken()
    const before = token.value
    const now = current === null && before ? await lastToken(before) : current
    // What was told meanwhile is newer.
    if (told === toldBefore) token.value = now
}

async function askForQueue(): Promise<void> {
    queue.value = await read<Queue>('/v1/queue')
}

export async function look(): Promise<void> {
    clearTimeout(timer)
    clearTimeout(soonTimer)
    lookedAt = performance.now()
    try {
        await Promise.all([askForQueue(), askForToken()])
        trouble.value = null
    } catch (error) {
        trouble.value = error
    }
    lookLater()
}

// Whoever is in line has a pace; who is not, and hidden, has nothing to miss.
function lookLater(): void {
    clearTimeout(timer)
    const paceMs = token.peek()?.pollAfterMs
    const line = document.hidden && queue.peek()
    if (line && !paceMs) return
    const shownMs = live.peek() ? backstopMs : (paceMs ?? slowMs)
    timer = setTimeout(look, (line ? hiddenMs(line) : shownMs) * (1 + Math.random() / 10))
}

function lookSoon(): void {
    clearTimeout(soonTimer)
    soonTimer = setTimeout(look, gatherMs)
}

function lookAgain(): void {
    if (token.peek() === undefined) return
    if (document.hidden) lookLater()
    else lookSoon()
}

// Whether a stream is worth having, and then what to ask it for.
export function turnQuery(): string | null {
    const now = token.value
    const isNear =
        now?.status === 'active' || (now?.status === 'waiting' && (now.pollAfterMs ?? 0) <= nearMs)
    return isNear ? 'token=current' : null
}

// How many are ahead changes without a word of one's own place: the queue's news say when to look. So
// they do in a house with very many rounds, whose line is more than a stream tells.
function hearQueue(line: Queue | Stale): void {
    if ('status' in line) queue.value = line
    const pace = token.value?.status === 'waiting' ? (token.value.pollAfterMs ?? slowMs) : slowMs
    if (performance.now() - lookedAt >= pace) lookSoon()
}

function hearToken(now: Token | null): void {
    told++
    if (now !== null) token.value = now
    else if (token.value && token.value.status !== 'expired') lookSoon()
}

export const turnHearers = { queue: hearQueue, token: hearToken }

// Without a stream, or with a new one, something may have been missed.
effect(() => {
    void live.value
    lookAgain()
})

for (const event of ['visibilitychange', 'online', 'focus']) addEventListener(event, lookAgain)

// Whatever came of it, the page then shows what is true.
async function thenLook(done: Promise<unknown>): Promise<void> {
    await done.catch((error: unknown) => {
        trouble.value = error
    })
    await look()
}

// `concert`: what one waits for; null: whatever is on sale.
export const join = (concert: string | null): Promise<void> =>
    thenLook(act('join', 'POST', '/v1/queue/tokens', concert ? { concertId: concert } : undefined))

export async function leave(): Promise<void> {
    if (token.value) await thenLook(act('leave', 'DELETE', `/v1/queue/tokens/${token.value.id}`))
}
