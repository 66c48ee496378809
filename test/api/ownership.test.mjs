// What is somebody's own is not found by anybody else; an organizer sees what the contract lets
// them.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import {
    admitted,
    balance,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
    signIn,
} from './support/people.mjs'

let house, organizer, ann, eve, round, seats, token, pending, confirmed, payment
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, eve] = await buyers(house, 'ann', 'eve')
    await charge(ann, 1000)
    await charge(eve, 1000)
    round = await makeRound(organizer, await makeConcert(organizer))
    seats = await seatsOf(ann, round)
    await admitted(ann)
    confirmed = ok(await hold(ann, round, seats[0]), 201)
    payment = ok(await pay(ann, confirmed), 201)
    token = await admitted(ann)
    pending = ok(await hold(ann, round, seats[1]), 201)
})
after(() => house.close())

// Somebody else's object and one that never was must look the same.
async function alike(client, method, path, id, other) {
    const answers = await Promise.all(
        [id, other].map(each => client.request(method, path.replace('{id}', each)))
    )
    const [theirs, nothing] = answers.map(answer => {
        const { requestId, ...problem } = refused(answer, 404, 'not_found')
        return problem
    })
    assert.deepEqual(theirs, nothing)
}

test("another buyer's token", async () => {
    await alike(eve, 'GET', '/v1/queue/tokens/{id}', token.id, nobody('token'))
    await alike(eve, 'DELETE', '/v1/queue/tokens/{id}', token.id, nobody('token'))
    assert.equal(ok(await ann.post('/v1/queue/tokens')).status, 'active')
})

test("another buyer's reservation", async () => {
    for (const { id } of [pending, confirmed]) {
        await alike(eve, 'GET', '/v1/reservations/{id}', id, nobody('reservation'))
        await alike(eve, 'POST', '/v1/reservations/{id}/cancel', id, nobody('reservation'))
    }
    assert.deepEqual(ok(await ann.get(`/v1/reservations/${pending.id}`)), pending)
})

test("another buyer's reservation is not paid for them", async () => {
    refused(await pay(eve, pending), 404, 'not_found')
    refused(await pay(eve, confirmed), 404, 'not_found')
    assert.equal(await balance(eve), 1000)
})

test("another buyer's payment", async () => {
    await alike(eve, 'GET', '/v1/payments/{id}', payment.id, nobody('payment'))
})

test("lists show one's own, whatever is asked for", async () => {
    const paths = ['/v1/reservations', '/v1/payments', '/v1/points/entries']
    for (const path of paths) {
        const own = ok(await eve.get(path)).items
        assert.ok(own.every(({ userId }) => userId === eve.user.id))
        const answer = await eve.get(`${path}?userId=${ann.user.id}`)
        if (answer.status === 200) assert.deepEqual(answer.body.items, own)
        else assert.ok([403, 404, 422].includes(answer.status), answer.text)
        refused(await house.anybody.get(path), 401, 'unauthenticated')
    }
})

test('an organizer lists, and cancels for others', async () => {
    const user = `userId=${ann.user.id}`
    assert.equal(ok(await organizer.get(`/v1/reservations?${user}`)).items.length, 2)
    assert.equal(ok(await organizer.get(`/v1/payments?${user}`)).items.length, 1)
    assert.equal(ok(await organizer.get(`/v1/points/entries?${user}`)).items.length, 2)
    const cancelled = ok(await organizer.post(`/v1/reservations/${pending.id}/cancel`))
    assert.deepEqual([cancelled.cancelReason, cancelled.userId], ['organizer', ann.user.id])
    assert.deepEqual(ok(await ann.get(`/v1/reservations/${pending.id}`)), cancelled)
})

test('an organizer does not pay with the points of others', async () => {
    const again = ok(await hold(ann, round, seats[2]), 201)
    refused(await pay(organizer, again), 404, 'not_found')
    assert.equal(await balance(ann), 900)
})

test('what a session sees ends with it', async () => {
    const second = await signIn(house, 'ann@example.com')
    ok(await second.get(`/v1/payments/${payment.id}`))
    ok(await second.delete('/v1/sessions/current'), 204)
    refused(await second.get(`/v1/payments/${payment.id}`), 401, 'unauthenticated')
    ok(await ann.get(`/v1/payments/${payment.id}`))
})
