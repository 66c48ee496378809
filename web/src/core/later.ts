// Words that few pages ever need: they come when the first is to be told.
import { signal } from '@preact/signals'
import { language } from './language'

type Texts = Record<string, Record<string, string>>

// The words by their name: empty while they are on their way; undefined where they can't be had.
export function later(get: () => Promise<Texts>): (name: string) => string | undefined {
    const texts = signal<Texts | 'loading' | 'missing' | null>(null)
    const load = async () => {
        texts.value = 'loading'
        try {
            texts.value = await get()
        } catch {
            texts.value = 'missing'
        }
    }
    return name => {
        const now = texts.value
        if (now === null) queueMicrotask(load)
        if (now === null || now === 'loading') return ''
        return now === 'missing' ? undefined : now[language.value]?.[name]
    }
}
