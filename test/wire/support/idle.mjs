// Whether a server's threads work without getting anywhere.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'

import { exchange } from '../../api/support/client.mjs'

// A thread that spins makes a hundred thousand turns a second; one that is woken for nothing now
// and then, by a peer that goes while it is served, makes a few a connection.
const TURNS_A_CONNECTION = 20
const TURNS_MOST = 1000

const COUNTER = /^usher_http_idle_turns_total (\d+)$/m

// Turns of the loops in which nothing moved, so far. `organizer` may read the metrics.
export async function idleTurns(house, organizer) {
    const headers = { authorization: `Bearer ${organizer.token}` }
    const { status, text } = await exchange(house.url, { method: 'GET', path: '/metrics', headers })
    assert.equal(status, 200, text)
    const [, count] = COUNTER.exec(text) ?? assert.fail(`no ${COUNTER} in: ${text}`)
    return Number(count)
}

export function checkIdleTurns(before, after, connections) {
    const turns = after - before
    assert.ok(
        turns <= TURNS_MOST + TURNS_A_CONNECTION * connections,
        `${turns} turns for nothing, with ${connections} connections`
    )
}

const TICKS_A_SECOND = 100 // what Linux tells user space, whatever its own clock does

// Seconds of processor time that a process has used.
export async function processorSeconds(pid) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}
