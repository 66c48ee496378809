// What rows and seats are called: how numbers go on, the label after a label, and seats written as a list.

export type Numbers = readonly (string | null)[]

// How the numbers of a row go on from its least one; own: in no such way.
export const numberings = ['up', 'down', 'odd', 'oddDown', 'none', 'own'] as const
export type Numbering = (typeof numberings)[number]

const steps = { up: 1, down: -1, odd: 2, oddDown: -2 } as const

export function numbersFrom(
    kind: Exclude<Numbering, 'own'>,
    first: number,
    count: number
): Numbers {
    if (kind === 'none') return Array<null>(count).fill(null)
    const step = steps[kind]
    const start = step > 0 ? first : first - (count - 1) * step
    return Array.from({ length: count }, (_, i) => String(start + i * step))
}

export function numberingOf(numbers: Numbers): { kind: Numbering; first: number } {
    if (numbers.every(number => number === null)) return { kind: 'none', first: 1 }
    const whole = numbers.map(number => (/^[1-9]\d{0,8}$/.test(number ?? '') ? Number(number) : 0))
    const first = Math.min(whole[0] ?? 0, whole[whole.length - 1] ?? 0)
    for (const kind of ['up', 'odd', 'down', 'oddDown'] as const) {
        const told = numbersFrom(kind, first, numbers.length)
        if (first > 0 && told.every((number, i) => number === numbers[i])) return { kind, first }
    }
    return { kind: 'own', first: 1 }
}

// With another number of seats they go on as they do; those that go on in no way have no number.
export function numbersOf(numbers: Numbers, count: number): Numbers {
    const { kind, first } = numberingOf(numbers)
    if (kind !== 'own') return numbersFrom(kind, first, count)
    return Array.from({ length: count }, (_, i) => numbers[i] ?? null)
}

// As Korean counts with letters.
const hangul = '가나다라마바사아자차카타파하'

// A → B, Z → AA, AZ → BA.
function lettersAfter(letters: string): string {
    let carried = ''
    for (let i = letters.length - 1; i >= 0; i--) {
        const letter = letters[i] ?? ''
        if (letter.toUpperCase() !== 'Z')
            return letters.slice(0, i) + String.fromCharCode(letter.charCodeAt(0) + 1) + carried
        carried = (letter === 'Z' ? 'A' : 'a') + carried
    }
    return carried.charAt(0) + carried
}

// 9 → 10, A → B, 가 → 나; a label that counts on in no way gets a 2.
export function labelAfter(label: string): string {
    if (label === '') return '1'
    const [, before = '', digits] = /^(.*?)(\d{1,9})$/.exec(label) ?? []
    if (digits !== undefined)
        return before + String(Number(digits) + 1).padStart(digits.length, '0')
    const [, start = '', letters] = /^(|.*[^A-Za-z])([A-Za-z]{1,2})$/.exec(label) ?? []
    if (letters !== undefined) return start + lettersAfter(letters)
    const next = hangul[hangul.indexOf(label.slice(-1)) + 1]
    return hangul.includes(label.slice(-1)) && next !== undefined
        ? label.slice(0, -1) + next
        : `${label} 2`
}

// What a seat of the row is called among its neighbours.
export const seatName = (numbers: Numbers, i: number): string => numbers[i] ?? String(i + 1)

// "1-4, 7": those that follow each other in the row as the first and the last of them.
export function listOf(numbers: Numbers, has: (i: number) => boolean): string {
    const parts: string[] = []
    for (let i = 0; i < numbers.length; i++) {
        if (!has(i)) continue
        const from = i
        while (i + 1 < numbers.length && has(i + 1)) i++
        const first = seatName(numbers, from)
        parts.push(i === from ? first : `${first}-${seatName(numbers, i)}`)
    }
    return parts.join(', ')
}

function placesIn(part: string, places: Map<string, number>): number[] | undefined {
    const one = places.get(part)
    if (one !== undefined) return [one]
    for (let i = 1; i < part.length - 1; i++) {
        if (!'-~–'.includes(part[i] ?? '')) continue
        const from = places.get(part.slice(0, i).trim())
        const to = places.get(part.slice(i + 1).trim())
        if (from === undefined || to === undefined) continue
        const first = Math.min(from, to)
        return Array.from({ length: Math.abs(to - from) + 1 }, (_, more) => first + more)
    }
    return undefined
}

// The seats of a list that was written so; or the part of it that names none.
export function seatsListed(text: string, numbers: Numbers): Set<number> | string {
    const places = new Map(numbers.map((_, i) => [seatName(numbers, i), i]))
    const seats = new Set<number>()
    for (const part of text.split(/[,;]/).map(one => one.trim())) {
        if (part === '') continue
        const some = placesIn(part, places)
        if (some === undefined) return part
        for (const place of some) seats.add(place)
    }
    return seats
}
