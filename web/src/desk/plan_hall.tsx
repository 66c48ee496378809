// The plan as a hall: a click chooses the row there, what is chosen is moved by the mouse, by keys or by
// buttons. Numbers in fields move it too.
import { useSignal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type Key, t } from '../core/language'
import { nearSize, onScreen, onSeat, type View, whole } from '../seats/camera'
import { type Hall, seatAt } from '../seats/hall'
import { listen, Stage, zoomStep } from '../seats/stage'
import { noGrade } from './plan_draft'
import type { Editing } from './plan_editing'
import { rowsKey } from './plan_rows'

// A key moves that far, in seats; with Shift, finely.
const coarse = 0.5
const fine = 0.1
const turnStep = 5
// What the mouse moves comes to rest on a quarter of a seat.
const snap = (seats: number): number => Math.round(seats * 4) / 4
// A click so near to a seat means it, in pixels.
const reach = 12

// From this size of a seat on, in pixels, the frame around it has an edge of its own.
const largeSeat = 8

const edge = '#5a2fc2'
const edgePaper = '#fff'

interface Drag {
    right: number
    down: number
}

// A frame around each seat of the chosen rows; around where they come, while they are moved.
function drawChosen(
    pen: CanvasRenderingContext2D,
    editing: Editing,
    hall: Hall,
    view: View,
    drag: Drag
) {
    const half = Math.max(view.scale / 2, 1.5)
    pen.beginPath()
    editing.draft.value.rows.forEach(({ key }, i) => {
        const row = hall.rows[i]
        if (row === undefined || !editing.chosen.value.has(key)) return
        for (let place = row.first; place < row.first + row.count; place++) {
            const [x, y] = onScreen(
                view,
                (hall.x[place] ?? 0) + drag.right,
                (hall.y[place] ?? 0) + drag.down
            )
            pen.rect(x - half, y - half, 2 * half, 2 * half)
        }
    })
    // Seen on every colour, where there is room for it.
    const isLarge = view.scale >= largeSeat
    pen.strokeStyle = edgePaper
    pen.lineWidth = 4
    if (isLarge) pen.stroke()
    pen.strokeStyle = edge
    pen.lineWidth = isLarge ? 2 : 1
    pen.stroke()
}

// The stage of each state of the plan in the place of the one before; what is seen stays.
class HallDrawing {
    stage: Stage
    readonly drag: Drag = { right: 0, down: 0 }

    constructor(
        private readonly editing: Editing,
        readonly canvas: HTMLCanvasElement
    ) {
        this.stage = this.stageOf(editing.hall.value)
    }

    private stageOf(hall: Hall): Stage {
        const pen = this.canvas.getContext('2d', { alpha: false })
        return new Stage(
            hall,
            this.canvas,
            () => ({
                stage: t('stage'),
                section: (name, n) => `${name || t('noSection')} · ${n}`,
            }),
            view => {
                if (pen !== null) drawChosen(pen, this.editing, hall, view, this.drag)
            }
        )
    }

    // Draws the plan as it is now.
    refresh(): void {
        const hall = this.editing.hall.value
        const { grades, rows } = this.editing.draft.value
        if (hall !== this.stage.hall) {
            const { view } = this.stage
            this.stage.stop()
            this.stage = this.stageOf(hall)
            this.stage.view = view
        }
        const bare = new Set<number>()
        if (grades.length > 0)
            rows.forEach((row, i) => {
                const first = hall.rows[i]?.first ?? 0
                row.grades.forEach((grade, seat) => {
                    if (grade === noGrade) bare.add(first + seat)
                })
            })
        this.stage.update(place => (bare.has(place) ? 'other' : 'free'))
        if (this.stage.view.width > 0) this.stage.jump(this.stage.view)
    }

    rowAt(x: number, y: number): number | undefined {
        const { hall, view } = this.stage
        const place = seatAt(hall, ...this.stage.pointAt(x, y), Math.max(reach / view.scale, 0.6))
        return place === null ? undefined : this.editing.draft.value.rows[hall.row[place] ?? 0]?.key
    }

    tap(x: number, y: number, isMore: boolean): void {
        const row = this.rowAt(x, y)
        const { chosen } = this.editing
        if (row === undefined) return
        if (!isMore) this.editing.choose([row])
        else if (!chosen.value.has(row)) this.editing.choose([...chosen.value, row])
        else this.editing.choose([...chosen.value].filter(one => one !== row))
    }

    grab(x: number, y: number) {
        const row = this.rowAt(x, y)
        if (row === undefined || !this.editing.chosen.value.has(row)) return null
        return (right: number, below: number, isEnd: boolean) => {
            const { scale } = this.stage.view
            this.drag.right = isEnd ? 0 : snap(right / scale)
            this.drag.down = isEnd ? 0 : snap(below / scale)
            if (isEnd) this.editing.move(snap(right / scale), snap(below / scale))
            else this.stage.show(this.stage.view)
        }
    }

    // The first chosen row, where it is not seen.
    showChosen(): void {
        const at = this.editing.draft.value.rows.findIndex(({ key }) =>
            this.editing.chosen.value.has(key)
        )
        const row = this.stage.hall.rows[at]
        if (row === undefined || this.stage.view.width === 0) return
        const { hall, view } = this.stage
        const middle = row.first + (row.count >> 1)
        const [x, y] = onScreen(view, hall.x[middle] ?? 0, hall.y[middle] ?? 0)
        if (x < 0 || y < 0 || x > view.width || y > view.height)
            this.stage.jump(
                onSeat(hall, { ...view, scale: Math.max(view.scale, nearSize) }, middle)
            )
    }
}

// What a drag does, for who can't.
const pushes = [
    ['moveLeft', -coarse, 0],
    ['moveForward', 0, -coarse],
    ['moveBack', 0, coarse],
    ['moveRight', coarse, 0],
] as const satisfies [Key, number, number][]

const directions: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
}

// What the keys do on the drawing, beside those of the whole editor.
function hallKey(editing: Editing, drawing: HallDrawing, event: KeyboardEvent): boolean {
    const step = directions[event.key]
    const far = event.shiftKey ? fine : coarse
    const { stage } = drawing
    if (step !== undefined) editing.move(step[0] * far, step[1] * far)
    else if (event.key === '[') editing.turn(-turnStep)
    else if (event.key === ']') editing.turn(turnStep)
    else if (event.key === '+') stage.zoomBy(zoomStep)
    else if (event.key === '-') stage.zoomBy(1 / zoomStep)
    else if (event.key === '0') stage.jump(whole(stage.hall, stage.view))
    else return false
    return true
}

export function PlanHall({ editing }: { editing: Editing }) {
    const canvas = useRef<HTMLCanvasElement>(null)
    const drawing = useSignal<HallDrawing | null>(null)
    useLayoutEffect(() => {
        const element = canvas.current
        if (element === null) return
        const now = new HallDrawing(editing, element)
        drawing.value = now
        const watch = new ResizeObserver(() => {
            now.stage.resize(element.clientWidth, element.clientHeight)
        })
        watch.observe(element)
        const deaf = listen(element, {
            stage: () => now.stage,
            tap: (x, y, event) => now.tap(x, y, event.shiftKey || event.ctrlKey || event.metaKey),
            grab: (x, y) => now.grab(x, y),
        })
        return () => {
            watch.disconnect()
            deaf()
            now.stage.stop()
        }
    }, [editing])
    useSignalEffect(() => {
        void editing.chosen.value
        drawing.value?.refresh()
        drawing.value?.showChosen()
    })
    const key = (event: KeyboardEvent) => {
        const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey
        const isHalls = isPlain && drawing.value !== null && hallKey(editing, drawing.value, event)
        if (isHalls || rowsKey(editing, event)) event.preventDefault()
    }
    const zoomBy = (factor: number) => drawing.value?.stage.zoomBy(factor)
    const showAll = () => {
        const stage = drawing.value?.stage
        stage?.jump(whole(stage.hall, stage.view))
    }
    return (
        <section aria-label={t('hall')}>
            <p class="acts">
                <button type="button" class="quiet" onClick={() => zoomBy(zoomStep)}>
                    {t('zoomIn')}
                </button>
                <button type="button" class="quiet" onClick={() => zoomBy(1 / zoomStep)}>
                    {t('zoomOut')}
                </button>
                <button type="button" class="quiet" onClick={showAll}>
                    {t('wholeHall')}
                </button>
            </p>
            <div
                class="hall"
                id="hall"
                role="application"
                // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move what is chosen
                tabIndex={0}
                aria-label={t('planHallKeys')}
                onKeyDown={key}
            >
                {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabIndex has no focus */}
                <canvas ref={canvas} aria-hidden="true" />
            </div>
            <p class="acts">
                {pushes.map(([words, right, down]) => (
                    <button
                        key={words}
                        type="button"
                        class="quiet"
                        aria-disabled={editing.chosen.value.size === 0}
                        onClick={() => {
                            if (editing.chosen.value.size > 0) editing.move(right, down)
                        }}
                    >
                        {t(words)}
                    </button>
                ))}
            </p>
            <p class="dim">{t('planHallHint')}</p>
        </section>
    )
}
