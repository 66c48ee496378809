// A seating plan while it is drawn. It is never changed: what comes of a change is another one, which
// shares with it what stayed. Where seats stand is told in seats, as the drawing has it.
import type { Drawing, WholePlan } from '../core/api'
import { accessible, companion, type Drawn, pitchOf, restricted } from '../seats/hall'
import { labelAfter, type Numbers, numbersFrom, numbersOf } from './plan_labels'
import { movedBy, type Places, placesOf, resized } from './plan_shape'

export interface Grade {
    readonly name: string
    // Null: each date says so.
    readonly price: number | null
}

// The grade of a seat that has none.
export const noGrade = -1

export interface DraftRow extends Places {
    // Stays with it as long as the page is open.
    readonly key: number
    readonly section: string
    readonly label: string
    readonly numbers: Numbers
    // Of each seat: which of the plan's; flags as the drawing has them.
    readonly grades: readonly number[]
    readonly flags: readonly number[]
    // As it was read. What stands on its tickets stays as long as its seats are called the same.
    readonly kept?: KeptRow
}

export interface Draft {
    readonly name: string
    readonly grades: readonly Grade[]
    readonly rows: readonly DraftRow[]
}

// How the distances of the plan are written where it is kept.
export interface Unit {
    scale: number
    // Of a seat, in these steps.
    pitch: number
}

export const newUnit: Unit = { scale: 100, pitch: 100 }

// Between rows that nobody placed.
export const rowGap = 1.3

let keys = 0
const newKey = (): number => ++keys

// ---- From what is kept, and back ----

function expand(runs: readonly { price: number; count: number }[], count: number): number[] {
    const list = runs.flatMap(run => Array<number>(run.count).fill(run.price))
    return list.length === count ? list : Array<number>(count).fill(noGrade)
}

function sums(steps: readonly number[], pitch: number): number[] {
    let sum = 0
    return steps.map(step => {
        sum += step
        return sum / pitch
    })
}

type KeptRow = Drawing['rows'][number]

function readRow(row: KeptRow, grades: readonly number[], pitch: number): DraftRow {
    const flags = Array<number>(row.count).fill(0)
    const mark = (seats: readonly number[], flag: number) => {
        for (const i of seats) flags[i] = (flags[i] ?? 0) | flag
    }
    mark(row.accessible, accessible)
    mark(row.companion, companion)
    mark(row.restrictedView, restricted)
    const own = Array.from({ length: row.count }, (_, i) => row.numbers[i] ?? null)
    return {
        key: newKey(),
        section: row.section ?? '',
        label: row.row ?? '',
        numbers: row.firstNumber === null ? own : numbersFrom('up', row.firstNumber, row.count),
        x: sums(row.x, pitch),
        y: sums(row.y, pitch),
        grades: expand(row.prices, row.count).map(i => grades[i] ?? noGrade),
        flags,
        kept: row,
    }
}

// In the unit of another reading of it, or its own.
export function readPlan(
    { name, plan }: Pick<WholePlan, 'name' | 'plan'>,
    as?: Unit
): { draft: Draft; unit: Unit } {
    const pitch = as === undefined ? pitchOf(plan) : (as.pitch * plan.scale) / as.scale
    const grades: Grade[] = []
    // What has a price and no grade is told apart by a grade without a name.
    const known = plan.prices.map(({ grade, price }) => {
        if (grade === null && price === null) return noGrade
        grades.push({ name: grade ?? '', price })
        return grades.length - 1
    })
    let unit: Unit = { scale: plan.scale, pitch }
    // Fine enough that what is rounded off is not seen.
    while (unit.pitch < 20 && unit.scale < 1000)
        unit = { scale: unit.scale * 10, pitch: unit.pitch * 10 }
    return { draft: { name, grades, rows: plan.rows.map(row => readRow(row, known, pitch)) }, unit }
}

function runsOf(grades: readonly number[], none: number): { price: number; count: number }[] {
    const runs: { price: number; count: number }[] = []
    for (const grade of grades) {
        const price = grade === noGrade ? none : grade
        const last = runs[runs.length - 1]
        if (last?.price === price) last.count++
        else runs.push({ price, count: 1 })
    }
    return runs
}

function stepsOf(places: readonly number[], pitch: number): number[] {
    const whole = places.map(place => Math.round(place * pitch))
    return whole.map((place, i) => place - (i === 0 ? 0 : (whole[i - 1] ?? 0)))
}

const withFlag = (flags: readonly number[], flag: number): number[] =>
    flags.flatMap((one, i) => ((one & flag) === 0 ? [] : [i]))

function namesOf(row: DraftRow) {
    const start = Number(row.numbers[0])
    const counts = row.numbers.every((number, i) => number === String(start + i))
    return {
        section: row.section || null,
        row: row.label || null,
        count: row.numbers.length,
        firstNumber: counts ? start : null,
        numbers: counts || row.numbers.every(one => one === null) ? [] : [...row.numbers],
    }
}

type Names = ReturnType<typeof namesOf>

const sameNames = (one: Names, other: Names): boolean =>
    one.section === other.section &&
    one.row === other.row &&
    one.count === other.count &&
    one.firstNumber === other.firstNumber &&
    sameList(one.numbers, other.numbers)

function writeRow(row: DraftRow, first: number, none: number, pitch: number): KeptRow {
    const names = namesOf(row)
    return {
        ...names,
        first,
        seatNumbers: row.kept && sameNames(row.kept, names) ? row.kept.seatNumbers : [],
        prices: runsOf(row.grades, none),
        x: stepsOf(row.x, pitch),
        y: stepsOf(row.y, pitch),
        accessible: withFlag(row.flags, accessible),
        companion: withFlag(row.flags, companion),
        restrictedView: withFlag(row.flags, restricted),
    }
}

function boundsOf(rows: readonly KeptRow[]): Drawing['bounds'] {
    let bounds: Drawing['bounds'] = null
    for (const row of rows) {
        let [x, y] = [0, 0]
        row.x.forEach((step, i) => {
            x += step
            y += row.y[i] ?? 0
            const { left, top, right, bottom } = bounds ?? { left: x, top: y, right: x, bottom: y }
            bounds = {
                left: Math.min(left, x),
                top: Math.min(top, y),
                right: Math.max(right, x),
                bottom: Math.max(bottom, y),
            }
        })
    }
    return bounds
}

// As the API takes it, and as it is drawn.
export function writePlan({ grades, rows }: Draft, { scale, pitch }: Unit): Drawing & Drawn {
    const none = grades.length
    let first = 0
    const written = rows.map(row => {
        const one = writeRow(row, first, none, pitch)
        first += one.count
        return one
    })
    const isBare = rows.some(row => row.grades.includes(noGrade))
    return {
        format: 'usher-plan/1',
        scale,
        bounds: boundsOf(written),
        prices: [
            ...grades.map(({ name, price }) => ({ grade: name || null, price })),
            ...(isBare ? [{ grade: null, price: null }] : []),
        ],
        rows: written,
    }
}

// Less than this far from each other two seats are in the same place: what is kept is rounded.
const near = 0.06

const sameList = (one: Numbers | readonly number[], other: Numbers | readonly number[]): boolean =>
    one.length === other.length && one.every((value, i) => value === other[i])
const nearby = (one: readonly number[], other: readonly number[]): boolean =>
    one.length === other.length && one.every((value, i) => Math.abs(value - (other[i] ?? 0)) < near)

// Whether what is kept is what was sent.
export function isSame(one: Draft, other: Draft): boolean {
    const gradesOf = ({ grades }: Draft, row: DraftRow) =>
        row.grades.map(i => `${grades[i]?.name ?? ''} ${grades[i]?.price ?? ''}`)
    return (
        one.name === other.name &&
        one.rows.length === other.rows.length &&
        one.rows.every((row, i) => {
            const twin = other.rows[i]
            return (
                twin !== undefined &&
                row.section === twin.section &&
                row.label === twin.label &&
                sameList(row.numbers, twin.numbers) &&
                sameList(row.flags, twin.flags) &&
                sameList(gradesOf(one, row), gradesOf(other, twin)) &&
                nearby(row.x, twin.x) &&
                nearby(row.y, twin.y)
            )
        })
    )
}

// ---- Rows ----

export const seatCount = (rows: readonly DraftRow[]): number =>
    rows.reduce((sum, row) => sum + row.numbers.length, 0)

// A row as it is begun with, before anything of it is told.
export const newRow = (row: Partial<DraftRow> & { count: number }): DraftRow => {
    const { count, ...rest } = row
    return {
        section: '',
        label: '1',
        numbers: numbersFrom('up', 1, count),
        ...placesOf(count, { x: 0, y: 0, spacing: 1, curve: 0, angle: 0 }),
        grades: Array<number>(count).fill(noGrade),
        flags: Array<number>(count).fill(0),
        ...rest,
        key: newKey(),
    }
}

// So many rows of as many seats, one behind the other, from the front on.
export const newBlock = (section: string, rows: number, seats: number, grade: number): DraftRow[] =>
    Array.from({ length: rows }, (_, i) =>
        newRow({
            count: seats,
            section,
            label: String(i + 1),
            grades: Array<number>(seats).fill(grade),
            ...placesOf(seats, { x: 0, y: i * rowGap, spacing: 1, curve: 0, angle: 0 }),
        })
    )

// With another number of seats, which go on as they do.
export const withCount = (row: DraftRow, count: number): DraftRow => ({
    ...row,
    numbers: numbersOf(row.numbers, count),
    ...(row.x.length === 0 ? {} : resized(row, count)),
    grades: Array.from(
        { length: count },
        (_, i) => row.grades[i] ?? row.grades[row.grades.length - 1] ?? noGrade
    ),
    flags: Array.from({ length: count }, (_, i) => row.flags[i] ?? 0),
})

// A label that no row of the section has.
function freeLabel(rows: readonly DraftRow[], { section, label }: DraftRow): string {
    const taken = new Set(rows.filter(row => row.section === section).map(row => row.label))
    let next = labelAfter(label)
    while (taken.has(next)) next = labelAfter(next)
    return next
}

const middle = (list: readonly number[]): number => list[list.length >> 1] ?? 0

// How far the row stands behind the one before it in its section.
function gapBefore(rows: readonly DraftRow[], row: DraftRow): number {
    const before = rows[rows.indexOf(row) - 1]
    if (before === undefined || before.section !== row.section || before.x.length === 0)
        return rowGap
    const gap = middle(row.y) - middle(before.y)
    return gap > 0.5 && gap < 5 ? gap : rowGap
}

// The rows again, behind the last of their section.
function copiesOf(all: readonly DraftRow[], chosen: readonly DraftRow[]): DraftRow[] {
    const [first] = chosen
    const own = all.filter(row => row.section === first?.section)
    const last = own.reduce((one, row) => (middle(row.y) > middle(one.y) ? row : one))
    const front = Math.min(...chosen.map(row => middle(row.y)))
    const deep = middle(last.y) - front + gapBefore(all, last)
    const copies: DraftRow[] = []
    for (const row of chosen)
        copies.push({
            ...row,
            ...movedBy(row, 0, deep),
            key: newKey(),
            label: freeLabel([...own, ...copies], row),
        })
    return copies
}

// Each of these again, in place and order after the others of its section.
export function duplicated(
    draft: Draft,
    keys: ReadonlySet<number>
): { draft: Draft; made: Set<number> } {
    const made = new Set<number>()
    const rows = [...draft.rows]
    const chosen = rows.filter(row => keys.has(row.key))
    for (const section of new Set(chosen.map(row => row.section))) {
        const own = chosen.filter(row => row.section === section)
        const copies = copiesOf(rows, own)
        const last = rows.reduce((place, row, i) => (row.section === section ? i : place), 0)
        rows.splice(last + 1, 0, ...copies)
        for (const { key } of copies) made.add(key)
    }
    return { draft: { ...draft, rows }, made }
}

export const without = (draft: Draft, keys: ReadonlySet<number>): Draft => ({
    ...draft,
    rows: draft.rows.filter(row => !keys.has(row.key)),
})

// One place earlier or later in the order of seats, all of these together; as they are at its ends.
export function reordered(draft: Draft, keys: ReadonlySet<number>, step: 1 | -1): Draft {
    const rows = [...draft.rows]
    const order = rows.flatMap((row, i) => (keys.has(row.key) ? [i] : []))
    if (step === 1) order.reverse()
    for (const from of order) {
        const [row, other] = [rows[from], rows[from + step]]
        if (row === undefined || other === undefined || keys.has(other.key)) continue
        rows[from + step] = row
        rows[from] = other
    }
    return { ...draft, rows }
}

export const changed = (
    draft: Draft,
    keys: ReadonlySet<number>,
    change: (row: DraftRow) => DraftRow
): Draft => ({
    ...draft,
    rows: draft.rows.map(row => (keys.has(row.key) ? change(row) : row)),
})

// Without that one of its grades: who had it has none.
export const withoutGrade = (draft: Draft, gone: number): Draft => ({
    ...draft,
    grades: draft.grades.filter((_, i) => i !== gone),
    rows: draft.rows.map(row => ({
        ...row,
        grades: row.grades.map(i => (i === gone ? noGrade : i > gone ? i - 1 : i)),
    })),
})

export const gradeSeats = (row: DraftRow, seats: ReadonlySet<number>, grade: number): DraftRow => ({
    ...row,
    grades: row.grades.map((one, i) => (seats.has(i) ? grade : one)),
})

export const flagSeats = (row: DraftRow, seats: ReadonlySet<number>, flag: number): DraftRow => ({
    ...row,
    flags: row.flags.map((one, i) => (seats.has(i) ? one | flag : one & ~flag)),
})
