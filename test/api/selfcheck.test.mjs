// POST /v1/selfcheck: whether the books are right, while the server sells.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Client, ok, refused } from './support/client.mjs'
import { sql } from './support/house.mjs'
import {
    buy,
    buyers,
    charge,
    makeConcert,
    makeRound,
    openHouse,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, ann, bob, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    round = await makeRound(organizer, await makeConcert(organizer), { rows: 3, seatsPerRow: 40 })
    seats = await seatsOf(ann, round)
    for (const client of [ann, bob]) await charge(client, 10_000)
    await buy(ann, round, seats[0], seats[1])
})
after(() => house.close())

const check = client => client.post('/v1/selfcheck')
const booked = () =>
    until('all is booked', async () => {
        const { journal } = ok(await organizer.get('/v1/stats'))
        return journal.bookedSeq === journal.seq && journal.seq
    })

describe('a check of oneself', () => {
    test('finds the books right, and says up to which commit', async () => {
        const seq = await booked()
        const { ok: right, checked, violationCount, violations } = ok(await check(organizer))
        assert.equal(right, true)
        assert.ok(checked.batch >= seq)
        assert.ok(checked.questions > 30)
        assert.deepEqual([violationCount, violations], [0, []])
    })

    test('is for organizers, and for whoever may read', async () => {
        refused(await check(house.anybody), 401, 'unauthenticated')
        refused(await check(ann), 403, 'forbidden')
        const keyWith = async scope => {
            const made = await organizer.post('/v1/api-keys', { name: scope, scopes: [scope] })
            return new Client(house, { token: ok(made, 201).secret })
        }
        assert.equal(ok(await check(await keyWith('read'))).ok, true)
        refused(await check(await keyWith('stats')), 403, 'scope_required')
    })

    test('goes on beside a sale, one at a time', async () => {
        const asked = []
        for (const seat of seats.slice(2, 5)) {
            asked.push(...Array.from({ length: 3 }, () => check(organizer)))
            await buy(bob, round, seat)
        }
        const answers = await Promise.all(asked)
        for (const answer of answers)
            if (answer.status === 200) assert.equal(answer.body.ok, true)
            else refused(answer, 503, 'busy')
        assert.ok(answers.some(({ status }) => status === 200))
    })

    test('names what is wrong', async () => {
        await house.stop()
        const broken = `UPDATE point_entry SET balance = balance + 7 WHERE id IN (
            SELECT id FROM point_entry ORDER BY id LIMIT 1);`
        await sql(join(house.data, 'usher.db'), broken)
        await house.start()
        const verdict = ok(await check(organizer))
        assert.equal(verdict.ok, false)
        assert.ok(verdict.violationCount >= 1)
        assert.equal(verdict.violations.length, verdict.violationCount)
        const running = verdict.violations.find(({ invariant }) => invariant === 3)
        assert.match(running.text, /^entry_\w+ says 10007 where the entries so far are 10000$/)
    })
})
