// Time in which the server did not run: past five seconds it does not count against anybody's
// deadline.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import {
    admitted,
    buyer,
    hold,
    makeConcert,
    makeRound,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Fired } from './support/fired.mjs'

// A minute where there is time for it: three times as long as a hold.
const DOWN_MS = Number(process.env.USHER_PAUSE_MS ?? 6000)
const HOLD_SECONDS = 20

const fired = new Fired('downtime', [
    `pauses of ${DOWN_MS / 1000} s`,
    `kills with ${DOWN_MS / 1000} s until the start`,
    'pauses too short to count',
])

describe('downtime', { concurrency: true }, () => {
    const open = async t => {
        const settings = { 'hold-seconds': HOLD_SECONDS }
        const house = await House.open(settings, { organizers: ['boss@example.com'] })
        t.after(() => house.close())
        const organizer = await signIn(house, 'boss@example.com')
        const ann = await buyer(house, 'ann')
        const round = await makeRound(organizer, await makeConcert(organizer))
        const token = await admitted(ann)
        const [first] = await seatsOf(ann, round)
        return { house, ann, token, reservation: ok(await hold(ann, round, first), 201) }
    }
    const pass = ms => {
        const end = Date.now() + ms
        return until('the downtime', () => Date.now() > end, { deadlineMs: 2 * ms })
    }
    const pause = async ({ house }, ms) => {
        process.kill(house.pid, 'SIGSTOP')
        await pass(ms)
        process.kill(house.pid, 'SIGCONT')
    }
    const moved = async ({ ann, reservation, token }) => {
        const now = ok(await ann.get(`/v1/reservations/${reservation.id}`))
        const by = Date.parse(now.expiresAt) - Date.parse(reservation.expiresAt)
        assert.deepEqual(now, { ...reservation, expiresAt: now.expiresAt })
        assert.equal((await admitted(ann)).id, token.id)
        return by
    }

    test('of a killed server', async t => {
        const scene = await open(t)
        await scene.house.end('SIGKILL')
        await pass(DOWN_MS)
        await scene.house.start()
        const by = await moved(scene)
        assert.ok(by >= DOWN_MS - 1500 && by < DOWN_MS + 10_000, `moved by ${by} ms`)
        await scene.house.end('SIGKILL')
        await scene.house.start()
        assert.equal(await moved(scene), by, 'moved twice')
        fired.add(`kills with ${DOWN_MS / 1000} s until the start`)
    })

    test('of a server that was stopped and woken', async t => {
        const scene = await open(t)
        await pause(scene, DOWN_MS)
        const by = await moved(scene)
        assert.ok(by >= DOWN_MS - 1500 && by < DOWN_MS + 10_000, `moved by ${by} ms`)
        fired.add(`pauses of ${DOWN_MS / 1000} s`)
    })

    test('is not two seconds of a server that was stopped', async t => {
        const scene = await open(t)
        await pause(scene, 2000)
        assert.equal(await moved(scene), 0)
        fired.add('pauses too short to count')
    })

    test('is not a second', async t => {
        const scene = await open(t)
        await scene.house.end('SIGKILL')
        await pass(1000)
        await scene.house.start()
        assert.equal(await moved(scene), 0)
    })
})

test('every fault happened', () => fired.demand())
