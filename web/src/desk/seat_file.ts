// Seats from a file that a spreadsheet saved: comma, semicolon or tab between cells, in UTF-8, UTF-16 or
// CP949, with heads in English or Korean. What a seat may be, the API judges; here cells become values,
// and each seat remembers its line.
import { type Key, t } from '../core/language'

export interface FileSeat {
    seatNumber: string
    price: number
    section?: string
    row?: string
    number?: string
    grade?: string
    x?: number
    y?: number
    accessible?: boolean
    companion?: boolean
    restrictedView?: boolean
}

export interface SeatFile {
    seats: FileSeat[]
    // Of each seat: its line in the file.
    lines: number[]
    // Heads of columns that say nothing of a seat.
    unused: string[]
    faults: string[]
    faultCount: number
}

// As the API names them.
const faultsTold = 100
// ROUND_SEATS_MAX of the API.
export const seatsMax = 200_000

// ---- Bytes to text ----

export function textOf(bytes: ArrayBuffer): string {
    const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength))
    if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
    if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
        // The encoding of that name is CP949 in browsers.
        return new TextDecoder('euc-kr').decode(bytes)
    }
}

// ---- Text to cells ----

interface Line {
    number: number
    cells: string[]
}

// The separator that stands most often in the first line.
function separatorOf(text: string): string {
    const first = text.slice(0, text.search(/[\r\n]|$/))
    const count = (one: string) => first.split(one).length
    return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

// RFC 4180: a cell in quotes may hold separators, ends of lines and doubled quotes.
export function linesOf(text: string, separator = separatorOf(text)): Line[] {
    const lines: Line[] = []
    let [cells, cell, number, line]: [string[], string, number, number] = [[], '', 1, 1]
    let isQuoted = false
    const endCell = () => {
        cells.push(cell.trim())
        cell = ''
    }
    const endLine = () => {
        endCell()
        if (cells.some(one => one !== '')) lines.push({ number, cells })
        cells = []
        number = line
    }
    for (let i = 0; i < text.length; i++) {
        const one = text[i]
        if (one === '\n') line++
        if (isQuoted && one === '"' && text[i + 1] === '"') cell += text[++i]
        else if (one === '"' && (isQuoted || cell.trim() === '')) isQuoted = !isQuoted
        else if (isQuoted) cell += one
        else if (one === separator) endCell()
        else if (one === '\n') endLine()
        else if (one !== '\r') cell += one
    }
    endLine()
    return lines
}

// ---- Cells to seats ----

type Column = keyof FileSeat

// Small letters, without what stands between words.
const heads: Record<Column, string> = {
    seatNumber: 'seatnumber seat 좌석번호 좌석',
    price: 'price 가격 금액',
    section: 'section block 구역 블록',
    row: 'row 열 줄',
    number: 'number no 번호',
    grade: 'grade class 등급',
    x: 'x',
    y: 'y',
    accessible: 'accessible wheelchair 휠체어 휠체어석',
    companion: 'companion 동반 동반석',
    restrictedView: 'restrictedview restricted 시야제한 시야제한석',
}
const columns = Object.keys(heads) as Column[]

const columnOf = (head: string): Column | undefined => {
    const name = head.toLowerCase().replace(/[\s_.-]/g, '')
    return columns.find(column => heads[column].split(' ').includes(name))
}

// Not X: in one country it marks what is so, in another what is not.
const yes = ['1', 'true', 'yes', 'y', 'o', '예', '네']
const no = ['0', 'false', 'no', 'n', '아니요', '아니오']

function flagOf(text: string): boolean | undefined {
    const word = text.toLowerCase()
    return yes.includes(word) ? true : no.includes(word) ? false : undefined
}

const flags = 'accessible companion restrictedView'.split(' ')

// The value of a cell; undefined: it is none of that column.
function cellValue(column: Column, text: string): string | number | boolean | undefined {
    if (flags.includes(column)) return flagOf(text)
    if (column === 'price') {
        const digits = text.replace(/[\s,원]/g, '')
        return /^\d+$/.test(digits) ? Number(digits) : undefined
    }
    if (column === 'x' || column === 'y')
        return /^[-+]?\d+([.]\d+)?$/.test(text) ? Number(text) : undefined
    return text
}

// "1-24" stands for as many seats, where the file gives no seat a name of its own.
function numbersOf(seat: Partial<FileSeat>): (string | undefined)[] {
    const [, from, to] = /^(\d+)\s*[-~]\s*(\d+)$/.exec(seat.number ?? '') ?? []
    if (seat.seatNumber !== undefined || from === undefined || to === undefined)
        return [seat.number]
    const [first, count] = [Number(from), Number(to) - Number(from) + 1]
    if (count < 1 || count > seatsMax) return [seat.number]
    return Array.from({ length: count }, (_, i) => String(first + i))
}

export function readSeats(text: string): SeatFile {
    const file: SeatFile = { seats: [], lines: [], unused: [], faults: [], faultCount: 0 }
    const fault = (words: Key, values: Record<string, string | number> = {}) => {
        if (file.faultCount++ < faultsTold) file.faults.push(t(words, values))
    }
    const [head, ...lines] = linesOf(text.replace(/^\ufeff/, ''))
    const found = head?.cells.map(columnOf) ?? []
    file.unused = head?.cells.filter((cell, i) => found[i] === undefined && cell !== '') ?? []
    const twice = found.find((column, i) => column !== undefined && found.indexOf(column) < i)
    if (twice !== undefined) fault('columnTwice', { head: twice })
    if (!found.includes('price')) fault('columnMissing', { head: 'price' })
    if (!found.includes('seatNumber') && !found.includes('number'))
        fault('columnMissing', { head: 'number' })
    if (file.faultCount > 0) return file
    if (lines.length === 0) fault('fileEmpty')
    for (const { number: line, cells } of lines) {
        const seat: Partial<Record<Column, string | number | boolean>> = {}
        for (const [i, column] of found.entries()) {
            const cell = cells[i] ?? ''
            if (column === undefined || cell === '') continue
            const value = cellValue(column, cell)
            if (value === undefined) fault('cellWrong', { line, head: head?.cells[i] ?? '', cell })
            else seat[column] = value
        }
        if (cells.length > found.length) fault('cellsTooMany', { line })
        else if (!cells[found.indexOf('price')]) fault('priceMissing', { line })
        for (const number of numbersOf(seat as Partial<FileSeat>)) {
            const one = { ...seat, ...(number === undefined ? {} : { number }) } as FileSeat
            one.seatNumber ??= [one.section, one.row, number].filter(Boolean).join('-')
            file.seats.push(one)
            file.lines.push(line)
        }
        if (file.seats.length > seatsMax) {
            fault('seatsTooMany', { n: seatsMax })
            return file
        }
    }
    return file
}
