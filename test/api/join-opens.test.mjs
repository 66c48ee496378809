// From when on people may join the line, which the organizer says.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { buyers, fromNow, makeConcert, makeRound, openHouse } from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, ann, bob, cat
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob, cat] = await buyers(house, 'ann', 'bob', 'cat')
    await makeRound(organizer, await makeConcert(organizer))
})
after(() => house.close())

const opens = async joinOpensAt => ok(await organizer.patch('/v1/queue', { joinOpensAt }))
const join = client => client.post('/v1/queue/tokens')

describe('joining', () => {
    test('is open while nobody says when', async () => {
        assert.equal(ok(await house.anybody.get('/v1/queue')).joinOpensAt, null)
        ok(await join(ann), 201)
    })

    test('is refused before its time, also after a restart, and not to who is in line', async () => {
        const time = fromNow(3_600_000)
        assert.equal((await opens(time)).joinOpensAt, time)
        assert.equal(ok(await house.anybody.get('/v1/queue')).joinOpensAt, time)
        refused(await join(bob), 409, 'queue_not_open')
        ok(await join(ann))
        await house.restart()
        refused(await join(bob), 409, 'queue_not_open')
        assert.equal(ok(await house.anybody.get('/v1/queue')).joinOpensAt, time)
    })

    test('opens by itself, or when the time is lifted', async () => {
        await opens(fromNow(1000))
        await until('the line', async () => (await join(bob)).status === 201)
        await opens(fromNow(3_600_000))
        refused(await join(cat), 409, 'queue_not_open')
        assert.equal((await opens(null)).joinOpensAt, null)
        ok(await join(cat), 201)
    })

    test('is refused for a concert whose sale is over, and not to who is in line', async () => {
        const past = await makeConcert(organizer, {
            reservationOpenAt: fromNow(-7_200_000),
            reservationCloseAt: fromNow(-3_600_000),
        })
        const [dan] = await buyers(house, 'dan')
        const body = { concertId: past.id }
        refused(await dan.post('/v1/queue/tokens', body), 409, 'sales_closed')
        ok(await ann.post('/v1/queue/tokens', body))
        ok(await join(dan), 201)
    })

    test('has a time, or none', async () => {
        for (const wrong of ['soon', 7, false, '2027-01-01T00:00:00'])
            invalid(await organizer.patch('/v1/queue', { joinOpensAt: wrong }), '/joinOpensAt')
        refused(await ann.patch('/v1/queue', { joinOpensAt: null }), 403, 'forbidden')
    })
})
