// A round's seats as they stand in the hall, from its plan: by place, in seat order. Distances are in
// seats: two neighbours in a row are one apart.
import type { Plan } from '../core/api'

export const accessible = 1
export const companion = 2
export const restricted = 4

export interface Row {
    section: string
    name: string
    first: number
    count: number
}

export interface Section {
    name: string
    rows: Row[]
    // The middle of its seats.
    x: number
    y: number
}

export interface Hall {
    planVersion: number
    count: number
    rows: Row[]
    sections: Section[]
    prices: Plan['prices']
    x: Float32Array
    y: Float32Array
    row: Uint32Array
    price: Uint16Array
    flags: Uint8Array
    numbers: (string | null)[]
    bounds: { left: number; top: number; right: number; bottom: number }
}

// What of a plan is needed to draw it.
export type Drawn = Pick<Plan, 'rows' | 'bounds'>

// Space between rows, and between sections, that have no positions.
const rowGap = 1.3
const sectionGap = 1.5
// Around what stands outermost, and above it for the stage.
const margin = 1.5
const stageRoom = 3

// The usual distance between neighbours: that in the middle of all.
export function pitchOf(plan: Drawn): number {
    const distances: number[] = []
    for (const { x, y } of plan.rows)
        for (let i = 1; i < x.length; i++) distances.push(Math.hypot(x[i] ?? 0, y[i] ?? 0))
    distances.sort((a, b) => a - b)
    return distances[distances.length >> 1] || 1
}

function placeSeats(hall: Hall, plan: Drawn, pitch: number): void {
    let line = plan.bounds === null ? 0 : plan.bounds.bottom / pitch + sectionGap
    let section: string | null = null
    for (const row of plan.rows) {
        let x = 0
        let y = 0
        if (row.x.length === 0) {
            line += row.section === section ? rowGap : rowGap + sectionGap
            section = row.section
        }
        for (let i = 0; i < row.count; i++) {
            x += row.x[i] ?? 0
            y += row.y[i] ?? 0
            hall.x[row.first + i] = row.x.length === 0 ? i - (row.count - 1) / 2 : x / pitch
            hall.y[row.first + i] = row.x.length === 0 ? line : y / pitch
        }
    }
}

function readRow(hall: Hall, row: Plan['rows'][number], index: number): void {
    hall.rows.push({
        section: row.section ?? '',
        name: row.row ?? '',
        first: row.first,
        count: row.count,
    })
    let place = row.first
    for (const { price, count } of row.prices) {
        hall.price.fill(price, place, place + count)
        place += count
    }
    for (let i = 0; i < row.count; i++) {
        hall.row[row.first + i] = index
        hall.numbers.push(
            row.firstNumber === null ? (row.numbers[i] ?? null) : String(row.firstNumber + i)
        )
    }
    for (const i of row.accessible) hall.flags[row.first + i] = accessible
    for (const i of row.companion) hall.flags[row.first + i] = companion
    for (const i of row.restrictedView)
        hall.flags[row.first + i] = (hall.flags[row.first + i] ?? 0) | restricted
}

// Rows of one section need not follow each other.
function gather(hall: Hall): Section[] {
    const found = new Map<string, Section>()
    for (const row of hall.rows) {
        const section = found.get(row.section) ?? { name: row.section, rows: [], x: 0, y: 0 }
        found.set(row.section, section)
        section.rows.push(row)
    }
    for (const section of found.values()) {
        let seats = 0
        for (const { first, count } of section.rows)
            for (let place = first; place < first + count; place++) {
                section.x += hall.x[place] ?? 0
                section.y += hall.y[place] ?? 0
                seats++
            }
        section.x /= seats
        section.y /= seats
    }
    return [...found.values()]
}

function boundsOf({ x, y }: Hall): Hall['bounds'] {
    const bounds = { left: 0, top: 0, right: 0, bottom: 0 }
    x.forEach((across, place) => {
        const down = y[place] ?? 0
        if (place === 0)
            Object.assign(bounds, { left: across, right: across, top: down, bottom: down })
        bounds.left = Math.min(bounds.left, across)
        bounds.right = Math.max(bounds.right, across)
        bounds.top = Math.min(bounds.top, down)
        bounds.bottom = Math.max(bounds.bottom, down)
    })
    return {
        left: bounds.left - margin,
        right: bounds.right + margin,
        top: bounds.top - margin - stageRoom,
        bottom: bounds.bottom + margin,
    }
}

// `pitch`: of a seat, where that is known.
export function makeHall(
    plan: Drawn & Pick<Plan, 'planVersion' | 'prices'>,
    pitch = pitchOf(plan)
): Hall {
    const count = plan.rows.reduce((sum, row) => sum + row.count, 0)
    const hall: Hall = {
        planVersion: plan.planVersion,
        count,
        rows: [],
        sections: [],
        prices: plan.prices,
        x: new Float32Array(count),
        y: new Float32Array(count),
        row: new Uint32Array(count),
        price: new Uint16Array(count),
        flags: new Uint8Array(count),
        numbers: [],
        bounds: { left: 0, top: 0, right: 0, bottom: 0 },
    }
    plan.rows.forEach((row, index) => {
        readRow(hall, row, index)
    })
    placeSeats(hall, plan, pitch)
    hall.sections = gather(hall)
    hall.bounds = boundsOf(hall)
    return hall
}

// The seat that lies in that direction: far along it counts once, away from it three times.
export function neighbour(hall: Hall, from: number, across: number, down: number): number {
    const x = hall.x[from] ?? 0
    const y = hall.y[from] ?? 0
    let best = from
    let least = Number.POSITIVE_INFINITY
    for (let place = 0; place < hall.count; place++) {
        const right = (hall.x[place] ?? 0) - x
        const below = (hall.y[place] ?? 0) - y
        const along = right * across + below * down
        const cost = along + 3 * Math.abs(right * down - below * across)
        if (along > 0.3 && cost < least) {
            least = cost
            best = place
        }
    }
    return best
}

// The seat nearest to a point, not farther than that.
export function seatAt(hall: Hall, x: number, y: number, within: number): number | null {
    let best: number | null = null
    let least = within * within
    for (let place = 0; place < hall.count; place++) {
        const right = (hall.x[place] ?? 0) - x
        const below = (hall.y[place] ?? 0) - y
        const distance = right * right + below * below
        if (distance <= least) {
            least = distance
            best = place
        }
    }
    return best
}
