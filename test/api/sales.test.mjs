// Several sales on one day: one line, one numbering, and places that name their concert.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buy,
    buyers,
    charge,
    fromNow,
    hold,
    leave,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

const HOUR_MS = 3_600_000

let house, organizer, ann, bob, cho, night, gala, nightRound
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob, cho] = await buyers(house, 'ann', 'bob', 'cho')
    await charge(ann, 1000)
    night = await makeConcert(organizer)
    gala = await makeConcert(organizer, { reservationOpenAt: fromNow(HOUR_MS) })
    nightRound = await makeRound(organizer, night, { rows: 1, seatsPerRow: 2, price: 100 })
    await makeRound(organizer, gala, { rows: 1, seatsPerRow: 2, price: 100 })
})
after(() => house.close())

const join = (client, body) => client.post('/v1/queue/tokens', body)
const token = async client => ok(await client.get('/v1/queue/tokens/current'))

test('a place names a concert that is there, or none', async () => {
    refused(await join(ann, { concertId: nobody('concert') }), 404, 'not_found')
    const draft = await makeConcert(organizer, { status: 'draft' })
    refused(await join(ann, { concertId: draft.id }), 404, 'not_found')
    for (const concertId of ['night', nightRound.id, 1, null])
        invalid(await join(ann, { concertId }), '/concertId')
    invalid(await join(ann, { concert: night.id }), '/concert')
    const { concertId } = ok(await join(ann, { concertId: night.id }), 201)
    assert.equal(concertId, night.id)
    // The place that one has is shown, whatever is named now.
    assert.equal(ok(await join(ann, { concertId: nobody('concert') })).concertId, night.id)
    await leave(ann)
    for (const nothing of [undefined, {}]) {
        assert.equal(ok(await join(ann, nothing), 201).concertId, null)
        await leave(ann)
    }
})

test('who waits for a sale that is not open is passed over, and is next when it is', async () => {
    const first = ok(await join(ann, { concertId: gala.id }), 201)
    assert.deepEqual([first.status, first.passedOverAt, first.soldOut], ['waiting', null, false])
    const second = ok(await join(bob, { concertId: night.id }), 201)
    const inside = await admitted(bob)
    assert.equal(inside.number, second.number)
    assert.equal(inside.expiresAt, inside.lastNewHoldAt)
    const passed = await token(ann)
    assert.deepEqual([passed.status, passed.ahead], ['waiting', 0])
    assert.ok(passed.passedOverAt >= passed.issuedAt)
    assert.equal(passed.estimatedWaitSeconds, null)
    ok(await organizer.patch(`/v1/concerts/${gala.id}`, { reservationOpenAt: fromNow(-HOUR_MS) }))
    assert.equal((await admitted(ann)).number, first.number)
    await leave(ann)
    await leave(bob)
})

test('what is sold out is told at once, and a seat that comes back lets in the next', async () => {
    const seats = await seatsOf(organizer, nightRound)
    const bought = await buy(ann, nightRound, ...seats)
    for (const client of [bob, cho]) {
        const { status, soldOut } = ok(await join(client, { concertId: night.id }), 201)
        assert.deepEqual([status, soldOut], ['waiting', true])
    }
    assert.equal((await token(cho)).ahead, 1)
    ok(await organizer.post(`/v1/reservations/${bought.id}/cancel`))
    await admitted(bob)
    // Two seats came back, one for each.
    await admitted(cho)
    await leave(bob)
    await leave(cho)
})

test('the queue tells what is on sale or will be, and what is left of it', async () => {
    const told = async () => ok(await house.anybody.get('/v1/queue')).rounds
    const of = (round, concert, seatsLeft, seatsHeld) => ({
        roundId: round.id,
        concertId: concert.id,
        seatsLeft,
        seatsHeld,
        soldOut: seatsLeft + seatsHeld === 0,
    })
    const late = await makeConcert(organizer, { reservationOpenAt: fromNow(HOUR_MS) })
    const startTime = fromNow(HOUR_MS)
    const lateRound = await makeRound(organizer, late, { rows: 1, seatsPerRow: 3, startTime })
    await until('the round is told of', async () => (await told()).length === 3)
    const [first, second, third] = await told()
    assert.deepEqual(first, of(lateRound, late, 3, 0))
    assert.deepEqual(second, of(nightRound, night, 2, 0))
    assert.deepEqual([third.concertId, third.seatsLeft], [gala.id, 2])
    await admitted(ann)
    const seats = await seatsOf(organizer, nightRound)
    const held = ok(await hold(ann, nightRound, ...seats), 201)
    await until('they are held', async () => (await told())[1].seatsHeld === 2)
    assert.deepEqual((await told())[1], of(nightRound, night, 0, 2))
    ok(await pay(ann, held), 201)
    await until('they are sold', async () => (await told())[1].soldOut)
    assert.deepEqual((await told())[1], of(nightRound, night, 0, 0))
    ok(await organizer.post(`/v1/rounds/${nightRound.id}/cancel`))
    await until('it is over', async () => (await told()).length === 2)
})
