// Where the seats of a row stand: on a line or an arc, or as they were placed one by one. Distances are in
// seats: neighbours are usually one apart; x goes from left to right, y away from the stage.

export interface Places {
    readonly x: readonly number[]
    readonly y: readonly number[]
}

export interface Shape {
    // Half way between the first seat and the last.
    x: number
    y: number
    // From seat to seat.
    spacing: number
    // How far the middle of the row lies behind the line through its ends.
    curve: number
    // How far the row is turned, in degrees, clockwise.
    angle: number
}

const at = (list: readonly number[], i: number): number => list[i] ?? 0

const degrees = 180 / Math.PI

// Turned by that angle around nothing.
const turned = (x: number, y: number, angle: number): [number, number] => {
    const [cos, sin] = [Math.cos(angle / degrees), Math.sin(angle / degrees)]
    return [x * cos - y * sin, x * sin + y * cos]
}

// The middle of the row's seats: that of its two in the middle where their number is even.
function middleOf({ x, y }: Places): [number, number] {
    const [low, high] = [(x.length - 1) >> 1, x.length >> 1]
    return [(at(x, low) + at(x, high)) / 2, (at(y, low) + at(y, high)) / 2]
}

export function shapeOf(places: Places): Shape {
    const { x, y } = places
    const last = x.length - 1
    const middle = { x: (at(x, 0) + at(x, last)) / 2, y: (at(y, 0) + at(y, last)) / 2 }
    if (last < 1) return { ...middle, spacing: 1, curve: 0, angle: 0 }
    const angle = Math.atan2(at(y, last) - at(y, 0), at(x, last) - at(x, 0)) * degrees
    let along = 0
    for (let i = 1; i <= last; i++)
        along += Math.hypot(at(x, i) - at(x, i - 1), at(y, i) - at(y, i - 1))
    const [across, behind] = middleOf(places)
    const [, curve] = turned(across - middle.x, behind - middle.y, -angle)
    return { ...middle, spacing: along / last, curve, angle }
}

// The angle at which the middle of an arc is as far from its ends' line as that length allows: bent
// farther, it comes nearer again.
const widest = 4.66

// Of seats on an arc: the circle that it is of, and how far their middle is from their ends' line.
function circleOf(count: number, spacing: number, arc: number): { radius: number; curve: number } {
    const half = arc / (count - 1) / 2
    const radius = spacing / 2 / Math.sin(half)
    // Where two are in the middle, what is between them.
    const top = count % 2 === 0 ? Math.cos(half) : 1
    return { radius, curve: radius * (top - Math.cos(arc / 2)) }
}

// The angle over which so many seats bend as far as that.
function arcOf(count: number, spacing: number, curve: number): number {
    let [low, high] = [0, widest]
    // Each step halves what is left: forty leave nothing that could be seen.
    for (let step = 0; step < 40; step++) {
        const arc = (low + high) / 2
        if (circleOf(count, spacing, arc).curve < curve) low = arc
        else high = arc
    }
    return high
}

// Where the seats stand around the middle of the line through their ends, before they are turned.
function bent(count: number, spacing: number, curve: number): [number, number][] {
    const parts = Array.from({ length: count }, (_, i) => i - (count - 1) / 2)
    const bend = Math.abs(curve)
    if (count < 3 || bend < 0.005) return parts.map(part => [part * spacing, 0])
    const arc = arcOf(count, spacing, bend)
    const { radius } = circleOf(count, spacing, arc)
    return parts.map(part => {
        const angle = (part * arc) / (count - 1)
        const behind = radius * (Math.cos(angle) - Math.cos(arc / 2))
        return [radius * Math.sin(angle), Math.sign(curve) * behind]
    })
}

export function placesOf(count: number, { x, y, spacing, curve, angle }: Shape): Places {
    const places = bent(count, spacing, curve).map(([across, behind]) =>
        turned(across, behind, angle)
    )
    return { x: places.map(([right]) => x + right), y: places.map(([, down]) => y + down) }
}

export const movedBy = ({ x, y }: Places, right: number, down: number): Places => ({
    x: x.map(one => one + right),
    y: y.map(one => one + down),
})

// Around half way between its ends, or that point.
export function turnedBy(places: Places, angle: number, around = shapeOf(places)): Places {
    const both = places.x.map((x, i) => turned(x - around.x, at(places.y, i) - around.y, angle))
    return {
        x: both.map(([x]) => x + around.x),
        y: both.map(([, y]) => y + around.y),
    }
}

// No farther from the line or arc of its shape than one sees.
const seen = 0.06

const isEven = (places: Places): boolean => {
    const drawn = placesOf(places.x.length, shapeOf(places))
    return drawn.x.every(
        (x, i) => Math.hypot(x - at(places.x, i), at(drawn.y, i) - at(places.y, i)) < seen
    )
}

// With another number of seats: as it is bent, around the same middle; or where the seats were placed one
// by one, with as many more or less at the end.
export function resized(places: Places, count: number): Places {
    const last = places.x.length - 1
    if (isEven(places)) return placesOf(count, shapeOf(places))
    const x = places.x.slice(0, count)
    const y = places.y.slice(0, count)
    const right = last < 1 ? 1 : at(places.x, last) - at(places.x, last - 1)
    const down = last < 1 ? 0 : at(places.y, last) - at(places.y, last - 1)
    while (x.length < count) {
        x.push(at(x, x.length - 1) + right)
        y.push(at(y, y.length - 1) + down)
    }
    return { x, y }
}

// What differs from the shape is changed: to be somewhere else or turned changes nothing between the seats.
export function reshaped(places: Places, change: Partial<Shape>): Places {
    const before = shapeOf(places)
    const wanted = { ...before, ...change }
    if (change.spacing !== undefined || change.curve !== undefined)
        return placesOf(places.x.length, wanted)
    const turnedPlaces = turnedBy(places, wanted.angle - before.angle, before)
    return movedBy(turnedPlaces, wanted.x - before.x, wanted.y - before.y)
}
