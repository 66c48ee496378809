// GET /v1/reservations/{id}/history: what happened to one reservation, step by step.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import {
    admitted,
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

const DAY_MS = 86_400_000

let house, organizer, ann, bob, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse({ 'refund-until-seconds': 0 }))
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    round = await makeRound(organizer, await makeConcert(organizer))
    seats = await seatsOf(organizer, round)
})
after(() => house.close())

const historyOf = (client, { id }) => client.get(`/v1/reservations/${id}/history`)
const events = ({ items }) => items.map(({ event }) => event)

describe('a history', () => {
    let token, reservation, payment
    before(async () => {
        token = await admitted(ann)
        reservation = ok(await hold(ann, round, seats[0], seats[1]), 201)
    })

    test('begins with the line, and tells a hold at once', async () => {
        const history = ok(await historyOf(organizer, reservation))
        assert.equal(history.reservationId, reservation.id)
        assert.equal(history.reason, null)
        const none = {
            amount: null,
            paymentId: null,
            cancelReason: null,
            movedFrom: null,
            freeCancelUntil: null,
        }
        assert.deepEqual(history.items, [
            { at: token.issuedAt, event: 'joined', ...none },
            { at: token.activateAt, event: 'admitted', ...none },
            { at: reservation.reservedAt, event: 'held', ...none, amount: reservation.amount },
        ])
    })

    test('goes on with the try that fell short, the payment and the refund', async () => {
        const short = refused(await pay(ann, reservation), 402, 'insufficient_points')
        await charge(ann, 10_000)
        payment = ok(await pay(ann, reservation), 201)
        const cancelled = ok(await organizer.post(`/v1/reservations/${reservation.id}/cancel`))
        const history = ok(await historyOf(organizer, reservation))
        assert.deepEqual(
            events(history).slice(2).sort(),
            ['cancelled', 'held', 'paid', 'refunded', 'tried']
        )
        const step = event => history.items.find(each => each.event === event)
        assert.equal(step('tried').paymentId, short.paymentId)
        assert.deepEqual(
            [step('paid').at, step('paid').paymentId, step('paid').amount],
            [payment.paidAt, payment.id, payment.amount]
        )
        assert.deepEqual(
            [step('cancelled').at, step('cancelled').cancelReason],
            [cancelled.cancelledAt, 'organizer']
        )
        assert.equal(step('refunded').paymentId, payment.id)
        const at = history.items.map(each => each.at)
        assert.deepEqual(at, [...at].sort())
    })

    test('is the same once memory has let go of it, and after a restart', async () => {
        const history = ok(await historyOf(organizer, reservation))
        await house.restart()
        assert.deepEqual(ok(await historyOf(organizer, reservation)), history)
    })

    test('of a hold that was given back says by whom', async () => {
        await admitted(bob)
        const own = ok(await hold(bob, round, seats[5]), 201)
        ok(await bob.post(`/v1/reservations/${own.id}/cancel`))
        const { items } = ok(await historyOf(organizer, own))
        assert.deepEqual(
            [items.at(-1).event, items.at(-1).cancelReason],
            ['cancelled', 'buyer']
        )
    })
})

describe('a round that was moved', () => {
    const reason = { texts: { ko: '태풍', en: 'A storm' } }
    const move = (moved, days) => {
        const startTime = fromNow(days * DAY_MS)
        const body = { startTime, freeCancelUntil: startTime, reason }
        return organizer.post(`/v1/rounds/${moved.id}/move`, body).then(ok)
    }

    test('is told with its reason to who was there, and the last time alone', async () => {
        const own = await makeRound(organizer, await makeConcert(organizer))
        const [seat, other] = await seatsOf(organizer, own)
        await admitted(bob)
        const gone = ok(await hold(bob, own, other), 201)
        ok(await bob.post(`/v1/reservations/${gone.id}/cancel`))
        const held = ok(await hold(bob, own, seat), 201)
        const first = await move(own, 40)
        await move(own, 41)
        const history = ok(await historyOf(organizer, held))
        assert.deepEqual(history.reason, reason)
        const { event, movedFrom, freeCancelUntil } = history.items.at(-1)
        const { freeCancelUntil: promised } = ok(await bob.get(`/v1/reservations/${held.id}`))
        assert.deepEqual([event, movedFrom, freeCancelUntil], ['moved', first.startTime, promised])
        assert.deepEqual(events(history), ['joined', 'admitted', 'held', 'moved'])
        const before = ok(await historyOf(organizer, gone))
        assert.equal(before.reason, null)
        assert.ok(!events(before).includes('moved'))
        ok(await organizer.post(`/v1/rounds/${own.id}/cancel`))
        const ended = await until('the end', async () => {
            const now = ok(await historyOf(organizer, held))
            return events(now).includes('cancelled') && now
        })
        assert.deepEqual([ended.reason, ended.items.at(-1).cancelReason], [null, 'round_cancelled'])
    })
})

describe('refusals', () => {
    test('nobody but who may read', async () => {
        const any = { id: nobody('reservation') }
        refused(await historyOf(ann, any), 403, 'forbidden')
        refused(await historyOf(house.anybody, any), 401, 'unauthenticated')
    })

    test('a reservation that is not there', async () => {
        refused(await historyOf(organizer, { id: nobody('reservation') }), 404, 'not_found')
    })
})
