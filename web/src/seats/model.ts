// The seats of a round as the page keeps them: where they stand, from the plan; who may have what, from
// the availability, its changes and the stream; and what one has chosen. By place, in seat order.
import { computed, signal } from '@preact/signals'
import type { Availability, Changes, Plan, SeatMap, SeatStates } from '../core/api'
import { read } from '../core/call'
import type { SeatNews } from '../core/feed'
import { type Hall, makeHall } from './hall'

export const hall = signal<Hall | null>(null)
export const heardAt = signal(0)
export const chosen = signal<readonly number[]>([])

// A letter a seat, as the API has it.
let states: string[] = []
// Grows whenever one of them changes.
export const news = signal(0)

// The places whose letters changed since somebody took them; null: it may be any.
let touched: number[] | null = null
// More are told of as if it were all.
const touchedMost = 10_000

export function takeTouched(): readonly number[] | null {
    const taken = touched
    touched = []
    return taken
}

function change(changes: readonly [number, string][]): void {
    for (const [place, letter] of changes) {
        states[place] = letter
        touched?.push(place)
    }
    if (touched !== null && touched.length > touchedMost) touched = null
    news.value++
}

// What may come back, and what did, as it was when the whole was last asked for.
export const returns = signal<Availability | null>(null)

let version = 0
let choiceName = ''
// What a seat is called where the plan does not tell.
let names: string[] | null = null

export const stateOf = (place: number): string => states[place] ?? 'b'
export const isFree = (place: number): boolean => states[place] === 'a'
export const isAnyFree = (): boolean => states.includes('a')
export const rowOf = (place: number) => hall.value?.rows[hall.value.row[place] ?? 0]

export function seatNumber(place: number): string {
    if (names !== null) return names[place] ?? ''
    const row = rowOf(place)
    return [row?.section, row?.name, hall.value?.numbers[place]].filter(Boolean).join('-')
}

export const priceOf = (place: number) => hall.value?.prices[hall.value.price[place] ?? 0]
export const seatPrice = (place: number): number => priceOf(place)?.price ?? 0

export const placesOf = ({ first, count }: { first: number; count: number }): number[] =>
    Array.from({ length: count }, (_, i) => first + i)

export function freeIn(rows: readonly { first: number; count: number }[]): number {
    let free = 0
    for (const { first, count } of rows)
        for (let place = first; place < first + count; place++) if (isFree(place)) free++
    return free
}

export const sum = computed(() =>
    chosen.value.reduce((total, place) => total + seatPrice(place), 0)
)

function choose(places: readonly number[]): void {
    chosen.value = places
    sessionStorage.setItem(choiceName, JSON.stringify([hall.value?.planVersion, places]))
}

// True: one more is allowed, or the seat was given back.
export function toggle(place: number, most: number): boolean {
    if (chosen.value.includes(place)) choose(chosen.value.filter(other => other !== place))
    else if (chosen.value.length >= most) return false
    else choose([...chosen.value, place])
    return true
}

export function replace(gone: readonly number[], by: readonly number[]): void {
    choose([...chosen.value.filter(place => !gone.includes(place)), ...by])
}

export const forget = (): void => choose([])

// The free seats nearest to those that are gone, as many.
export function nearestFree(gone: readonly number[]): number[] {
    const seats = hall.value
    const middle = gone[0]
    if (seats === null || middle === undefined) return []
    const { x, y } = seats
    const distance = (place: number) =>
        Math.hypot((x[place] ?? 0) - (x[middle] ?? 0), (y[place] ?? 0) - (y[middle] ?? 0))
    const found: number[] = []
    for (let place = 0; place < seats.count; place++) {
        if (!isFree(place) || chosen.value.includes(place)) continue
        found.push(place)
        found.sort((a, b) => distance(a) - distance(b))
        found.length = Math.min(found.length, gone.length)
    }
    return found.sort((a, b) => a - b)
}

// A refusal said that somebody has them, before the changes did.
export const areTaken = (places: readonly number[]): void =>
    change(places.map(place => [place, 'h']))

// What is older than what the page has says nothing new.
function hear(told: SeatStates | Availability | Changes): void {
    heardAt.value = Date.now()
    if ('nextReturnAt' in told) returns.value = told
    if (told.version <= version) return
    version = told.version
    if ('changes' in told) {
        change(told.changes as [number, string][])
        return
    }
    states = [...told.seats]
    touched = null
    news.value++
}

// Those that were chosen before the page was loaded anew, and are free still.
function remembered(plan: Plan): number[] {
    try {
        const [planVersion, places] = JSON.parse(sessionStorage.getItem(choiceName) ?? '[]')
        return planVersion === plan.planVersion ? places.filter(isFree) : []
    } catch {
        return []
    }
}

// Seats of which nothing but their number is known.
const isNameless = (plan: Plan): boolean =>
    plan.rows.some(row => row.firstNumber === null && row.numbers.length === 0)

export async function loadSeats(round: string): Promise<void> {
    const [plan, whole] = await Promise.all([
        read<Plan>(`/v1/rounds/${round}/plan`),
        read<Availability>(`/v1/rounds/${round}/availability`),
    ])
    names = isNameless(plan) ? (await read<SeatMap>(`/v1/rounds/${round}/map`)).seatNumber : null
    choiceName = `usher-choice:${round}`
    version = 0
    hear(whole)
    chosen.value = remembered(plan)
    hall.value = makeHall(plan)
}

export async function lookForReturns(round: string): Promise<void> {
    hear(await read<Availability>(`/v1/rounds/${round}/availability`))
}

let asking: Promise<void> | null = null

async function ask(round: string): Promise<void> {
    hear(await read<Availability | Changes>(`/v1/rounds/${round}/availability?since=${version}`))
}

// Looks what has changed.
export async function refresh(round: string): Promise<void> {
    while (asking !== null) await asking.catch(() => {})
    asking = ask(round).finally(() => {
        asking = null
    })
    await asking
}

// The stream's changes count from what it told before, which the page has too, unless that was only
// that all is to be asked for, and no answer came yet.
let stales = 0
let isBehind = false

export async function hearSeats(round: string, told: SeatNews): Promise<void> {
    if (!('stale' in told) && !('changes' in told && isBehind)) {
        isBehind = false
        hear(told)
        return
    }
    isBehind = true
    const mine = ++stales
    await refresh(round)
    if (mine === stales) isBehind = false
}

export const goneSeats = (): number[] => chosen.value.filter(place => !isFree(place))
