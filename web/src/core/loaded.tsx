// Something that a page loads: not there yet, there, or not to be had.
import { type Signal, signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Loading, Trouble } from './frame'

type State<T> = { value: T } | { error: unknown } | null

export interface Loaded<T> {
    state: Signal<State<T>>
    again: () => void
    // Asks anew, and shows meanwhile what was there.
    refresh: () => Promise<void>
}

export function load<T>(get: () => Promise<T>): Loaded<T> {
    const state = signal<State<T>>(null)
    const refresh = () =>
        get().then(
            value => {
                state.value = { value }
            },
            error => {
                state.value = { error }
            }
        )
    const again = () => {
        state.value = null
        refresh()
    }
    again()
    return { state, again, refresh }
}

// Undefined while it is not there.
export function known<T>(loaded: Loaded<T>): T | undefined {
    const now = loaded.state.value
    return now !== null && 'value' in now ? now.value : undefined
}

interface ShownProps<T> {
    loaded: Loaded<T>
    // Nothing else is on the page.
    alone?: boolean
    children: (value: T) => ComponentChildren
}

// What was loaded; or that it is not there yet, or why it can't be had.
export function Shown<T>({ loaded, alone = false, children }: ShownProps<T>) {
    const now = loaded.state.value
    if (now === null) return <Loading />
    if ('error' in now) return <Trouble alone={alone} error={now.error} again={loaded.again} />
    return <>{children(now.value)}</>
}
