// More time for a hold, once, for who asks for it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, ann, bob, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse({ 'extend-seconds': 60 }))
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    round = await makeRound(organizer, await makeConcert(organizer))
    seats = await seatsOf(ann, round)
})
after(() => house.close())

const extend = (client, { id }, headers) =>
    client.post(`/v1/reservations/${id}/extend`, undefined, headers)
const find = async (client, { id }) => ok(await client.get(`/v1/reservations/${id}`))
const laterMs = (before, now) => Date.parse(now.expiresAt) - Date.parse(before.expiresAt)

describe('more time', () => {
    let held

    test('is told by the settings', async () => {
        assert.equal(ok(await house.anybody.get('/v1/settings')).extendSeconds, 60)
    })

    test('is nobody’s to ask for but the buyer’s', async () => {
        await admitted(ann)
        held = ok(await hold(ann, round, seats[0]), 201)
        assert.equal(held.extendedAt, null)
        refused(await extend(house.anybody, held), 401, 'unauthenticated')
        for (const client of [bob, organizer]) refused(await extend(client, held), 404, 'not_found')
        refused(await extend(ann, { id: nobody('reservation') }), 404, 'not_found')
        refused(await extend(ann, { id: nobody('payment') }), 404, 'not_found')
        invalid(await ann.post(`/v1/reservations/${held.id}/extend`, { seconds: 3600 }), '/seconds')
        assert.deepEqual(await find(ann, held), held)
    })

    test('counts from the old deadline, and is given once', async () => {
        const key = { 'idempotency-key': 'more time' }
        const extended = ok(await extend(ann, held, key))
        assert.equal(laterMs(held, extended), 60_000)
        assert.ok(Date.parse(extended.extendedAt) >= Date.parse(held.reservedAt))
        const { extendedAt, expiresAt } = extended
        assert.deepEqual(extended, { ...held, extendedAt, expiresAt })
        assert.deepEqual(await find(ann, held), extended)

        const again = await extend(ann, held, key)
        assert.equal(again.headers['idempotency-replayed'], 'true')
        assert.deepEqual(ok(again), extended)
        refused(await extend(ann, held), 409, 'extended_already')
        assert.deepEqual(await find(ann, held), extended)
        held = extended
    })

    test('is a step of the history, and a change', async () => {
        const { items } = ok(await organizer.get(`/v1/reservations/${held.id}/history`))
        assert.deepEqual(
            items.filter(({ event }) => event === 'extended').map(({ at }) => at),
            [held.extendedAt]
        )
        const told = await until('the change', async () => {
            const changes = ok(await organizer.get('/v1/changes?types=reservation.changed'))
            return changes.items.find(({ objectId }) => objectId === held.id)
        })
        assert.deepEqual(told.data, held)
    })

    test('outlives a restart, whatever the house gives then', async () => {
        await house.restart({ 'extend-seconds': 30 })
        const found = await find(ann, held)
        assert.equal(found.extendedAt, held.extendedAt)
        assert.ok(laterMs(held, found) >= 0)
        refused(await extend(ann, held), 409, 'extended_already')
        const other = ok(await hold(ann, round, seats[1]), 201)
        assert.equal(laterMs(other, ok(await extend(ann, other))), 30_000)
    })

    test('moves the end of the turn, and not the time for new holds', async () => {
        await house.restart({ 'hold-seconds': 7200 })
        const own = await admitted(bob)
        const late = ok(await hold(bob, round, seats[2]), 201)
        const extended = ok(await extend(bob, late))
        const token = ok(await bob.get('/v1/queue/tokens/current'))
        assert.equal(token.expiresAt, extended.expiresAt)
        assert.equal(token.lastNewHoldAt, own.lastNewHoldAt)
    })

    test('is not given for what is paid, cancelled, or of a cancelled round', async () => {
        const paid = ok(await hold(bob, round, seats[3]), 201)
        await charge(bob, 1000)
        const payment = ok(await pay(bob, paid), 201)
        const problem = refused(await extend(bob, paid), 409, 'reservation_not_pending')
        assert.deepEqual([problem.reservationStatus, problem.paymentId], ['confirmed', payment.id])
        ok(await bob.post(`/v1/reservations/${paid.id}/cancel`))
        refused(await extend(bob, paid), 409, 'reservation_not_pending')
        const other = await makeRound(organizer, await makeConcert(organizer))
        const [seat] = await seatsOf(bob, other)
        const off = ok(await hold(bob, other, seat), 201)
        ok(await organizer.post(`/v1/rounds/${other.id}/cancel`))
        refused(await extend(bob, off), 409, 'round_cancelled')
    })

    test('is not given for what has expired', async () => {
        await house.restart({ 'hold-seconds': 1 })
        const short = ok(await hold(ann, round, seats[4]), 201)
        await until('the hold to expire', async () => (await find(ann, short)).status === 'expired')
        refused(await extend(ann, short), 410, 'hold_expired')
        refused(await extend(bob, short), 404, 'not_found')
    })

    test('is given to nobody where the house says so', async () => {
        await house.restart({ 'hold-seconds': 300, 'extend-seconds': 0 })
        const none = ok(await hold(ann, round, seats[5]), 201)
        refused(await extend(ann, none), 403, 'extending_closed')
        assert.deepEqual(await find(ann, none), none)
    })
})
