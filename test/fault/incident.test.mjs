// Time that an organizer adds is added once: whenever the server is killed while it does, and however
// often the request is sent again with its Idempotency-Key.

import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { ok, refused } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import {
    admitted,
    buyers,
    hold,
    makeConcert,
    makeRound,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'
import { Fired } from './support/fired.mjs'
import { isGone } from './support/shopper.mjs'

// Milliseconds after the request was sent, and one kill right after its answer.
const DELAYS = [0, 1, 3, 8, 'answered']
const ADDED_SECONDS = 3600
// A start that takes longer than five seconds is a downtime, which moves deadlines too.
const DOWN_MS_MAX = 600_000

const fired = new Fired('incident', ['kills while time was added', 'kills after the answer'])

describe('an incident', () => {
    after(() => fired.demand())

    async function open(t) {
        const house = await House.open({}, { organizers: ['boss@example.com'] })
        t.after(() => house.close())
        const organizer = await signIn(house, 'boss@example.com')
        const round = await makeRound(organizer, await makeConcert(organizer))
        const people = await buyers(house, 'ann', 'bob')
        const seats = await seatsOf(people[0], round)
        const reservations = []
        for (const [i, client] of people.entries()) {
            await admitted(client)
            reservations.push(ok(await hold(client, round, seats[i]), 201))
        }
        return { house, organizer, people, reservations }
    }

    const tell = ({ organizer }) =>
        organizer.post(
            '/v1/incidents',
            { addSeconds: ADDED_SECONDS, note: 'the bank was gone' },
            { 'idempotency-key': 'incident' }
        )

    // By how much each hold and each turn lasts longer than when it was made.
    async function moved({ people, reservations }) {
        const by = []
        for (const [i, client] of people.entries()) {
            const { id, expiresAt } = reservations[i]
            const now = ok(await client.get(`/v1/reservations/${id}`))
            assert.equal(now.status, 'pending')
            by.push(Date.parse(now.expiresAt) - Date.parse(expiresAt))
        }
        return by
    }

    const wait = ms => new Promise(done => setTimeout(done, ms))

    async function killWhile(scene, delay) {
        const told = tell(scene).catch(error => {
            assert.ok(isGone(error), error)
            return null
        })
        if (delay === 'answered') ok(await told, 201)
        else await wait(delay)
        await scene.house.end('SIGKILL')
        fired.add(delay === 'answered' ? 'kills after the answer' : 'kills while time was added')
        await told
    }

    for (const delay of DELAYS)
        test(`is made up once when the server is killed: ${delay}`, async t => {
            const scene = await open(t)
            await killWhile(scene, delay)
            await scene.house.start()
            if (delay === 'answered')
                assert.ok((await moved(scene)).every(by => by >= ADDED_SECONDS * 1000))
            const incident = ok(await tell(scene), 201)
            assert.deepEqual([incident.holds, incident.turns], [2, 2])
            const by = await moved(scene)
            for (const ms of by)
                assert.ok(
                    ms >= ADDED_SECONDS * 1000 && ms < ADDED_SECONDS * 1000 + DOWN_MS_MAX,
                    `moved by ${ms} ms`
                )
            assert.deepEqual(ok(await tell(scene), 201), incident)
            assert.deepEqual(await moved(scene), by, 'moved twice')
            const again = { addSeconds: 30, note: 'the same' }
            refused(await scene.organizer.post('/v1/incidents', again), 409, 'incident_recent')
        })
})
