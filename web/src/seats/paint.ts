// Draws the hall: a seat's colour is its price, its shape and mark what it is. Far out all seats are
// drawn once into a picture, which is moved while the view moves; at rest, and close up, each seat is
// drawn by itself.
import { onScreen, type View } from './camera'
import { type Colour, colourFrom, Dots } from './dots'
import { accessible, companion, type Hall, type Row, restricted, type Section } from './hall'

// What a seat looks like; other: free, at another price than is looked for.
export type Look = 'free' | 'other' | 'mine' | 'held' | 'sold' | 'blocked' | 'lost'

// Any two of these differ clearly to every kind of sight.
const colours = ['#9938fa', '#0d3359', '#f94a10', '#3ea3a3', '#59200d']
export const colourOf = (price: number): string => colours[price % colours.length] ?? ''
// From the sixth price on, colours come again with as many lines through them.
export const linesOf = (price: number): number => Math.floor(price / colours.length)

const paper = '#fff'
const ink = '#171a21'
const dim = '#565e6c'
const taken = '#d5d9e0'
const outline = '#b9bfca'
const wrong = '#b42318'
const font = 'system-ui, sans-serif'

// A seat's side, where neighbours are one apart.
const side = 0.8
// From these sizes of a seat on, in pixels, it has its mark, and its number.
const markSize = 9
export const numberSize = 18
// Above so many seats in view, the picture is moved.
const directSeats = 4000
const pictureSize = 2048

export interface Words {
    stage: string
    section: (name: string, free: number) => string
}

type Pen = CanvasRenderingContext2D

// What a section may be called where so many of its seats are free, the fullest first.
interface Calling {
    free: number
    stage: string
    forms: { text: string; wide: number }[]
}

interface Label {
    text: string
    x: number
    y: number
    wide: number
    free: number
}

const labelHeight = 14
const formCount = 3

const overlap = (one: Label, other: Label): boolean =>
    Math.abs(one.y - other.y) < labelHeight &&
    Math.abs(one.x - other.x) < (one.wide + other.wide) / 2

function box(pen: Pen, x: number, y: number, size: number, cut: boolean): void {
    const half = size / 2
    pen.beginPath()
    pen.moveTo(x - half, y - half)
    pen.lineTo(x + half - (cut ? half : 0), y - half)
    if (cut) pen.lineTo(x + half, y)
    pen.lineTo(x + half, y + half)
    pen.lineTo(x - half, y + half)
    pen.closePath()
}

function cross(pen: Pen, x: number, y: number, size: number): void {
    const half = size / 2
    pen.strokeStyle = wrong
    pen.lineWidth = Math.max(size / 5, 2)
    pen.beginPath()
    pen.moveTo(x - half, y - half)
    pen.lineTo(x + half, y + half)
    pen.moveTo(x + half, y - half)
    pen.lineTo(x - half, y + half)
    pen.stroke()
}

function tick(pen: Pen, x: number, y: number, size: number): void {
    pen.strokeStyle = paper
    pen.lineWidth = Math.max(size / 6, 1)
    pen.beginPath()
    pen.moveTo(x - size / 4, y)
    pen.lineTo(x - size / 16, y + size / 5)
    pen.lineTo(x + size / 4, y - size / 5)
    pen.stroke()
}

function disc(pen: Pen, x: number, y: number, radius: number, fill: boolean): void {
    pen.beginPath()
    pen.arc(x, y, radius, 0, 2 * Math.PI)
    if (fill) pen.fill()
    else pen.stroke()
}

// White lines through a colour that stands for a second price.
function stripes(pen: Pen, x: number, y: number, size: number, lines: number): void {
    pen.fillStyle = paper
    for (let line = 1; line <= lines; line++)
        pen.fillRect(x - size / 2, y - size / 2 + (line * size) / (lines + 1), size, size / 8)
}

export class Painter {
    private readonly looks: Look[] = []
    // How many are free in each section; null: to be counted.
    private free: number[] | null = null
    private readonly callings: Calling[] = []
    private readonly picture = document.createElement('canvas')
    private pictureScale = 0

    constructor(
        private readonly hall: Hall,
        private readonly canvas: HTMLCanvasElement,
        private readonly words: () => Words
    ) {}

    // No seat looks like anything yet.
    get isBare(): boolean {
        return this.looks.length === 0
    }

    // Takes how these places look now; those that looked otherwise before.
    take(places: Iterable<number>, lookOf: (place: number) => Look): number[] {
        const changed: number[] = []
        for (const place of places) {
            const look = lookOf(place)
            if (look === this.looks[place]) continue
            this.looks[place] = look
            changed.push(place)
        }
        if (changed.length > 0) this.free = null
        return changed
    }

    private pen(canvas: HTMLCanvasElement): Pen {
        const pen = canvas.getContext('2d', { alpha: false })
        if (pen === null) throw new Error('the browser draws nothing')
        return pen
    }

    // Of a seat as small as it can be told; null: it is not drawn.
    private smallColour(place: number): string | null {
        switch (this.looks[place] ?? 'blocked') {
            case 'blocked':
                return null
            case 'free':
                return colourOf(this.hall.price[place] ?? 0)
            case 'mine':
                return ink
            case 'lost':
                return wrong
            default:
                return taken
        }
    }

    // One seat in its place, `size` pixels from its neighbours.
    private small(pen: Pen, place: number, x: number, y: number, size: number): void {
        const colour = this.smallColour(place)
        const wide = Math.max(size * side, 1)
        if (colour === null) return
        pen.fillStyle = colour
        pen.fillRect(x - wide / 2, y - wide / 2, wide, wide)
    }

    // All of these, on white, in the place of what is there.
    private allSmall(
        pen: Pen,
        places: Iterable<number>,
        at: (place: number) => [number, number],
        size: number
    ): void {
        const dots = new Dots(pen.canvas.width, pen.canvas.height)
        const wide = Math.max(size * side, 1)
        const known = new Map<string, Colour>()
        for (const place of places) {
            const name = this.smallColour(place)
            if (name === null) continue
            const colour = known.get(name) ?? colourFrom(name)
            known.set(name, colour)
            const [x, y] = at(place)
            dots.square(x - wide / 2, y - wide / 2, wide, colour)
        }
        dots.put(pen)
    }

    private large(pen: Pen, place: number, x: number, y: number, size: number): void {
        const look = this.looks[place] ?? 'blocked'
        const flags = this.hall.flags[place] ?? 0
        const price = this.hall.price[place] ?? 0
        const wide = size * side
        box(pen, x, y, wide, (flags & restricted) !== 0)
        pen.lineWidth = 1.5
        if (look === 'blocked' || look === 'held' || look === 'lost') {
            pen.strokeStyle = outline
            pen.stroke()
        } else {
            pen.fillStyle = look === 'free' ? colourOf(price) : look === 'mine' ? ink : taken
            pen.fill()
        }
        if (look === 'free') stripes(pen, x, y, wide, linesOf(price))
        if (look === 'lost') cross(pen, x, y, wide)
        if (look === 'held') {
            pen.fillStyle = outline
            disc(pen, x, y, wide / 8, true)
        }
        if (look === 'mine') tick(pen, x, y, wide)
        else if (look === 'free') this.inside(pen, place, x, y, wide, flags)
    }

    // What stands in a seat that can be had: a wheel, half of one for who comes along, or its number.
    private inside(
        pen: Pen,
        place: number,
        x: number,
        y: number,
        wide: number,
        flags: number
    ): void {
        pen.strokeStyle = pen.fillStyle = paper
        if (flags & accessible) {
            pen.lineWidth = Math.max(wide / 9, 1)
            disc(pen, x, y, wide / 4, false)
            disc(pen, x, y, wide / 12, true)
        } else if (flags & companion) {
            disc(pen, x, y, wide / 8, true)
        } else if (wide / side >= numberSize) {
            pen.font = `600 ${Math.round(wide * 0.42)}px ${font}`
            pen.fillText(this.hall.numbers[place] ?? '', x, y, wide)
        }
    }

    private seat(pen: Pen, place: number, x: number, y: number, size: number): void {
        if (size < markSize) this.small(pen, place, x, y, size)
        else this.large(pen, place, x, y, size)
    }

    private clear(pen: Pen, x: number, y: number, width: number, height: number): void {
        pen.fillStyle = paper
        pen.fillRect(x, y, width, height)
    }

    private get pictureRatio(): number {
        const { left, right, top, bottom } = this.hall.bounds
        return pictureSize / Math.max(right - left, bottom - top)
    }

    // The picture, where there will be one, so that who moves it first does not wait for it.
    prepare(): void {
        const isWanted = !this.isBare && this.hall.count > directSeats
        if (isWanted && this.pictureScale === 0) this.drawPicture()
    }

    private drawPicture(): void {
        const { left, right, top, bottom } = this.hall.bounds
        const scale = this.pictureRatio
        this.picture.width = Math.ceil((right - left) * scale)
        this.picture.height = Math.ceil((bottom - top) * scale)
        this.pictureScale = scale
        const at = (place: number) => this.onPicture(place)
        this.allSmall(this.pen(this.picture), this.hall.row.keys(), at, scale)
    }

    private onPicture(place: number): [number, number] {
        const { left, top } = this.hall.bounds
        return [
            ((this.hall.x[place] ?? 0) - left) * this.pictureScale,
            ((this.hall.y[place] ?? 0) - top) * this.pictureScale,
        ]
    }

    // Only these have another look in the picture; what is seen is drawn later.
    changePicture(places: readonly number[]): void {
        const scale = this.pictureScale
        if (scale === 0) return
        const pen = this.pen(this.picture)
        const wide = scale * side + 1
        for (const place of places) {
            const [x, y] = this.onPicture(place)
            this.clear(pen, x - wide / 2, y - wide / 2, wide, wide)
            this.small(pen, place, x, y, scale)
        }
    }

    // Those in view; null: more than `most`.
    private visible(view: View, most: number): number[] | null {
        const { x, y, count } = this.hall
        const across = view.width / view.scale / 2 + 1
        const down = view.height / view.scale / 2 + 1
        const found: number[] = []
        for (let place = 0; place < count; place++)
            if (
                Math.abs((x[place] ?? 0) - view.x) < across &&
                Math.abs((y[place] ?? 0) - view.y) < down &&
                found.push(place) > most
            )
                return null
        return found
    }

    private at(place: number, view: View): [number, number] {
        return onScreen(view, this.hall.x[place] ?? 0, this.hall.y[place] ?? 0)
    }

    private begin(view: View): Pen {
        const pen = this.pen(this.canvas)
        const ratio = this.canvas.width / view.width
        pen.setTransform(ratio, 0, 0, ratio, 0, 0)
        pen.textAlign = 'center'
        pen.textBaseline = 'middle'
        return pen
    }

    // Everything in view; `moving`: another comes at once.
    draw(view: View, moving: boolean): void {
        const pen = this.begin(view)
        const visible = this.visible(view, moving ? directSeats : this.hall.count)
        this.clear(pen, 0, 0, view.width, view.height)
        if (visible === null) {
            if (this.pictureScale === 0) this.drawPicture()
            const { left, top } = this.hall.bounds
            pen.drawImage(
                this.picture,
                ...onScreen(view, left, top),
                (this.picture.width * view.scale) / this.pictureScale,
                (this.picture.height * view.scale) / this.pictureScale
            )
        } else if (visible.length > directSeats && view.scale < markSize) {
            const ratio = this.canvas.width / view.width
            const at = (place: number): [number, number] => {
                const [x, y] = this.at(place, view)
                return [x * ratio, y * ratio]
            }
            this.allSmall(pen, visible, at, view.scale * ratio)
        } else {
            for (const place of visible) this.seat(pen, place, ...this.at(place, view), view.scale)
        }
        this.names(pen, view)
    }

    private hasNames(view: View): boolean {
        return view.scale < markSize && this.hall.sections.length > 1
    }

    // Only these have another look than before.
    redraw(places: readonly number[], view: View): void {
        this.changePicture(places)
        // What is free stands in numbers over the seats.
        if (this.hasNames(view)) {
            this.draw(view, true)
            return
        }
        const pen = this.begin(view)
        const wide = view.scale * side + 2
        for (const place of places) {
            const [x, y] = this.at(place, view)
            this.clear(pen, x - wide / 2, y - wide / 2, wide, wide)
            this.seat(pen, place, x, y, view.scale)
        }
    }

    // The stage, and far out the sections with what is free in them.
    private names(pen: Pen, view: View): void {
        const { left, right, top } = this.hall.bounds
        const words = this.words()
        pen.font = `600 13px ${font}`
        const [x, y] = onScreen(view, (left + right) / 2, top + 1)
        const wide = ((right - left) / 3) * view.scale
        pen.fillStyle = taken
        pen.fillRect(x - wide / 2, y - 10, wide, 20)
        pen.fillStyle = ink
        pen.fillText(words.stage, x, y, wide)
        if (!this.hasNames(view)) return
        pen.lineWidth = 4
        pen.strokeStyle = paper
        for (const { text, x: middle, y: line, wide: room, free } of this.labels(pen, view)) {
            const inside = Math.min(Math.max(middle, room / 2), view.width - room / 2)
            // One whose middle is in view is not cut off.
            const at = middle > 0 && middle < view.width ? inside : middle
            pen.strokeText(text, at, line)
            pen.fillStyle = free > 0 ? ink : dim
            pen.fillText(text, at, line)
        }
    }

    // Measured once for a number and a language: writing and measuring take longer than drawing.
    private calling(pen: Pen, at: number, { name }: Section, free: number): Calling {
        const { stage, section } = this.words()
        const before = this.callings[at]
        if (before?.free === free && before.stage === stage) return before
        const texts = [section(name, free), `${name} · ${free}`, name]
        const forms = texts.map(text => ({ text, wide: pen.measureText(text).width + 4 }))
        const now = { free, stage, forms }
        this.callings[at] = now
        return now
    }

    // As long as there is room for all; where even their names have none, some.
    private labels(pen: Pen, view: View): Label[] {
        const { sections } = this.hall
        this.free ??= sections.map(({ rows }) => this.freeOf(rows))
        const free = this.free
        const places = sections.map((section, i) => {
            const [x, y] = onScreen(view, section.x, section.y)
            return { x, y, ...this.calling(pen, i, section, free[i] ?? 0) }
        })
        let last: Label[] = []
        for (let form = 0; form < formCount; form++) {
            const all = places.map(({ forms, ...place }) => ({
                text: '',
                wide: 0,
                ...forms[form],
                ...place,
            }))
            last = all.filter((label, i) => !all.slice(0, i).some(other => overlap(label, other)))
            if (last.length === all.length) break
        }
        return last
    }

    private freeOf(rows: readonly Row[]): number {
        let free = 0
        for (const { first, count } of rows)
            for (let place = first; place < first + count; place++)
                if (this.looks[place] === 'free') free++
        return free
    }
}
