// What holding seats and cancelling refuse, and in which order.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
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
const DAY_MS = 24 * HOUR_MS

let house, organizer, ann, bob, concert, round, seats, other
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    concert = await makeConcert(organizer)
    round = await makeRound(organizer, concert)
    seats = await seatsOf(ann, round)
    other = await seatsOf(ann, await makeRound(organizer, concert))
})
after(() => house.close())

const cancel = (client, reservation) => client.post(`/v1/reservations/${reservation.id}/cancel`)
const holdBy = (client, roundId, ...seatIds) =>
    client.post('/v1/reservations', { roundId, seatIds })
const nowhere = { id: nobody('round') }

describe('a hold is refused, first reason first:', () => {
    test('its form', async () => {
        await leave(ann)
        const [first] = seats
        invalid(await holdBy(ann, 'round_x', first.id), '/roundId')
        invalid(await holdBy(ann, round.id, round.id), '/seatIds/0')
        invalid(await holdBy(ann, round.id), '/seatIds')
        invalid(await holdBy(ann, round.id, first.id, first.id), '/seatIds/1')
        invalid(await ann.post('/v1/reservations', { roundId: round.id }), '')
    })

    test('its form, where the best seats are asked for', async () => {
        const best = (bestAvailable, more) =>
            ann.post('/v1/reservations', { roundId: round.id, bestAvailable, ...more })
        for (const value of [null, [], 'two', 2]) invalid(await best(value), '/bestAvailable')
        invalid(await best({}), '/bestAvailable/count')
        for (const count of [0, 101, '2', 1.5]) invalid(await best({ count }), '/bestAvailable/count')
        invalid(await best({ count: 2, wheelchairs: 3 }), '/bestAvailable/wheelchairs')
        invalid(await best({ count: 2, wheelchairs: -1 }), '/bestAvailable/wheelchairs')
        invalid(await best({ count: 2, accessible: true }), '/bestAvailable/accessible')
        invalid(await best({ count: 2, section: '' }), '/bestAvailable/section')
        invalid(await best({ count: 2, grade: 7 }), '/bestAvailable/grade')
        invalid(await best({ count: 2 }, { seatIds: [seats[0].id] }), '')
    })

    test('no token', async () => {
        refused(await hold(ann, nowhere, seats[0]), 403, 'queue_token_required')
        await admitted(ann)
        await leave(ann)
        refused(await hold(ann, round, seats[0]), 403, 'queue_token_required')
    })

    test('a token that still waits', async () => {
        ok(await organizer.patch('/v1/queue', { paused: true }))
        ok(await ann.post('/v1/queue/tokens'), 201)
        refused(await hold(ann, nowhere, seats[0]), 403, 'queue_token_not_active')
        refused(await hold(ann, round, seats[0]), 403, 'queue_token_not_active')
        ok(await organizer.patch('/v1/queue', { paused: false }))
        await admitted(ann)
    })

    test('a round that is not there', async () => {
        refused(await hold(ann, nowhere, seats[0]), 404, 'not_found')
    })

    test('a sale that is not open yet', async () => {
        const later = await makeConcert(organizer, { reservationOpenAt: fromNow(HOUR_MS) })
        const closed = await makeRound(organizer, later)
        refused(await hold(ann, closed, seats[0]), 409, 'sales_not_open')
    })

    test('a sale that is over', async () => {
        const past = await makeConcert(organizer, {
            reservationOpenAt: fromNow(-2 * HOUR_MS),
            reservationCloseAt: fromNow(-HOUR_MS),
        })
        refused(await hold(ann, await makeRound(organizer, past), seats[0]), 409, 'sales_closed')
    })

    test('a round that has started', async () => {
        const started = await makeRound(organizer, concert, { startTime: fromNow(1000) })
        await until('its start', () => Date.now() > Date.parse(started.startTime))
        refused(await hold(ann, started, seats[0]), 409, 'sales_closed')
    })

    test('a seat of another round', async () => {
        const many = [...seats.slice(0, 4), other[0]]
        invalid(await hold(ann, round, ...many), '/seatIds/4')
        invalid(await holdBy(ann, round.id, nobody('seat')), '/seatIds/0')
    })

    test('more seats than a reservation may have', async () => {
        await admitted(bob)
        const taken = ok(await hold(bob, round, seats[0]), 201)
        const problem = refused(await hold(ann, round, ...seats.slice(0, 5)), 409, 'seat_limit')
        assert.deepEqual([problem.limit, problem.alreadyHeld], [4, 0])
        ok(await cancel(bob, taken))
    })

    test('more seats of the round than a person may have', async () => {
        const three = ok(await hold(ann, round, ...seats.slice(0, 3)), 201)
        const problem = refused(await hold(ann, round, seats[2], seats[3]), 409, 'seat_limit')
        assert.deepEqual([problem.limit, problem.alreadyHeld], [4, 3])
        ok(await cancel(ann, three))
    })

    test('seats that are taken, all of them named and none held', async () => {
        const taken = ok(await hold(bob, round, seats[1], seats[3]), 201)
        const problem = refused(
            await hold(ann, round, ...seats.slice(0, 4)),
            409,
            'seat_unavailable'
        )
        assert.deepEqual(problem.conflicts, [
            { seatId: seats[1].id, index: 1, seatNumber: seats[1].seatNumber },
            { seatId: seats[3].id, index: 3, seatNumber: seats[3].seatNumber },
        ])
        const state = ok(await ann.get(`/v1/rounds/${round.id}/availability`))
        assert.equal(state.seats.slice(0, 5), 'ahaha')
        const own = ok(await hold(ann, round, seats[0], seats[2]), 201)
        ok(await cancel(ann, own))
        ok(await cancel(bob, taken))
    })

    test('its form, where seats are named by their places', async () => {
        const body = { roundId: round.id, seats: [0, 1], planVersion: 1 }
        const post = change => ann.post('/v1/reservations', { ...body, ...change })
        for (const wrong of [[], 'x', null]) invalid(await post({ seats: wrong }), '/seats')
        for (const place of [-1, 200000, 1.5, '0']) invalid(await post({ seats: [place] }), '/seats/0')
        invalid(await post({ seats: [0, 1, 0] }), '/seats/2')
        invalid(await post({ planVersion: undefined }), '/planVersion')
        invalid(await post({ planVersion: -1 }), '/planVersion')
        invalid(await post({ seatIds: [seats[0].id] }), '')
        invalid(await post({ seats: undefined, seatIds: [seats[0].id] }), '/planVersion')
    })

    test('places that the plan does not have, or of a plan that changed', async () => {
        const byPlace = (planVersion, ...places) =>
            ann.post('/v1/reservations', { roundId: round.id, seats: places, planVersion })
        invalid(await byPlace(1, 0, 30), '/seats/1')
        refused(await byPlace(2, 0, 30), 409, 'plan_changed')
        const held = ok(await byPlace(1, 7, 2), 201)
        assert.deepEqual(
            held.seats.map(({ seatId }) => seatId),
            [seats[7].id, seats[2].id]
        )
        ok(await cancel(ann, held))
    })

    test('seats side by side that there are not', async () => {
        const best = bestAvailable =>
            ann.post('/v1/reservations', { roundId: round.id, bestAvailable })
        refused(await best({ count: 2, wheelchairs: 1 }), 409, 'no_adjacent_seats')
        refused(await best({ count: 2, section: 'Z' }), 409, 'no_adjacent_seats')
        const problem = refused(await best({ count: 5 }), 409, 'seat_limit')
        assert.deepEqual([problem.limit, problem.alreadyHeld], [4, 0])
    })

    test('more holds than a token may make', async () => {
        await leave(ann)
        await admitted(ann)
        for (let i = 0; i < 20; i++)
            ok(await cancel(ann, ok(await hold(ann, round, seats[9]), 201)))
        const problem = refused(await hold(ann, round, seats[9]), 409, 'hold_limit')
        assert.equal(problem.limit, 20)
        await leave(ann)
    })

    test('and none of that took a seat', async () => {
        const state = ok(await ann.get(`/v1/rounds/${round.id}/availability`))
        assert.deepEqual([state.available, state.held, state.sold], [30, 0, 0])
    })
})

describe('a list of reservations', () => {
    test('of a status that there is not', async () => {
        invalid(await ann.get('/v1/reservations?status=stolen'), 'status')
    })
})

describe('a reservation is not cancelled', () => {
    test('when it is not there', async () => {
        refused(await cancel(ann, { id: nobody('reservation') }), 404, 'not_found')
        refused(await ann.get(`/v1/reservations/${nobody('reservation')}`), 404, 'not_found')
    })

    test('with a body that says more', async () => {
        await admitted(ann)
        const reservation = ok(await hold(ann, round, seats[0]), 201)
        const path = `/v1/reservations/${reservation.id}/cancel`
        invalid(await ann.post(path, { why: 'rain' }), '/why')
        assert.equal(ok(await ann.post(path, {})).status, 'cancelled')
    })

    test('when refunds are over, but by the organizer', async () => {
        await charge(ann, 100)
        const soon = await makeRound(organizer, concert, { startTime: fromNow(DAY_MS - HOUR_MS) })
        const [first] = await seatsOf(ann, soon)
        await admitted(ann)
        const reservation = ok(await hold(ann, soon, first), 201)
        ok(await pay(ann, reservation), 201)
        refused(await cancel(ann, reservation), 409, 'refund_closed')
        assert.equal(ok(await ann.get(`/v1/reservations/${reservation.id}`)).status, 'confirmed')
        const cancelled = ok(await cancel(organizer, reservation))
        assert.deepEqual([cancelled.status, cancelled.cancelReason], ['cancelled', 'organizer'])
        assert.deepEqual(ok(await cancel(ann, reservation)), cancelled)
        assert.equal(ok(await ann.get('/v1/points')).balance, 100)
    })

    test('pending ones are, whenever the round starts', async () => {
        const soon = await makeRound(organizer, concert, { startTime: fromNow(HOUR_MS) })
        const [first] = await seatsOf(ann, soon)
        await admitted(ann)
        assert.equal(
            ok(await cancel(ann, ok(await hold(ann, soon, first), 201))).status,
            'cancelled'
        )
    })

    test('when it has expired', async () => {
        await house.restart({ 'hold-seconds': 1 })
        await admitted(ann)
        const reservation = ok(await hold(ann, round, seats[0]), 201)
        const expired = await until('the hold to expire', async () => {
            const now = ok(await ann.get(`/v1/reservations/${reservation.id}`))
            return now.status === 'expired' && now
        })
        assert.deepEqual(expired, { ...reservation, status: 'expired' })
        refused(await cancel(ann, reservation), 409, 'reservation_expired')
        const state = ok(await ann.get(`/v1/rounds/${round.id}/availability`))
        assert.equal(state.seats[0], 'a')
    })
})
