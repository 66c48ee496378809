// What the chosen rows are, as fields. A field counts once it is left, or with Enter; where the chosen
// rows differ it is empty, and what is typed counts for all of them.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type Key, t } from '../core/language'
import { accessible, companion, restricted } from '../seats/hall'
import { type DraftRow, flagSeats, gradeSeats, noGrade, seatCount, withCount } from './plan_draft'
import type { Editing } from './plan_editing'
import {
    listOf,
    type Numbering,
    numberingOf,
    numberings,
    numbersFrom,
    seatsListed,
} from './plan_labels'
import { type Shape, shapeOf } from './plan_shape'
import { seatsMax } from './seat_file'

interface TypedProps {
    id: string
    label: Key
    value: string
    hint?: Key
    attributes?: JSX.IntrinsicElements['input']
    // Takes what was typed; or says why not.
    take: (text: string) => string | undefined
}

export function Typed({ id, label, value, hint, attributes = {}, take }: TypedProps) {
    const input = useRef<HTMLInputElement>(null)
    const wrong = useSignal('')
    // What is typed stays until what it stands for is another.
    useLayoutEffect(() => {
        if (input.current !== null) input.current.value = value
        wrong.value = ''
    }, [value])
    const about = [hint ? `${id}-hint` : '', wrong.value ? `${id}-error` : '']
        .filter(Boolean)
        .join(' ')
    return (
        <p class="field">
            <label for={id}>{t(label)}</label>
            <input
                ref={input}
                id={id}
                autoComplete="off"
                aria-invalid={wrong.value !== ''}
                {...(about ? { 'aria-describedby': about } : {})}
                {...attributes}
                onChange={event => {
                    wrong.value = take(event.currentTarget.value.trim()) ?? ''
                }}
            />
            {hint ? (
                <span id={`${id}-hint`} class="dim">
                    {t(hint)}
                </span>
            ) : null}
            {wrong.value ? (
                <span id={`${id}-error`} class="bad" role="alert">
                    {wrong.value}
                </span>
            ) : null}
        </p>
    )
}

// What all of them have; undefined: they differ.
function common<T>(rows: readonly DraftRow[], of: (row: DraftRow) => T): T | undefined {
    const [first, ...more] = rows.map(of)
    return more.every(one => one === first) ? first : undefined
}

const whole = { inputMode: 'numeric' } as const
const labelMost = { maxLength: 64 } as const

function wholeIn(text: string, least: number, most: number): number | undefined {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined
}

const numberingWords = {
    up: 'numbersUp',
    down: 'numbersDown',
    odd: 'numbersOdd',
    oddDown: 'numbersOddDown',
    none: 'numbersNone',
    own: 'numbersOwn',
} as const satisfies Record<Numbering, Key>

// What a row's first number may be, in the API.
const numberMost = 1_000_000_000

function Names({ editing, rows }: { editing: Editing; rows: readonly DraftRow[] }) {
    const [only, ...more] = rows
    return (
        <>
            <Typed
                id="row-section"
                label="planSection"
                value={common(rows, row => row.section) ?? ''}
                attributes={labelMost}
                take={text => {
                    editing.changeRows(row => ({ ...row, section: text }))
                    return undefined
                }}
            />
            {only === undefined || more.length > 0 ? null : (
                <Typed
                    id="row-label"
                    label="rowLabel"
                    value={only.label}
                    attributes={labelMost}
                    take={text => {
                        editing.changeRows(row => ({ ...row, label: text }))
                        return undefined
                    }}
                />
            )}
        </>
    )
}

function Seats({ editing, rows }: { editing: Editing; rows: readonly DraftRow[] }) {
    const kind = common(rows, row => numberingOf(row.numbers).kind)
    const first = common(rows, row => numberingOf(row.numbers).first)
    const count = common(rows, row => row.numbers.length)
    const number = (next: Numbering, from: number) => {
        if (next === 'own') return
        editing.changeRows(row => ({
            ...row,
            numbers: numbersFrom(next, from, row.numbers.length),
        }))
    }
    const isCounted = kind !== 'none' && kind !== 'own'
    return (
        <>
            <Typed
                id="row-count"
                label="rowSeats"
                value={count === undefined ? '' : String(count)}
                attributes={whole}
                take={text => {
                    const others = seatCount(editing.draft.value.rows) - seatCount(rows)
                    const most = Math.floor((seatsMax - others) / rows.length)
                    const value = wholeIn(text, 1, most)
                    if (value === undefined) return t('wholeNumber', { most })
                    editing.changeRows(row => withCount(row, value))
                    return undefined
                }}
            />
            <p class="field">
                <label for="row-numbering">{t('numbering')}</label>
                <select
                    id="row-numbering"
                    value={kind ?? ''}
                    onChange={event => {
                        number(event.currentTarget.value as Numbering, first ?? 1)
                    }}
                >
                    {kind === undefined ? <option value="">{t('several')}</option> : null}
                    {numberings
                        .filter(one => one !== 'own' || kind === 'own')
                        .map(one => (
                            <option key={one} value={one}>
                                {t(numberingWords[one])}
                            </option>
                        ))}
                </select>
            </p>
            {isCounted ? (
                <Typed
                    id="row-first"
                    label="leastNumber"
                    value={first === undefined ? '' : String(first)}
                    attributes={whole}
                    take={text => {
                        const value = wholeIn(text, 1, numberMost)
                        if (value === undefined) return t('wholeNumber', { most: numberMost })
                        number(kind ?? 'up', value)
                        return undefined
                    }}
                />
            ) : null}
        </>
    )
}

const shapeFields = [
    ['x', 'rowX', 1e4],
    ['y', 'rowY', 1e4],
    ['spacing', 'rowSpacing', 100],
    ['curve', 'rowCurve', 1e3],
    ['angle', 'rowAngle', 360],
] as const satisfies [keyof Shape, Key, number][]

// As people read it: two digits are finer than one sees.
const rounded = (value: number): string => String(Math.round(value * 100) / 100 || 0)

function Place({ editing, rows }: { editing: Editing; rows: readonly DraftRow[] }) {
    const shapes = rows.map(row => shapeOf(row.x.length > 0 ? row : editing.placeOf(row)))
    const textOf = (name: keyof Shape): string => {
        const [first, ...more] = shapes.map(shape => rounded(shape[name]))
        return more.every(one => one === first) ? (first ?? '') : ''
    }
    return (
        <fieldset class="block">
            <legend>{t('rowPlace')}</legend>
            {shapeFields.map(([name, words, most]) => (
                <Typed
                    key={name}
                    id={`row-${name}`}
                    label={words}
                    value={textOf(name)}
                    attributes={{ inputMode: 'decimal' }}
                    take={text => {
                        const value = Number(text.replace(',', '.'))
                        const least = name === 'spacing' ? 0.1 : -most
                        if (text === '' || !(value >= least && value <= most))
                            return t('numberBetween', { least: String(least), most: String(most) })
                        editing.reshape({ [name]: value })
                        return undefined
                    }}
                />
            ))}
        </fieldset>
    )
}

function GradeSeats({ editing, rows }: { editing: Editing; rows: readonly DraftRow[] }) {
    const { grades } = editing.draft.value
    const grade = useSignal(0)
    const [only, ...more] = rows
    const all = common(rows, row => [...new Set(row.grades)].join())
    const isMixed = all === undefined || all.includes(',')
    const value = isMixed ? '' : all
    const gradeName = (i: number): string =>
        i === noGrade ? t('noGrade') : (grades[i]?.name ?? '')
    const options = [...grades.map((_, i) => i), noGrade]
    const choices = () =>
        options.map(i => (
            <option key={i} value={i}>
                {gradeName(i)}
            </option>
        ))
    return (
        <fieldset class="block">
            <legend>{t('rowGrade')}</legend>
            <p class="field">
                <label for="row-grade">{t('gradeOfAll')}</label>
                <select
                    id="row-grade"
                    value={value}
                    onChange={event => {
                        const next = Number(event.currentTarget.value)
                        editing.changeRows(row => ({ ...row, grades: row.grades.map(() => next) }))
                    }}
                >
                    {isMixed ? <option value="">{t('several')}</option> : null}
                    {choices()}
                </select>
            </p>
            {only === undefined || more.length > 0 ? null : (
                <>
                    {isMixed ? (
                        <ul class="rows">
                            {options
                                .filter(i => only.grades.includes(i))
                                .map(i => (
                                    <li key={i}>
                                        <span>{gradeName(i)}</span>
                                        <span>
                                            {listOf(only.numbers, seat => only.grades[seat] === i)}
                                        </span>
                                    </li>
                                ))}
                        </ul>
                    ) : null}
                    <p class="field">
                        <label for="some-grade">{t('gradeOfSome')}</label>
                        <select
                            id="some-grade"
                            value={grade.value}
                            onChange={event => (grade.value = Number(event.currentTarget.value))}
                        >
                            {choices()}
                        </select>
                    </p>
                    <SeatList
                        key={only.key}
                        id="some-seats"
                        label="gradeSeats"
                        row={only}
                        value=""
                        take={seats => {
                            const next = options.includes(grade.value) ? grade.value : noGrade
                            editing.changeRows(row => gradeSeats(row, seats, next))
                        }}
                    />
                </>
            )}
        </fieldset>
    )
}

interface SeatListProps {
    id: string
    label: Key
    row: DraftRow
    value: string
    take: (seats: ReadonlySet<number>) => void
}

function SeatList({ id, label, row, value, take }: SeatListProps) {
    return (
        <Typed
            id={id}
            label={label}
            value={value}
            hint="seatListHint"
            take={text => {
                const seats = seatsListed(text, row.numbers)
                if (typeof seats === 'string') return t('noSuchSeat', { seat: seats })
                take(seats)
                return undefined
            }}
        />
    )
}

const flagFields = [
    [accessible, 'wheelSeats'],
    [companion, 'companionSeats'],
    [restricted, 'restrictedSeats'],
] as const satisfies [number, Key][]

// Each seat in a wheelchair's place gets its neighbour for who comes along, where that is free to be it.
function withCompanions(row: DraftRow): DraftRow {
    const flags = [...row.flags]
    row.flags.forEach((flag, i) => {
        if ((flag & accessible) === 0) return
        const isFree = (place: number) =>
            place >= 0 &&
            place < flags.length &&
            ((flags[place] ?? 0) & (accessible | companion)) === 0
        const next = [i + 1, i - 1].find(isFree)
        if (next !== undefined) flags[next] = (flags[next] ?? 0) | companion
    })
    return { ...row, flags }
}

function Marks({ editing, row }: { editing: Editing; row: DraftRow }) {
    const hasWheels = row.flags.some(flag => (flag & accessible) !== 0)
    const hasCompanions = row.flags.some(flag => (flag & companion) !== 0)
    return (
        <fieldset class="block">
            <legend>{t('rowMarks')}</legend>
            {flagFields.map(([flag, words]) => (
                <SeatList
                    key={`${row.key} ${flag}`}
                    id={words}
                    label={words}
                    row={row}
                    value={listOf(row.numbers, i => ((row.flags[i] ?? 0) & flag) !== 0)}
                    take={seats => editing.changeRows(one => flagSeats(one, seats, flag))}
                />
            ))}
            <button
                type="button"
                class="quiet"
                aria-disabled={!hasWheels || hasCompanions}
                onClick={() => {
                    if (hasWheels && !hasCompanions) editing.changeRows(withCompanions)
                }}
            >
                {t('addCompanions')}
            </button>
        </fieldset>
    )
}

export function PlanFields({ editing }: { editing: Editing }) {
    const rows = editing.chosenRows.value
    const [only, ...more] = rows
    if (only === undefined) return <p>{t('chooseRow')}</p>
    return (
        // Fields of other rows are others.
        <section
            key={rows.map(row => row.key).join()}
            class="plan-fields"
            aria-labelledby="fields-title"
        >
            <h2 id="fields-title">{editing.said()}</h2>
            <Names editing={editing} rows={rows} />
            <Seats editing={editing} rows={rows} />
            <GradeSeats editing={editing} rows={rows} />
            {more.length > 0 ? null : <Marks editing={editing} row={only} />}
            <Place editing={editing} rows={rows} />
        </section>
    )
}
