// The hall as a drawing: moved and zoomed by finger, mouse, wheel, buttons and keys. For who does not see
// it, or uses the keyboard, a grid of one row lies over it, each cell on its seat.
import { signal, useSignal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { price } from '../core/frame'
import { t } from '../core/language'
import { chooseSize, nearSize, onScreen, onSeat, whole, zoom } from './camera'
import { lost, press, seatLabel } from './choice'
import { accessible, type Hall, neighbour, seatAt } from './hall'
import { chosen, isFree, news, placesOf, stateOf, takeTouched } from './model'
import type { Look } from './paint'
import { listen, Stage, zoomStep } from './stage'
import { Swatch } from './swatch'

// Only seats of this price are shown as free; null: all.
const onlyPrice = signal<number | null>(null)

const stateLooks: Record<string, Look> = { a: 'free', h: 'held', s: 'sold', b: 'blocked' }

// What decides how seats look, beside their states.
interface Choice {
    mine: readonly number[]
    gone: readonly number[]
    price: number | null
}

function lookOf(hall: Hall, place: number, { mine, gone, price }: Choice): Look {
    if (mine.includes(place)) return 'mine'
    if (gone.includes(place)) return 'lost'
    const look = stateLooks[stateOf(place)] ?? 'blocked'
    const isOther = price !== null && hall.price[place] !== price
    return look === 'free' && isOther ? 'other' : look
}

class SeatStage extends Stage {
    // As it was when the seats looked as they do; null: they look like nothing yet.
    private choice: Choice | null = null

    constructor(hall: Hall, canvas: HTMLCanvasElement) {
        super(hall, canvas, () => ({
            stage: t('stage'),
            section: (name, n) => t('sectionFree', { name: name || t('noSection'), n }),
        }))
    }

    // A large hall is not gone through for a few seats.
    refresh(): void {
        const before = this.choice
        const now = {
            mine: chosen.value,
            gone: lost.value?.gone ?? [],
            price: onlyPrice.value,
        }
        const touched = takeTouched()
        const some =
            before === null || touched === null || now.price !== before.price
                ? undefined
                : [...touched, ...before.mine, ...before.gone, ...now.mine, ...now.gone]
        this.choice = now
        this.update(place => lookOf(this.hall, place, now), some)
    }

    // Far out a tap goes nearer; near by it takes the seat there.
    tap(x: number, y: number): void {
        const { view } = this
        if (view.scale < chooseSize) {
            this.jump(zoom(this.hall, view, nearSize / view.scale, x, y))
            return
        }
        const place = seatAt(this.hall, ...this.pointAt(x, y), chooseSize / view.scale)
        if (place !== null) press(place)
    }
}

const stateWords = { a: 'stateFree', h: 'stateHeld', s: 'stateSold', b: 'stateBlocked' } as const

function cellLabel(place: number): string {
    const state = stateWords[stateOf(place) as keyof typeof stateWords]
    return `${seatLabel(place)}, ${t(chosen.value.includes(place) ? 'stateMine' : state)}`
}

interface CellProps {
    stage: Stage
    place: number
    column: number
    isCursor: boolean
    focus: boolean
    onFocus: () => void
}

function Cell({ stage, place, column, isCursor, focus, onFocus }: CellProps) {
    const element = useRef<HTMLDivElement>(null)
    const { hall } = stage
    void news.value
    const { scale } = stage.rested.value
    const [left, top] = onScreen(
        stage.rested.value,
        (hall.x[place] ?? 0) - 0.5,
        (hall.y[place] ?? 0) - 0.5
    )
    useLayoutEffect(() => {
        if (isCursor && focus) element.current?.focus({ preventScroll: true })
    }, [isCursor, focus])
    return (
        // biome-ignore lint/a11y/useSemanticElements: a cell lies on its seat, not in a table
        <div
            ref={element}
            role="gridcell"
            tabIndex={isCursor ? 0 : -1}
            aria-colindex={column}
            aria-selected={chosen.value.includes(place)}
            aria-disabled={!isFree(place) && !chosen.value.includes(place)}
            aria-label={cellLabel(place)}
            onFocus={onFocus}
            data-place={place}
            style={{
                left: `${left}px`,
                top: `${top}px`,
                width: `${scale}px`,
                height: `${scale}px`,
            }}
        />
    )
}

// Where a key leads from a seat.
function nextPlace(hall: Hall, from: number, key: string): number | null {
    const row = hall.rows[hall.row[from] ?? 0]
    if (row === undefined) return null
    const sectionAt = hall.sections.findIndex(({ name }) => name === row.section)
    const firstOf = (at: number) =>
        hall.sections[(at + hall.sections.length) % hall.sections.length]?.rows[0]?.first ?? null
    switch (key) {
        case 'ArrowLeft':
            return neighbour(hall, from, -1, 0)
        case 'ArrowRight':
            return neighbour(hall, from, 1, 0)
        case 'ArrowUp':
            return neighbour(hall, from, 0, -1)
        case 'ArrowDown':
            return neighbour(hall, from, 0, 1)
        case 'Home':
            return row.first
        case 'End':
            return row.first + row.count - 1
        case 'PageUp':
            return firstOf(sectionAt - 1)
        case 'PageDown':
            return firstOf(sectionAt + 1)
        case 'f':
            for (let step = 1; step < hall.count; step++)
                if (isFree((from + step) % hall.count)) return (from + step) % hall.count
            return null
        default:
            return null
    }
}

function Grid({ stage }: { stage: Stage }) {
    const { hall } = stage
    const cursor = useSignal(0)
    const inside = useSignal(false)
    void news.value
    const at = hall.row[cursor.value] ?? 0
    const row = hall.rows[at]
    const go = (place: number) => {
        cursor.value = place
        stage.jump(onSeat(hall, stage.view, place))
    }
    const key = (event: KeyboardEvent) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return
        const next = nextPlace(hall, cursor.value, event.key)
        if (next !== null) go(next)
        else if (event.key === 'Enter' || event.key === ' ') press(cursor.value)
        else if (event.key === '+') stage.zoomBy(zoomStep)
        else if (event.key === '-') stage.zoomBy(1 / zoomStep)
        else if (event.key === '0') stage.jump(whole(hall, stage.view))
        else return
        event.preventDefault()
    }
    // Whoever looks for what was lost sees it.
    useSignalEffect(() => {
        const place = lost.value?.gone[0]
        if (place !== undefined) {
            cursor.value = place
            stage.jump(onSeat(hall, stage.view, place))
        }
    })
    // Cells lie on their seats once the drawing has its size.
    if (row === undefined || stage.rested.value.width === 0) return null
    // What a screen reader clicks is the cell; a mouse goes through it to the drawing.
    const click = (event: MouseEvent) => {
        const { place } = (event.target as HTMLElement).dataset
        if (place !== undefined) press(Number(place))
    }
    return (
        // biome-ignore lint/a11y/useSemanticElements: its rows come and go, and lie on the drawing
        <div
            role="grid"
            class="grid"
            aria-label={t('hallKeys')}
            aria-rowcount={hall.rows.length}
            onKeyDown={key}
            onClick={click}
            onFocusOut={() => {
                inside.value = false
            }}
        >
            {/* biome-ignore lint/a11y/useSemanticElements: as the grid */}
            <div
                role="row"
                tabIndex={-1}
                aria-rowindex={at + 1}
                aria-label={[row.section, row.name ? t('row', { row: row.name }) : '']
                    .filter(Boolean)
                    .join(', ')}
            >
                {placesOf(row).map((place, i) => (
                    <Cell
                        key={place}
                        stage={stage}
                        place={place}
                        column={i + 1}
                        isCursor={place === cursor.value}
                        focus={inside.value}
                        onFocus={() => {
                            inside.value = true
                            if (place !== cursor.value || stage.view.scale < chooseSize) go(place)
                        }}
                    />
                ))}
            </div>
        </div>
    )
}

// What the colours mean; each is a switch that shows its seats alone.
function Legend({ hall }: { hall: Hall }) {
    const wheels = useMemo(() => hall.flags.some(flag => (flag & accessible) !== 0), [hall])
    return (
        <p class="acts legend">
            {hall.prices.map((one, index) => (
                <button
                    type="button"
                    class="quiet"
                    key={`${one.grade} ${one.price}`}
                    aria-pressed={onlyPrice.value === index}
                    onClick={() => {
                        onlyPrice.value = onlyPrice.value === index ? null : index
                    }}
                >
                    <Swatch index={index} /> {one.grade ?? ''} {price(one.price)}
                </button>
            ))}
            {wheels ? <span class="dim">◉ {t('accessible')}</span> : null}
        </p>
    )
}

export function SeatMap({ hall }: { hall: Hall }) {
    const canvas = useRef<HTMLCanvasElement>(null)
    const stage = useSignal<SeatStage | null>(null)
    useLayoutEffect(() => {
        const element = canvas.current
        if (element === null) return
        const now = new SeatStage(hall, element)
        // Before it has a size, so that its first drawing is whole.
        now.refresh()
        stage.value = now
        const watch = new ResizeObserver(() => {
            now.resize(element.clientWidth, element.clientHeight)
        })
        watch.observe(element)
        const deaf = listen(element, { stage: () => now, tap: (x, y) => now.tap(x, y) })
        return () => {
            watch.disconnect()
            deaf()
        }
    }, [hall])
    useSignalEffect(() => {
        void news.value
        stage.value?.refresh()
    })
    return (
        <section aria-label={t('hall')}>
            <Legend hall={hall} />
            <p class="acts">
                <button type="button" class="quiet" onClick={() => stage.value?.zoomBy(zoomStep)}>
                    {t('zoomIn')}
                </button>
                <button
                    type="button"
                    class="quiet"
                    onClick={() => stage.value?.zoomBy(1 / zoomStep)}
                >
                    {t('zoomOut')}
                </button>
                <button
                    type="button"
                    class="quiet"
                    onClick={() => stage.value?.jump(whole(hall, stage.value.view))}
                >
                    {t('wholeHall')}
                </button>
            </p>
            <div class="hall">
                {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabIndex has no focus */}
                <canvas ref={canvas} aria-hidden="true" />
                {stage.value === null ? null : <Grid stage={stage.value} />}
            </div>
            <p class="dim">{t('hallHint')}</p>
        </section>
    )
}
