// Which part of the hall is seen, and how large.
import type { Hall } from './hall'

// A seat's size at which it can be chosen by a finger, and the largest.
export const chooseSize = 22
export const nearSize = 29
const largest = 60

export interface View {
    // The point of the hall in the middle, and how many pixels a seat has.
    x: number
    y: number
    scale: number
    width: number
    height: number
}

export const onScreen = (view: View, x: number, y: number): [number, number] => [
    (x - view.x) * view.scale + view.width / 2,
    (y - view.y) * view.scale + view.height / 2,
]

const fitScale = ({ bounds }: Hall, { width, height }: View): number =>
    Math.min(width / (bounds.right - bounds.left), height / (bounds.bottom - bounds.top))

const clamp = (value: number, least: number, most: number): number =>
    Math.min(Math.max(value, least), most)

// The middle stays in the hall.
export function keepInside(hall: Hall, view: View): View {
    const { left, right, top, bottom } = hall.bounds
    const least = Math.min(fitScale(hall, view), largest)
    return {
        ...view,
        scale: clamp(view.scale, least, largest),
        x: clamp(view.x, left, right),
        y: clamp(view.y, top, bottom),
    }
}

export function whole(hall: Hall, view: View): View {
    const { left, right, top, bottom } = hall.bounds
    return { ...view, x: (left + right) / 2, y: (top + bottom) / 2, scale: fitScale(hall, view) }
}

// Zooms so that what is at that point of the screen stays there.
export function zoom(hall: Hall, view: View, factor: number, atX: number, atY: number): View {
    const scale = keepInside(hall, { ...view, scale: view.scale * factor }).scale
    const shift = 1 / view.scale - 1 / scale
    return keepInside(hall, {
        ...view,
        scale,
        x: view.x + (atX - view.width / 2) * shift,
        y: view.y + (atY - view.height / 2) * shift,
    })
}

// Near enough to choose, with the seat in the middle; as it is where it is so already.
export function onSeat(hall: Hall, view: View, place: number): View {
    const x = hall.x[place] ?? 0
    const y = hall.y[place] ?? 0
    const across = Math.abs(x - view.x) * view.scale + nearSize
    const down = Math.abs(y - view.y) * view.scale + nearSize
    if (view.scale >= chooseSize && across < view.width / 2 && down < view.height / 2) return view
    return keepInside(hall, { ...view, x, y, scale: Math.max(view.scale, nearSize) })
}
