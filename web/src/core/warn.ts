// A time that runs out is said aloud when two minutes, one, half a minute and ten seconds are left, also
// once more after there was more of it.
import { effect } from '@preact/signals'
import { span } from './clock'
import { type Key, t } from './language'
import { sayAtOnce } from './say'

const marks = [120_000, 60_000, 30_000, 10_000]

// `leftMs`: null while nothing runs out; it is asked again whenever a signal that it reads changes.
export function warnBefore(leftMs: () => number | null, words: Key): void {
    let before = Number.POSITIVE_INFINITY
    effect(() => {
        const left = leftMs()
        if (left === null || left <= 0) return
        const due = marks.some(mark => left <= mark && mark < before)
        before = left
        if (due) sayAtOnce(t(words, { span: span(left) }))
    })
}
