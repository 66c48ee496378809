// POST /v1/queue/forecast: what other settings would do to the line.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { admitted, buyers, makeConcert, makeRound, openHouse } from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, people
before(async () => {
    ;({ house, organizer } = await openHouse({ 'max-active': 1, 'active-seconds': 600, 'hold-seconds': 300 }))
    await makeRound(organizer, await makeConcert(organizer))
    people = await buyers(house, 'ann', 'bob', 'cleo')
})
after(() => house.close())

const forecast = (admitPerSecond, maxActive, client = organizer) =>
    client.post('/v1/queue/forecast', { admitPerSecond, maxActive })

describe('a forecast', () => {
    test('knows nothing of how long people stay before anybody was let in', async () => {
        assert.deepEqual(ok(await forecast(5, 5)), {
            waiting: 0,
            active: 0,
            lastWaitSeconds: { low: 0, high: 0 },
            expectedSeconds: null,
            expectedActive: null,
        })
    })

    test('says how long the last one waits, at the least and at the most', async () => {
        await admitted(people[0])
        for (const client of people.slice(1)) ok(await client.post('/v1/queue/tokens'), 201)
        const queue = ok(await organizer.get('/v1/queue'))
        const slow = await until('both wait', async () => {
            const answer = ok(await forecast(1, 1))
            return answer.waiting === 2 && answer
        })
        assert.equal(slow.active, 1)
        assert.deepEqual(slow.lastWaitSeconds, { low: 2, high: 2 * 900 + 1 })
        assert.ok(slow.expectedSeconds >= 2 && slow.expectedActive === 1)
        const quick = ok(await forecast(100, 100))
        assert.deepEqual(quick.lastWaitSeconds, { low: 1, high: 1 })
        const { maxActive, admitPerSecond } = ok(await organizer.get('/v1/queue'))
        assert.deepEqual([maxActive, admitPerSecond], [queue.maxActive, queue.admitPerSecond])
    })
})

describe('refusals', () => {
    test('nobody but who may see counts', async () => {
        refused(await forecast(1, 1, people[0]), 403, 'forbidden')
        refused(await forecast(1, 1, house.anybody), 401, 'unauthenticated')
    })

    test('what is no number of people', async () => {
        for (const [rate, most, field] of [
            [0, 1, '/admitPerSecond'],
            [1_000_001, 1, '/admitPerSecond'],
            [1, 0, '/maxActive'],
            [1, '1', '/maxActive'],
        ])
            invalid(await forecast(rate, most), field)
    })
})
