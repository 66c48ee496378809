// Chance that can be had again: everything a fault test draws comes from one printed number.

// The run's number: given (USHER_FAULT_SEED), or drawn once for each test file.
export const seed = Number(process.env.USHER_FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31))

// sfc32 (C. Doty-Humphrey, PractRand): small, fast, and good far beyond what is drawn here.
export class Dice {
    constructor(number, stream = 0) {
        this.state = [number | 0, stream | 0, 0x9e3779b9 | 0, 1]
        for (let i = 0; i < 16; i++) this.bits() // mixes the four words
    }

    // 32 bits.
    bits() {
        const [a, b, c, counter] = this.state
        const drawn = (a + b + counter) | 0
        this.state = [
            b ^ (b >>> 9),
            (c + (c << 3)) | 0,
            (((c << 21) | (c >>> 11)) + drawn) | 0,
            (counter + 1) | 0,
        ]
        return drawn >>> 0
    }

    // 0 to most - 1.
    below(most) {
        return Math.floor((this.bits() / 2 ** 32) * most)
    }

    chance(probability) {
        return this.bits() / 2 ** 32 < probability
    }

    pick(list) {
        return list[this.below(list.length)]
    }
}
