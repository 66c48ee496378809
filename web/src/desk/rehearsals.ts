// The rehearsals that the server has, and the one that is looked at: asked for again while it runs.
import { signal } from '@preact/signals'
import type { Rehearsal, Rehearsals } from '../core/api'
import { act, inquire, read } from '../core/call'
import { loadMe } from '../core/house'
import { t } from '../core/language'
import { say } from '../core/say'

export const all = signal<Rehearsal[] | null>(null)
export const chosen = signal<Rehearsal | null>(null)
export const trouble = signal<unknown>(null)

const paceMs = 1000

let timer = 0

const pathOf = (id: string) => `/v1/rehearsals/${id}`

function fail(error: unknown): void {
    trouble.value = error
    // Who may not look any more is told so by the page.
    loadMe().catch(() => {})
}

const endWords = {
    running: null,
    done: 'rehearsalDone',
    cancelled: 'rehearsalCancelled',
    failed: 'rehearsalFailed',
} as const

// What the list says of it is as old as the list.
function hear(shown: Rehearsal): void {
    const before = chosen.value
    chosen.value = shown
    all.value = (all.value ?? []).map(one => (one.id === shown.id ? shown : one))
    const words = endWords[shown.status]
    if (before?.id === shown.id && before.status === 'running' && words !== null) say(t(words))
    clearTimeout(timer)
    if (shown.status === 'running') timer = setTimeout(() => lookIfSeen(shown.id), paceMs)
}

function lookIfSeen(id: string): void {
    if (document.hidden) timer = setTimeout(() => lookIfSeen(id), paceMs)
    else choose(id)
}

export async function choose(id: string): Promise<void> {
    clearTimeout(timer)
    try {
        hear(await read<Rehearsal>(pathOf(id)))
        trouble.value = null
    } catch (error) {
        fail(error)
    }
}

// Shows the newest, which may be somebody else's.
export async function look(): Promise<void> {
    try {
        const { items } = await read<Rehearsals>('/v1/rehearsals')
        all.value = items
        trouble.value = null
        if (items[0] !== undefined) await choose(items[0].id)
    } catch (error) {
        fail(error)
    }
}

// Nothing becomes of the house, so an answer that is lost may be asked for again. When it was begun
// after all the second try is refused, and the list has it.
export async function begin(wanted: object): Promise<void> {
    try {
        const begun = await inquire<Rehearsal>('/v1/rehearsals', wanted)
        all.value = [begun, ...(all.value ?? [])]
        chosen.value = null
        hear(begun)
        say(t('rehearsalBegun'))
    } catch (error) {
        await look()
        throw error
    }
}

export async function cancel(id: string): Promise<void> {
    hear(await act<Rehearsal>(`cancel:${id}`, 'POST', `${pathOf(id)}/cancel`))
}
