// What paying refuses, and in which order.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    balance,
    buyers,
    charge,
    fromNow,
    hold,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, ann, bob, concert, round, seats, paid
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    concert = await makeConcert(organizer)
    round = await makeRound(organizer, concert)
    seats = await seatsOf(ann, round)
})
after(() => house.close())

const HOUR_MS = 3_600_000

const extend = (client, { id }) => client.post(`/v1/reservations/${id}/extend`)
const statusOf = async (client, { id }) => ok(await client.get(`/v1/reservations/${id}`)).status

test('its form', async () => {
    invalid(await ann.post('/v1/payments', {}), '/reservationId')
    invalid(await ann.post('/v1/payments', { reservationId: nobody('payment') }), '/reservationId')
    invalid(
        await ann.post('/v1/payments', { reservationId: nobody('reservation'), tip: 1 }),
        '/tip'
    )
})

test('for a reservation that is not there', async () => {
    refused(await pay(ann, { id: nobody('reservation') }), 404, 'not_found')
    refused(await ann.get(`/v1/payments/${nobody('payment')}`), 404, 'not_found')
})

test('with too few points, as often as one tries, in one failed payment', async () => {
    await admitted(ann)
    const reservation = ok(await hold(ann, round, seats[0], seats[1]), 201)
    const first = refused(await pay(ann, reservation), 402, 'insufficient_points')
    await charge(ann, 199)
    const second = refused(await pay(ann, reservation), 402, 'insufficient_points')
    assert.deepEqual([second.balance, second.required], [199, 200])
    assert.equal(second.paymentId, first.paymentId)
    assert.equal(ok(await ann.get('/v1/payments')).items.length, 1)
    assert.equal(await balance(ann), 199)
    await charge(ann, 1)
    paid = ok(await pay(ann, reservation), 201)
    assert.equal(await balance(ann), 0)
})

test('for what is paid already, before the points are looked at', async () => {
    const problem = refused(
        await pay(ann, { id: paid.reservationId }),
        409,
        'reservation_not_pending'
    )
    assert.deepEqual([problem.reservationStatus, problem.paymentId], ['confirmed', paid.id])
    assert.equal(await balance(ann), 0)
})

test('for what is cancelled', async () => {
    await admitted(ann)
    const reservation = ok(await hold(ann, round, seats[2]), 201)
    ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
    const problem = refused(await pay(ann, reservation), 409, 'reservation_not_pending')
    assert.deepEqual([problem.reservationStatus, problem.paymentId], ['cancelled', null])
})

test('for another day than one was told, before the points are looked at', async () => {
    const own = await makeRound(organizer, concert)
    const [seat] = await seatsOf(ann, own)
    const [day, next] = [40, 41].map(days => fromNow(days * 86_400_000))
    await admitted(ann)
    const held = ok(await hold(ann, own, seat), 201)
    const payFor = startTime => ann.post('/v1/payments', { reservationId: held.id, startTime })
    refused(await payFor(day), 409, 'round_moved')
    invalid(await payFor('tomorrow'), '/startTime')
    invalid(await payFor(null), '/startTime')
    const move = { startTime: day, freeCancelUntil: day, reason: { texts: { ko: '태풍', en: 'A storm' } } }
    ok(await organizer.post(`/v1/rounds/${own.id}/move`, move))
    await charge(ann, 100)
    for (const told of [own.startTime, next]) refused(await payFor(told), 409, 'round_moved')
    assert.equal(await statusOf(ann, held), 'pending')
    ok(await payFor(`${day.slice(0, -1)}+00:00`), 201)
    refused(await payFor(own.startTime), 409, 'reservation_not_pending')
})

test('a free seat is paid with no points at all', async () => {
    const free = await makeRound(organizer, concert, { price: 0 })
    const [first] = await seatsOf(ann, free)
    await admitted(ann)
    const payment = ok(await pay(ann, ok(await hold(ann, free, first), 201)), 201)
    assert.equal(payment.amount, 0)
})

test('a live hold may be paid after its sale has closed', async () => {
    const own = await makeConcert(organizer)
    const [first] = await seatsOf(ann, await makeRound(organizer, own))
    await admitted(ann)
    await charge(ann, 100)
    const reservation = ok(await hold(ann, { id: first.concertRoundId }, first), 201)
    ok(await organizer.patch(`/v1/concerts/${own.id}`, { reservationCloseAt: fromNow(-1000) }))
    const closed = await hold(ann, { id: first.concertRoundId }, first)
    refused(closed, 409, 'sales_closed')
    ok(await pay(ann, reservation), 201)
})

test('for a round that has begun, before the points are looked at', async () => {
    const own = await makeRound(organizer, concert)
    const [first, second] = await seatsOf(ann, own)
    await admitted(ann)
    const held = ok(await hold(ann, own, first), 201)
    const soon = fromNow(2000)
    const reason = { texts: { ko: '앞당깁니다', en: 'Earlier' } }
    const move = { startTime: soon, freeCancelUntil: soon, reason }
    ok(await organizer.post(`/v1/rounds/${own.id}/move`, move))
    const late = ok(await hold(ann, own, second), 201) // it would last 300 s
    const had = await balance(ann)
    await until('its start', () => Date.now() > Date.parse(soon))
    for (const reservation of [held, late]) {
        refused(await pay(ann, reservation), 409, 'sales_closed')
        const body = { reservationId: reservation.id, startTime: own.startTime }
        refused(await ann.post('/v1/payments', body), 409, 'sales_closed')
        refused(await extend(ann, reservation), 409, 'sales_closed')
        assert.equal(await statusOf(ann, reservation), 'pending')
    }
    assert.equal(await balance(ann), had)
    ok(await ann.post(`/v1/reservations/${late.id}/cancel`))
    refused(await pay(ann, late), 409, 'reservation_not_pending')
    assert.ok(!ok(await ann.get('/v1/payments')).items.some(paid => paid.reservationId === held.id))

    const again = { startTime: fromNow(HOUR_MS), freeCancelUntil: fromNow(HOUR_MS), reason }
    ok(await organizer.post(`/v1/rounds/${own.id}/move`, again))
    await charge(ann, 100)
    ok(await pay(ann, held), 201)
})

test('for what has expired, before anything else is looked at but whose it is', async () => {
    await house.restart({ 'hold-seconds': 1 })
    await admitted(ann)
    const reservation = ok(await hold(ann, round, seats[3]), 201)
    refused(await pay(bob, reservation), 404, 'not_found')
    await until('the hold to expire', async () => (await statusOf(ann, reservation)) === 'expired')
    refused(await pay(ann, reservation), 410, 'hold_expired')
    refused(await pay(bob, reservation), 404, 'not_found')
    const { items } = ok(await ann.get('/v1/payments'))
    assert.ok(!items.some(({ reservationId }) => reservationId === reservation.id))
})
