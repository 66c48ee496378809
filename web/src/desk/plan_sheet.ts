// Rows from a spreadsheet that draws them: a line is a row, a cell a seat of the class that stands in it,
// and an empty cell none. A * behind the class is a place for a wheelchair, a + the seat of who comes along.
// What is wrong is told by line and column.
import { type Key, t } from '../core/language'
import { accessible, companion } from '../seats/hall'
import { type Draft, type DraftRow, type Grade, newRow, rowGap, seatCount } from './plan_draft'
import { labelAfter, numbersFrom } from './plan_labels'
import { linesOf, seatsMax } from './seat_file'

export interface SheetWish {
    text: string
    section: string
    // Its first column has the rows' labels; its first line the seats' numbers.
    hasLabels: boolean
    hasNumbers: boolean
    // A class that the plan has not yet is made.
    makesGrades: boolean
}

export interface Sheet {
    rows: DraftRow[]
    grades: Grade[]
    faults: string[]
    faultCount: number
}

// As many as of a file.
const faultsTold = 100
const labelMost = 64
// From what stands before it.
const sheetGap = 2.5

const marks: Record<string, number> = { '*': accessible, '+': companion }

// The class of that name; or else the one that begins so.
function gradeIn(name: string, grades: readonly Grade[]): number[] {
    const wanted = name.toLowerCase()
    const names = grades.map(grade => grade.name.toLowerCase())
    const exact = names.indexOf(wanted)
    if (exact >= 0) return [exact]
    return names.flatMap((one, i) => (one.startsWith(wanted) ? [i] : []))
}

interface Cell {
    column: number
    grade: number
    flag: number
}

class Reader {
    readonly sheet: Sheet
    private readonly labels = new Map<string, number>()

    constructor(
        private readonly wish: SheetWish,
        private readonly draft: Draft
    ) {
        this.sheet = { rows: [], grades: [...draft.grades], faults: [], faultCount: 0 }
    }

    fault(words: Key, values: Record<string, string | number> = {}): void {
        if (this.sheet.faultCount++ < faultsTold) this.sheet.faults.push(t(words, values))
    }

    private grade(name: string, line: number, column: number): number {
        const { grades } = this.sheet
        const [found, ...more] = gradeIn(name, grades)
        if (found !== undefined && more.length === 0) return found
        const place = { line: String(line), column: String(column + 1), cell: name }
        if (found !== undefined) this.fault('sheetSeveral', place)
        else if (!this.wish.makesGrades) this.fault('sheetUnknown', place)
        else if (name.length > labelMost) this.fault('sheetLong', place)
        else return grades.push({ name, price: null }) - 1
        return 0
    }

    private cells(line: number, cells: readonly string[]): Cell[] {
        const seats: Cell[] = []
        cells.forEach((text, column) => {
            if (text === '' || (this.wish.hasLabels && column === 0)) return
            const flag = marks[text.slice(-1)] ?? 0
            const name = flag === 0 ? text : text.slice(0, -1).trim()
            if (name === '')
                this.fault('sheetBare', {
                    line: String(line),
                    column: String(column + 1),
                    cell: text,
                })
            else seats.push({ column, flag, grade: this.grade(name, line, column) })
        })
        return seats
    }

    private label(line: number, cell: string): string {
        if (!this.wish.hasLabels) {
            const last = [...this.labels.keys()].pop()
            const taken = this.draft.rows.filter(row => row.section === this.wish.section)
            let next = last === undefined ? '1' : labelAfter(last)
            while (taken.some(row => row.label === next)) next = labelAfter(next)
            this.labels.set(next, line)
            return next
        }
        const before = this.labels.get(cell)
        if (cell === '') this.fault('sheetNoLabel', { line: String(line) })
        else if (cell.length > labelMost)
            this.fault('sheetLong', { line: String(line), column: '1', cell })
        else if (before !== undefined)
            this.fault('sheetLabelTwice', {
                line: String(line),
                other: String(before),
                label: cell,
            })
        else this.labels.set(cell, line)
        return cell
    }

    private numbers(line: number, seats: readonly Cell[], heads: readonly string[]) {
        if (!this.wish.hasNumbers) return numbersFrom('up', 1, seats.length)
        return seats.map(({ column }) => {
            const number = heads[column] ?? ''
            if (number === '')
                this.fault('sheetNoNumber', { line: String(line), column: String(column + 1) })
            return number
        })
    }

    row(line: number, cells: readonly string[], heads: readonly string[]): void {
        const seats = this.cells(line, cells)
        if (seats.length === 0) return
        this.sheet.rows.push(
            newRow({
                count: seats.length,
                section: this.wish.section,
                label: this.label(line, cells[0] ?? ''),
                numbers: this.numbers(line, seats, heads),
                x: seats.map(({ column }) => column),
                y: seats.map(() => line * rowGap),
                grades: seats.map(({ grade }) => grade),
                flags: seats.map(({ flag }) => flag),
            })
        )
    }
}

// Around the middle of what is there, and behind it.
function placed(rows: readonly DraftRow[], draft: Draft): DraftRow[] {
    const ends = (list: readonly number[]): [number, number] =>
        list.reduce<[number, number]>(
            ([least, most], one) => [Math.min(least, one), Math.max(most, one)],
            [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
        )
    const middle = ([least, most]: [number, number]) => (least > most ? 0 : (least + most) / 2)
    const across = (some: readonly DraftRow[]) => ends(some.flatMap(row => row.x))
    const [, behind] = ends(draft.rows.flatMap(row => row.y))
    const [front] = ends(rows.flatMap(row => row.y))
    const right = middle(across(draft.rows)) - middle(across(rows))
    const down = (Number.isFinite(behind) ? behind + sheetGap : 0) - front
    return rows.map(row => ({
        ...row,
        x: row.x.map(one => one + right),
        y: row.y.map(one => one + down),
    }))
}

export function readSheet(wish: SheetWish, draft: Draft): Sheet {
    const reader = new Reader(wish, draft)
    const { sheet } = reader
    const lines = linesOf(wish.text, wish.text.includes('\t') ? '\t' : undefined)
    const [heads] = wish.hasNumbers ? lines.splice(0, 1) : []
    const most = seatsMax - seatCount(draft.rows)
    for (const { number, cells } of lines) {
        reader.row(number, cells, heads?.cells ?? [])
        if (seatCount(sheet.rows) <= most) continue
        reader.fault('seatsTooMany', { n: seatsMax })
        return sheet
    }
    if (sheet.rows.length === 0 && sheet.faultCount === 0) reader.fault('sheetEmpty')
    return { ...sheet, rows: placed(sheet.rows, draft) }
}
