// Rounds whose times an organizer sets, moves or takes away, and what their buyers are told of it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    buy,
    buyer,
    fromNow,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    seatsOf,
} from './support/people.mjs'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let house, organizer, ann, concert
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann', 100_000)
    concert = await makeConcert(organizer)
})
after(() => house.close())

const reason = { texts: { ko: '태풍으로 일주일 미룹니다.', en: 'A storm: one week later.' } }
const shown = round => house.anybody.get(`/v1/rounds/${round.id}`).then(ok)
const move = (round, body, client = organizer, key = {}) =>
    client.post(`/v1/rounds/${round.id}/move`, body, key)

// A seat of the round that ann paid for.
async function bought(round) {
    const free = (await seatsOf(ann, round)).find(seat => seat.status === 'available')
    return buy(ann, round, free)
}

describe('a round’s times', () => {
    test('are nobody’s to know before somebody said them', async () => {
        const { doorsAt, endsAt, movedFrom } = await makeRound(organizer, concert)
        assert.deepEqual([doorsAt, endsAt, movedFrom], [null, null, null])
    })

    test('are told with it, and fit each other', async () => {
        const startTime = fromNow(DAY_MS)
        const sections = [{ name: 'A', rows: 1, seatsPerRow: 2, price: 1 }]
        const make = times =>
            organizer.post(`/v1/concerts/${concert.id}/rounds`, { startTime, sections, ...times })
        const times = { doorsAt: startTime, endsAt: fromNow(DAY_MS + HOUR_MS) }
        const made = ok(await make(times), 201)
        assert.deepEqual(made, { ...made, startTime, ...times })
        assert.deepEqual(await shown(made), made)
        await house.restart()
        assert.deepEqual(await shown(made), made)
        const silent = ok(await make({ doorsAt: null, endsAt: null }), 201)
        assert.deepEqual([silent.doorsAt, silent.endsAt], [null, null])
        invalid(await make({ doorsAt: times.endsAt }), '/doorsAt')
        invalid(await make({ endsAt: startTime }), '/endsAt')
        invalid(await make({ endsAt: 'late' }), '/endsAt')
        invalid(await make({ startTime: fromNow(-1000) }), '/startTime')
        invalid(await make({ startTime: '1970-01-01T00:00:00Z' }), '/startTime')
    })

    test('lie ahead when they are changed', async () => {
        const round = await makeRound(organizer, concert)
        const path = `/v1/rounds/${round.id}`
        invalid(await organizer.patch(path, { startTime: fromNow(-1000) }), '/startTime')
        assert.deepEqual(await shown(round), round)
        // Saying again what is so is no change, and no move.
        ok(await organizer.patch(path, { startTime: round.startTime }), 204)
        const still = { startTime: round.startTime, freeCancelUntil: fromNow(HOUR_MS), reason }
        invalid(await move(round, still), '/startTime')
        assert.deepEqual(await shown(round), round)
    })

    test('are set and taken back, also when it is sold', async () => {
        const round = await makeRound(organizer, concert)
        await bought(round)
        const path = `/v1/rounds/${round.id}`
        const start = Date.parse(round.startTime)
        const times = { doorsAt: new Date(start).toISOString(), endsAt: new Date(start + 1).toISOString() }
        ok(await organizer.patch(path, times), 204)
        assert.deepEqual(await shown(round), { ...(await shown(round)), ...times })
        invalid(await organizer.patch(path, { doorsAt: times.endsAt }), '/doorsAt')
        invalid(await organizer.patch(path, { endsAt: times.doorsAt }), '/endsAt')
        refused(await ann.patch(path, { endsAt: null }), 403, 'forbidden')
        assert.equal((await shown(round)).endsAt, times.endsAt)
        ok(await organizer.patch(path, { doorsAt: null, endsAt: null }), 204)
        const { doorsAt, endsAt } = await shown(round)
        assert.deepEqual([doorsAt, endsAt], [null, null])
    })
})

describe('a round that is moved', () => {
    const startTime = fromNow(40 * DAY_MS)
    const good = {
        startTime,
        doorsAt: startTime,
        endsAt: fromNow(41 * DAY_MS),
        freeCancelUntil: fromNow(5 * DAY_MS),
        reason,
    }
    const wrong = [
        ['/startTime', { startTime: undefined }],
        ['/startTime', { startTime: '2020-01-01T00:00:00Z' }],
        ['/startTime', { startTime: '1970-01-01T00:00:00Z' }],
        ['/freeCancelUntil', { freeCancelUntil: undefined }],
        ['/freeCancelUntil', { freeCancelUntil: '1970-01-01T00:00:00Z' }],
        ['/freeCancelUntil', { freeCancelUntil: fromNow(40 * DAY_MS + 60_000) }],
        ['/doorsAt', { doorsAt: fromNow(40 * DAY_MS + 60_000) }],
        ['/endsAt', { endsAt: fromNow(39 * DAY_MS) }],
        ['/reason', { reason: undefined }],
        ['/reason', { reason: 'A storm' }],
        ['/reason/texts', { reason: {} }],
        ['/reason/texts/ko', { reason: { texts: { en: 'A storm' } } }],
        ['/reason/texts/en', { reason: { texts: { ko: '태풍', en: 'x'.repeat(161) } } }],
    ]
    for (const [field, change] of wrong)
        test(`is not moved with ${JSON.stringify(change).slice(0, 60)}`, async () => {
            const round = await makeRound(organizer, concert)
            invalid(await move(round, { ...good, ...change }), field)
            assert.deepEqual(await shown(round), round)
        })

    test('keeps its seats, and its buyers are told', async () => {
        const round = await makeRound(organizer, concert)
        const before = await bought(round)
        refused(await move(round, good, ann), 403, 'forbidden')
        refused(await move(round, good, house.anybody), 401, 'unauthenticated')
        const key = { 'idempotency-key': 'move' }
        const moved = ok(await move(round, good, organizer, key))
        const { freeCancelUntil, reason: _, ...times } = good
        assert.deepEqual(moved, {
            ...round,
            ...times,
            movedFrom: round.startTime,
            availableSeatCnt: round.availableSeatCnt - 1,
        })
        assert.deepEqual(await shown(round), moved)
        const again = await move(round, good, organizer, key)
        assert.equal(again.headers['idempotency-replayed'], 'true')
        assert.deepEqual(ok(again), moved)

        const of = async ({ id }) => ok(await ann.get(`/v1/reservations/${id}`))
        const told = await of(before)
        assert.deepEqual(
            [told.status, told.movedFrom, told.freeCancelUntil, told.reason],
            ['confirmed', round.startTime, freeCancelUntil, reason]
        )
        const { items } = ok(await ann.get('/v1/reservations'))
        assert.deepEqual(items.find(({ id }) => id === before.id), told)
        const after = await of(await bought(round))
        assert.deepEqual([after.movedFrom, after.freeCancelUntil, after.reason], [null, null, null])

        await house.restart()
        assert.deepEqual(await shown(round), { ...moved, availableSeatCnt: moved.availableSeatCnt - 1 })
        assert.deepEqual(await of(before), told)
    })

    test('may be given back until then, whatever the old date said', async () => {
        const round = await makeRound(organizer, concert, { startTime: fromNow(HOUR_MS) })
        const first = await bought(round)
        refused(await ann.post(`/v1/reservations/${first.id}/cancel`), 409, 'refund_closed')
        ok(await move(round, good))
        assert.equal(ok(await ann.post(`/v1/reservations/${first.id}/cancel`)).status, 'cancelled')
    })

    test('is not moved when it is cancelled, or not there', async () => {
        const round = await makeRound(organizer, concert)
        ok(await organizer.post(`/v1/rounds/${round.id}/cancel`))
        refused(await move(round, good), 409, 'round_cancelled')
        refused(await move({ id: nobody('round') }, good), 404, 'not_found')
    })
})

describe('a round that is cancelled', () => {
    test('says why, if somebody does', async () => {
        for (const [body, told] of [[{ reason }, reason], [{}, null], [undefined, null]]) {
            const round = await makeRound(organizer, concert)
            const { id } = await bought(round)
            invalid(await organizer.post(`/v1/rounds/${round.id}/cancel`, { reason: 'fire' }), '/reason')
            ok(await organizer.post(`/v1/rounds/${round.id}/cancel`, body))
            let now
            do now = ok(await ann.get(`/v1/reservations/${id}`))
            while (now.status === 'confirmed')
            assert.deepEqual([now.cancelReason, now.reason], ['round_cancelled', told])
        }
    })

    test('says nothing to who gave a seat back before', async () => {
        const round = await makeRound(organizer, concert)
        const { id } = await bought(round)
        const before = ok(await ann.post(`/v1/reservations/${id}/cancel`))
        const startTime = fromNow(40 * DAY_MS)
        ok(await move(round, { startTime, freeCancelUntil: startTime, reason }))
        assert.deepEqual(ok(await ann.get(`/v1/reservations/${id}`)), before)
        ok(await organizer.post(`/v1/rounds/${round.id}/cancel`, { reason }))
        assert.deepEqual(ok(await ann.get(`/v1/reservations/${id}`)), before)
        assert.deepEqual([before.cancelReason, before.reason], ['buyer', null])
    })
})
