// Which faults really happened: a fault test that hit nothing proves nothing. Each test counts what
// fired, demands it at its end, and leaves the counts for tools/fault to gather.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class Fired {
    // `name`: of the test file. `expected`: every fault that must have happened when it ends.
    constructor(name, expected) {
        this.name = name
        this.counts = Object.fromEntries(expected.map(fault => [fault, 0]))
    }

    add(fault, times = 1) {
        assert.ok(fault in this.counts, `nobody expected "${fault}"`)
        this.counts[fault] += times
    }

    missing() {
        return Object.keys(this.counts).filter(fault => this.counts[fault] === 0)
    }

    // Fails when something did not fire.
    demand() {
        this.leave()
        assert.deepEqual(this.missing(), [], 'what never happened')
    }

    leave() {
        const directory = process.env.USHER_FAULT_REPORT
        if (!directory) return
        mkdirSync(directory, { recursive: true })
        const text = JSON.stringify(this.counts, null, 4)
        writeFileSync(join(directory, `${this.name}.json`), `${text}\n`)
    }
}
