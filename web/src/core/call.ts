// Asks the API. An answer that is lost is asked for again: a read as it is, a write with the same
// Idempotency-Key, also after the page was loaded anew; so nothing is done twice, and nothing is called
// failed whose outcome nobody knows.
import { signal } from '@preact/signals'

// What is wrong with one field: the rule that it breaks, and what that allows.
export interface Fault {
    field: string
    rule: string
    message: string
    least?: number
    most?: number
    other?: string
}

export interface Problem {
    status: number
    code: string
    title: string
    detail?: string
    requestId?: string
    errors?: Fault[]
    [member: string]: unknown
}

export class Refused extends Error {
    constructor(readonly problem: Problem) {
        super(problem.title)
    }
}

// Whether the last try reached the server, and when a full server is asked again.
export const online = signal(true)
export const retryAt = signal<number | null>(null)
export const lastHeard = signal<number | null>(null)

export function heardFromServer(): void {
    online.value = true
    lastHeard.value = Date.now()
}

// An answer that takes longer is lost. An act that sends much has its own time.
const answerMs = 10_000
const firstPauseMs = 500
const longestPauseMs = 8000

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const jittered = (ms: number) => ms * (0.5 + Math.random() / 2)
const pauseMs = (tries: number) => jittered(Math.min(firstPauseMs * 2 ** tries, longestPauseMs))

interface Answer {
    status: number
    retryAfterMs: number
    body: unknown
}

type Headers = Record<string, string>

// Undefined: no answer came.
async function ask(
    method: string,
    path: string,
    body: unknown,
    headers: Headers,
    patienceMs: number
) {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), patienceMs)
    try {
        const response = await fetch(path, {
            method,
            cache: 'no-cache', // a copy that is a second old may be from before one's own act
            signal: abort.signal,
            headers: {
                ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
                ...headers,
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        const text = await response.text()
        heardFromServer()
        document.documentElement.dataset.build = response.headers.get('X-Usher-Build') ?? ''
        const answer: Answer = {
            status: response.status,
            retryAfterMs: Number(response.headers.get('Retry-After') ?? 0) * 1000,
            body: text === '' ? null : JSON.parse(text),
        }
        return answer
    } catch {
        online.value = false
        return undefined
    } finally {
        clearTimeout(timer)
    }
}

// The server is there and says: later.
const isPutOff = (answer: Answer) => answer.status === 429 || answer.status === 503

async function wait(answer: Answer | undefined, tries: number): Promise<void> {
    const ms = answer === undefined ? pauseMs(tries) : Math.max(answer.retryAfterMs, pauseMs(tries))
    if (answer !== undefined) retryAt.value = performance.now() + ms
    await sleep(ms)
    retryAt.value = null
}

function outcome<T>(answer: Answer): T {
    if (answer.status >= 400) throw new Refused(answer.body as Problem)
    return answer.body as T
}

// Until the server answers; the page says meanwhile that it does not.
async function askUntilAnswered(
    method: string,
    path: string,
    body: unknown,
    headers: Headers = {},
    patienceMs = answerMs
): Promise<Answer> {
    for (let tries = 0; ; tries++) {
        const answer = await ask(method, path, body, headers, patienceMs)
        if (answer !== undefined && !isPutOff(answer)) return answer
        await wait(answer, tries)
    }
}

export async function read<T>(path: string): Promise<T> {
    return outcome<T>(await askUntilAnswered('GET', path, undefined))
}

// Asks by POST for what changes nothing: it may be asked twice, and needs no key.
export async function inquire<T>(path: string, body: unknown, patienceMs?: number): Promise<T> {
    return outcome<T>(await askUntilAnswered('POST', path, body, {}, patienceMs))
}

// All items of a list, up to the most that a page is made for.
export async function readAll<T>(path: string, most = 1000): Promise<T[]> {
    const items: T[] = []
    const join = path.includes('?') ? '&' : '?'
    for (let cursor: string | null = ''; cursor !== null && items.length < most; ) {
        const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page: { items: T[]; nextCursor: string | null } = await read(
            `${path}${join}limit=200${from}`
        )
        items.push(...page.items)
        cursor = page.nextCursor
    }
    return items
}

const kept = (name: string) => `usher-act:${name}`

// Whether an act of that name was begun and nobody knows yet what became of it.
export const isUnderWay = (name: string): boolean => localStorage.getItem(kept(name)) !== null

function keyOf(name: string): string {
    const before = localStorage.getItem(kept(name))
    if (before !== null) return before
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    const key = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
    localStorage.setItem(kept(name), key)
    return key
}

// Does something once, however often its answer is lost. `name` tells the act from others: the same
// name is the same act until its outcome is known.
export async function act<T>(
    name: string,
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    patienceMs?: number
): Promise<T> {
    const key = keyOf(name)
    const headers: Headers = method === 'POST' ? { 'Idempotency-Key': key } : {}
    const answer = await askUntilAnswered(method, path, body, headers, patienceMs)
    localStorage.removeItem(kept(name))
    return outcome<T>(answer)
}

// Puts something in the place of that version of it. A lost answer is asked for again; if it had been
// heard, the second answer is that the version is another (412).
export async function replace<T>(
    path: string,
    body: unknown,
    version: number,
    patienceMs?: number
): Promise<T> {
    const headers = { 'If-Match': `"${version}"` }
    return outcome<T>(await askUntilAnswered('PUT', path, body, headers, patienceMs))
}
