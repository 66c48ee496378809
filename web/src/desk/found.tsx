// What is looked for in a list of the house, page by page. What is looked for stands in the address, so
// that going back finds it again.
import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { read } from '../core/call'
import { Loading, Trouble } from '../core/frame'
import { type Key, t } from '../core/language'
import { say } from '../core/say'

interface Page<T> {
    items: T[]
    nextCursor: string | null
}

export interface Finding<T> {
    items: Signal<T[]>
    next: Signal<string | null>
    isLooking: Signal<boolean>
    error: Signal<unknown>
    look: () => Promise<void>
}

const pageSize = 50

// `words` say how many were found.
export function useFinding<T>(path: string, query: URLSearchParams, words: Key): Finding<T> {
    const items = useSignal<T[]>([])
    const next = useSignal<string | null>(null)
    const isLooking = useSignal(true)
    const error = useSignal<unknown>(null)
    const look = async () => {
        isLooking.value = true
        error.value = null
        const asked = new URLSearchParams(query)
        asked.set('limit', String(pageSize))
        if (next.value !== null) asked.set('cursor', next.value)
        try {
            const page = await read<Page<T>>(`${path}?${asked}`)
            items.value = [...items.value, ...page.items]
            next.value = page.nextCursor
            say(t(words, { n: items.value.length }))
        } catch (problem) {
            error.value = problem
        }
        isLooking.value = false
    }
    useEffect(() => {
        look()
    }, [])
    return { items, next, isLooking, error, look }
}

interface FoundProps<T> {
    finding: Finding<T>
    words: Key
    none: Key
    more: Key
    row: (item: T) => ComponentChildren
}

export function Found<T>({ finding, words, none, more, row }: FoundProps<T>) {
    const { items, next, isLooking, error, look } = finding
    return (
        <>
            <h2>{t(words, { n: items.value.length })}</h2>
            {items.value.length > 0 || isLooking.value || error.value !== null ? null : (
                <p>{t(none)}</p>
            )}
            <ul class="cards">{items.value.map(row)}</ul>
            {error.value === null ? null : <Trouble error={error.value} again={look} />}
            {isLooking.value ? <Loading /> : null}
            {next.value === null ? null : (
                <button
                    type="button"
                    class="quiet"
                    aria-disabled={isLooking.value}
                    onClick={() => {
                        if (!isLooking.value) look()
                    }}
                >
                    {t(more)}
                </button>
            )}
        </>
    )
}
