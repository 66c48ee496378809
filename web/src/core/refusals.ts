// The words for a refusal in the reader's language. They come when the first is to be told: few pages
// ever need them.
import { signal } from '@preact/signals'
import type { Problem } from './call'
import { language } from './language'

type Texts = Record<string, Record<string, string>>

const texts = signal<Texts | 'loading' | 'missing' | null>(null)

async function load(): Promise<void> {
    texts.value = 'loading'
    try {
        const { en, ko } = await import('../texts/refusals')
        texts.value = { en, ko }
    } catch {
        texts.value = 'missing'
    }
}

// Empty while they are on their way. Words that can't be had are those of the answer itself.
export function refusalText(problem: Problem): string {
    const now = texts.value
    if (now === null) queueMicrotask(load)
    if (now === null || now === 'loading') return ''
    return (now !== 'missing' && now[language.value]?.[problem.code]) || problem.title
}
