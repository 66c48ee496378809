// Ways to cut bytes into pieces.

export const whole = bytes => [bytes]

export const byteByByte = bytes => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))

// At `places` drawn places, often beside a line's end, where parsers change what they wait for.
export const atRandom = (dice, places) => bytes => {
    const ends = []
    for (let i = bytes.indexOf('\r'); i >= 0 && ends.length < 200; i = bytes.indexOf('\r', i + 1))
        ends.push(i)
    const drawn = Array.from({ length: places }, () =>
        ends.length > 0 && dice.chance(0.5)
            ? dice.pick(ends) + dice.below(3)
            : dice.below(bytes.length + 1)
    )
    const at = [0, ...drawn.sort((a, b) => a - b), bytes.length]
    return at
        .slice(1)
        .map((end, i) => bytes.subarray(at[i], end))
        .filter(({ length }) => length > 0)
}
