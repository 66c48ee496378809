// The drawing of a hall and what part of it is seen: moved and zoomed by finger, mouse, wheel and keys.
import { signal } from '@preact/signals'
import { keepInside, type View, whole, zoom } from './camera'
import type { Hall } from './hall'
import { type Look, Painter, type Words } from './paint'

// A finger that moves less than this taps.
const slop = 6
// A view that did not move for so long is at rest.
const restMs = 120
// So many dots a pixel, where the screen has them: at rest what can be told apart, and while it moves a
// quarter of these, in a quarter of the time.
const finest = 2
const coarse = 1
export const zoomStep = 1.6

// `rested` has the view that what lies over the drawing is placed by.
export class Stage {
    view: View = { x: 0, y: 0, scale: 1, width: 0, height: 0 }
    readonly rested = signal(this.view)
    private readonly painter: Painter
    private frame = 0
    private timer = 0
    private isMoving = false

    // `over` draws what lies on the seats, each time that they are drawn.
    constructor(
        readonly hall: Hall,
        private readonly canvas: HTMLCanvasElement,
        words: () => Words,
        private readonly over: (view: View) => void = () => {}
    ) {
        this.painter = new Painter(hall, canvas, words)
    }

    resize(width: number, height: number): void {
        if (width === 0 || (width === this.view.width && height === this.view.height)) return
        const isFirst = this.view.width === 0
        this.view = { ...this.view, width, height }
        if (isFirst) this.jump(whole(this.hall, this.view))
        else this.show(this.view)
    }

    // A canvas that is given a size, be it the same, is cleared and made anew.
    private fit(dots: number): void {
        const { canvas, view } = this
        const ratio = Math.min(devicePixelRatio, dots)
        const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)]
        if (canvas.width !== width) canvas.width = width
        if (canvas.height !== height) canvas.height = height
    }

    private draw(moving: boolean): void {
        this.fit(moving ? coarse : finest)
        this.painter.draw(this.view, moving)
        this.over(this.view)
    }

    // Shows it at once, and finely when it rests.
    show(view: View): void {
        this.view = view
        this.isMoving = true
        cancelAnimationFrame(this.frame)
        this.frame = requestAnimationFrame(() => this.draw(true))
        clearTimeout(this.timer)
        this.timer = setTimeout(() => this.rest(), restMs)
    }

    // Shows it finely at once: nothing follows.
    jump(view: View): void {
        this.view = view
        this.rest()
    }

    // Another takes its place.
    stop(): void {
        clearTimeout(this.timer)
        cancelAnimationFrame(this.frame)
    }

    private rest(): void {
        this.stop()
        this.isMoving = false
        this.draw(false)
        this.rested.value = this.view
        // What moving needs is made once this is seen.
        this.timer = setTimeout(() => this.painter.prepare(), restMs)
    }

    // Draws what looks otherwise than before; only these places may. While the view moves, all is drawn soon
    // in any case.
    update(look: (place: number) => Look, places: Iterable<number> = this.hall.row.keys()): void {
        const { isBare } = this.painter
        const changed = this.painter.take(places, look)
        if (this.view.width === 0) return
        if (isBare) this.rest()
        else if (this.isMoving) this.painter.changePicture(changed)
        else if (changed.length > 0) this.painter.redraw(changed, this.view)
    }

    pointAt(x: number, y: number): [number, number] {
        const { view } = this
        return [
            view.x + (x - view.width / 2) / view.scale,
            view.y + (y - view.height / 2) / view.scale,
        ]
    }

    zoomBy(factor: number): void {
        const { width, height } = this.view
        this.jump(zoom(this.hall, this.view, factor, width / 2, height / 2))
    }
}

export interface Hands {
    // Asked each time: another may take its place.
    stage: () => Stage
    tap: (x: number, y: number, event: PointerEvent) => void
    // Something is held there that moves with the finger, and not the whole: told of how far it came, in
    // pixels, and of its end.
    grab?: (x: number, y: number) => ((right: number, below: number, isEnd: boolean) => void) | null
}

// Fingers and the mouse on the drawing: one moves it, two zoom it.
export function listen(canvas: HTMLCanvasElement, { stage, tap, grab }: Hands): () => void {
    const fingers = new Map<number, PointerEvent>()
    let moved = 0
    let held: ReturnType<NonNullable<Hands['grab']>> = null
    let start: [number, number] = [0, 0]
    const place = (event: MouseEvent): [number, number] => {
        const { left, top } = canvas.getBoundingClientRect()
        return [event.clientX - left, event.clientY - top]
    }
    const carry = (event: PointerEvent, isEnd: boolean) => {
        const [x, y] = place(event)
        held?.(x - start[0], y - start[1], isEnd)
    }
    const down = (event: PointerEvent) => {
        if (fingers.size === 0) {
            moved = 0
            start = place(event)
            held = grab?.(...start) ?? null
        }
        fingers.set(event.pointerId, event)
        canvas.setPointerCapture(event.pointerId)
    }
    const move = (event: PointerEvent) => {
        const before = fingers.get(event.pointerId)
        if (before === undefined) return
        fingers.set(event.pointerId, event)
        const right = event.clientX - before.clientX
        const below = event.clientY - before.clientY
        moved += Math.abs(right) + Math.abs(below)
        const now = stage()
        const { hall, view } = now
        const other = [...fingers.values()].find(finger => finger.pointerId !== event.pointerId)
        if (other !== undefined) {
            const apart = (finger: PointerEvent) =>
                Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY)
            moved = Number.POSITIVE_INFINITY
            now.show(zoom(hall, view, apart(event) / Math.max(apart(before), 1), ...place(other)))
        } else if (moved > slop && held !== null) {
            carry(event, false)
        } else if (moved > slop) {
            now.show(
                keepInside(hall, {
                    ...view,
                    x: view.x - right / view.scale,
                    y: view.y - below / view.scale,
                })
            )
        }
    }
    const up = (event: PointerEvent) => {
        if (!fingers.delete(event.pointerId)) return
        if (moved > slop) carry(event, true)
        else if (event.type === 'pointerup') tap(...place(event), event)
        held = null
    }
    const wheel = (event: WheelEvent) => {
        event.preventDefault()
        const now = stage()
        now.show(zoom(now.hall, now.view, Math.exp(-event.deltaY / 400), ...place(event)))
    }
    const all = new AbortController()
    const { signal: end } = all
    canvas.addEventListener('pointerdown', down, { signal: end })
    canvas.addEventListener('pointermove', move, { signal: end })
    canvas.addEventListener('pointerup', up, { signal: end })
    canvas.addEventListener('pointercancel', up, { signal: end })
    canvas.addEventListener('wheel', wheel, { signal: end, passive: false })
    return () => all.abort()
}
