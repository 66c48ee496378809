// The languages, and the words of the one that the reader chose.
import { signal } from '@preact/signals'
import type * as en from '../texts/en'

// Only a language that has a singular needs words for one.
type Words<Of> = {
    readonly [key in keyof Of as key extends `${string}_one` ? never : key]: string
} & {
    readonly [key in keyof Of as key extends `${string}_one` ? key : never]?: string
}
export type Common = Words<typeof en.common>
export type Shop = Words<typeof en.shop>
export type Line = Words<typeof en.line>
export type Seats = Words<typeof en.seats>
export type Desk = Words<typeof en.desk>
export type Key = keyof Common | keyof Shop | keyof Line | keyof Seats | keyof Desk
export type Values = Record<string, string | number>

const kept = 'usher-language'
let languages: Record<string, Partial<Record<Key, string>>> = {}

export const language = signal('en')

// The languages of a document, each with all words that it says.
export function speak<Own extends Common>(words: Record<'en' | 'ko', Own>): void {
    languages = words
    const names = [localStorage.getItem(kept) ?? '', ...navigator.languages]
    language.value = names.map(name => name.slice(0, 2)).find(name => name in languages) ?? 'en'
    document.documentElement.lang = language.value
}

export function chooseLanguage(name: string): void {
    localStorage.setItem(kept, name)
    document.documentElement.lang = name
    language.value = name
}

export const nextLanguage = (): string => {
    const names = Object.keys(languages)
    return names[(names.indexOf(language.value) + 1) % names.length] ?? 'en'
}

// The words for the key, with {names} in braces replaced. A key that ends in _one has the words for a
// count `n` of one.
export function t(key: Key, values: Values = {}): string {
    const texts = languages[language.value] ?? {}
    const one = values.n === 1 ? texts[`${key}_one` as Key] : undefined
    return (one ?? texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = values[name]
        return typeof value === 'number' ? count(value) : (value ?? '')
    })
}

// What the house itself says in each language.
export const inLanguage = (texts: Record<'en' | 'ko', string>): string =>
    texts[language.value as 'en' | 'ko']

// The reader's own way to write numbers and times, where it is one of that language.
export const locale = (): string =>
    navigator.languages.find(name => name.slice(0, 2) === language.value) ?? language.value

// A whole number as one with so many of its digits behind the point.
export const fixed = (value: number, digits: number): string =>
    new Intl.NumberFormat(locale(), {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    }).format(value / 10 ** digits)

export const count = (value: number): string => new Intl.NumberFormat(locale()).format(value)
