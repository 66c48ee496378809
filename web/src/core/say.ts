// What a screen reader says without being asked: one polite and one urgent place in a document.
import { signal } from '@preact/signals'

export const polite = signal('')
export const urgent = signal('')

export const say = (text: string): void => {
    polite.value = text
}
export const sayAtOnce = (text: string): void => {
    urgent.value = text
}
