// What every page knows of the house and of the person who looks: its settings, and who is signed in.
import { signal } from '@preact/signals'
import type { Settings, User } from './api'
import { Refused, read } from './call'
import { heardTime, timeZone } from './clock'

export const settings = signal<Settings | null>(null)

// Undefined: not known yet. Null: nobody is signed in.
export const me = signal<User | null | undefined>(undefined)

// Whether the person is of the house, and may do what has that scope.
export function may(scope: User['scopes'][number]): boolean {
    const person = me.value
    return person?.role === 'organizer' || (person?.scopes.includes(scope) ?? false)
}

export async function loadSettings(): Promise<void> {
    const askedAt = performance.now()
    const heard = await read<Settings>('/v1/settings')
    heardTime(heard.serverTime, askedAt)
    timeZone.value = heard.timeZone
    settings.value = heard
}

export async function loadMe(): Promise<void> {
    try {
        me.value = await read<User>('/v1/users/me')
    } catch (error) {
        if (!(error instanceof Refused) || error.problem.status !== 401) throw error
        me.value = null
    }
}

addEventListener('visibilitychange', () => {
    if (!document.hidden) loadSettings().catch(() => {})
})
