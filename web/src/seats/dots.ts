// Many small squares, written dot by dot: a pen takes ten times as long for fifty thousand.
export type Colour = readonly [red: number, green: number, blue: number]

export const colourFrom = (hex: string): Colour => {
    const value = Number.parseInt(hex.slice(1), 16)
    return [value >> 16, (value >> 8) & 255, value & 255]
}

export class Dots {
    private readonly image: ImageData

    // White.
    constructor(width: number, height: number) {
        this.image = new ImageData(width, height)
        this.image.data.fill(255)
    }

    // Whatever of the square is in the picture; dots at its edges are mixed with what is there.
    square(left: number, top: number, wide: number, [red, green, blue]: Colour): void {
        const { data, width, height } = this.image
        const [right, bottom] = [Math.min(left + wide, width), Math.min(top + wide, height)]
        const [from, first] = [Math.max(left, 0), Math.max(top, 0)]
        for (let y = Math.floor(first); y < bottom; y++) {
            const high = Math.min(y + 1, bottom) - Math.max(y, first)
            for (let x = Math.floor(from); x < right; x++) {
                const part = high * (Math.min(x + 1, right) - Math.max(x, from))
                const at = (y * width + x) * 4
                data[at] = (data[at] ?? 0) * (1 - part) + red * part
                data[at + 1] = (data[at + 1] ?? 0) * (1 - part) + green * part
                data[at + 2] = (data[at + 2] ?? 0) * (1 - part) + blue * part
            }
        }
    }

    // In the place of all that is there.
    put(pen: CanvasRenderingContext2D): void {
        pen.putImageData(this.image, 0, 0)
    }
}
