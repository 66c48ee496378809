// What may come back of a round's seats, and what did, as everybody is told it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from './support/client.mjs'
import {
    admitted,
    buy,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    openHouse,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

const STEP_MS = 10_000

let house, organizer, ann, bob, concert
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    await charge(ann, 1000)
    concert = await makeConcert(organizer)
})
after(() => house.close())

const steppedUp = time => new Date(Math.ceil(Date.parse(time) / STEP_MS) * STEP_MS).toISOString()
const path = round => `/v1/rounds/${round.id}/availability`
const returns = async round => {
    const { nextReturnAt, returnedLastMinute } = ok(await house.anybody.get(path(round)))
    return [nextReturnAt, returnedLastMinute]
}
const giveBack = async (client, { id }) => ok(await client.post(`/v1/reservations/${id}/cancel`))

test('the first hold that ends is told, and what came back', async () => {
    const round = await makeRound(organizer, concert)
    const seats = await seatsOf(ann, round)
    assert.deepEqual(await returns(round), [null, 0])
    await admitted(ann)
    await admitted(bob)
    const first = ok(await hold(ann, round, seats[0], seats[1]), 201)
    const second = ok(await hold(bob, round, seats[2]), 201)
    assert.deepEqual(await returns(round), [steppedUp(first.expiresAt), 0])
    await giveBack(ann, first)
    assert.deepEqual(await returns(round), [steppedUp(second.expiresAt), 2])
    await giveBack(bob, second)
    assert.deepEqual(await returns(round), [null, 3])
    // What was paid and given back came back too; what was blocked was never gone.
    await giveBack(ann, await buy(ann, round, seats[4]))
    const seatIds = [seats[5].id]
    ok(await organizer.post(`/v1/rounds/${round.id}/seats/block`, { seatIds }))
    ok(await organizer.post(`/v1/rounds/${round.id}/seats/unblock`, { seatIds }))
    assert.deepEqual(await returns(round), [null, 4])
})

test('a hold that is given more time ends later, within ten seconds, though no seat changed', async () => {
    const round = await makeRound(organizer, concert)
    const [seat] = await seatsOf(bob, round)
    await admitted(bob)
    const held = ok(await hold(bob, round, seat), 201)
    const before = await house.anybody.get(path(round))
    assert.equal(ok(before).nextReturnAt, steppedUp(held.expiresAt))
    const { etag } = before.headers
    const longer = ok(await bob.post(`/v1/reservations/${held.id}/extend`))
    const isShown = async () => (await returns(round))[0] === steppedUp(longer.expiresAt)
    await until('the new end', isShown, { everyMs: 200 })
    const after = await house.anybody.get(path(round), { 'if-none-match': etag })
    assert.equal(ok(after).version, before.body.version)
    assert.notEqual(after.headers.etag, etag)
    // After a restart it is known at once.
    await house.restart()
    assert.deepEqual(await returns(round), [steppedUp(longer.expiresAt), 0])
    await giveBack(bob, held)
})
