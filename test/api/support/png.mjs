// The pixels of a PNG as rsvg-convert writes it: 8 bits a channel, red, green and blue, and how opaque if
// anything is not; not interlaced (ISO/IEC 15948).

import { inflateSync } from 'node:zlib'

const PAETH = (left, above, corner) => {
    const guess = left + above - corner
    const [a, b, c] = [left, above, corner].map(value => Math.abs(guess - value))
    if (a <= b && a <= c) return left
    return b <= c ? above : corner
}

const FILTERS = [
    () => 0,
    left => left,
    (_, above) => above,
    (left, above) => (left + above) >> 1,
    PAETH,
]

export function pixelsOf(png) {
    const pieces = []
    let head
    for (let at = 8; at < png.length; ) {
        const length = png.readUInt32BE(at)
        const type = png.toString('latin1', at + 4, at + 8)
        const data = png.subarray(at + 8, at + 8 + length)
        if (type === 'IHDR') head = data
        if (type === 'IDAT') pieces.push(data)
        at += 12 + length
    }
    const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
    const bytes = { 2: 3, 6: 4 }[head[9]]
    if (head[8] !== 8 || !bytes || head[12] !== 0) throw new Error('another form of PNG')
    const lines = inflateSync(Buffer.concat(pieces))
    const row = bytes * width
    const read = new Uint8Array(row * height)
    for (let y = 0; y < height; y++) {
        const filter = FILTERS[lines[y * (row + 1)]]
        for (let x = 0; x < row; x++) {
            const here = y * row + x
            const left = x < bytes ? 0 : read[here - bytes]
            const above = y === 0 ? 0 : read[here - row]
            const corner = x < bytes || y === 0 ? 0 : read[here - row - bytes]
            read[here] = (lines[y * (row + 1) + 1 + x] + filter(left, above, corner)) & 0xff
        }
    }
    const pixels = new Uint8ClampedArray(4 * width * height).fill(255)
    for (let i = 0; i < width * height; i++)
        pixels.set(read.subarray(i * bytes, (i + 1) * bytes), 4 * i)
    return { pixels, width, height }
}
