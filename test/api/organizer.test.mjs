// A round that is on sale, in the organizer's hands: cancelled, seats blocked, sales told.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { sql } from './support/house.mjs'
import {
    admitted,
    balance,
    buy,
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

let house, organizer, ann, bob, concert, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse({ 'refund-until-seconds': 0 }))
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    for (const client of [ann, bob]) await charge(client, 10_000)
    concert = await makeConcert(organizer)
    round = await makeRound(organizer, concert)
    seats = await seatsOf(organizer, round)
})
after(() => house.close())

const at = ({ id }, what) => `/v1/rounds/${id}/${what}`
const salesOf = async round => ok(await organizer.get(at(round, 'sales')))
const ids = some => some.map(({ id }) => id)
const block = (round, some) => organizer.post(at(round, 'seats/block'), { seatIds: ids(some) })
const unblock = (round, some) => organizer.post(at(round, 'seats/unblock'), { seatIds: ids(some) })

describe('who may', () => {
    const tries = async (client, round) => [
        await client.post(at(round, 'cancel')),
        await client.post(at(round, 'pause')),
        await client.post(at(round, 'resume')),
        await client.post(at(round, 'seats/block'), { seatIds: [seats[0].id] }),
        await client.post(at(round, 'seats/unblock'), { seatIds: [seats[0].id] }),
        await client.get(at(round, 'sales')),
    ]
    test('no buyer, and nobody who is not signed in', async () => {
        for (const answer of await tries(ann, round)) refused(answer, 403, 'forbidden')
        for (const answer of await tries(house.anybody, round))
            refused(answer, 401, 'unauthenticated')
    })
    test('the organizer, where there is such a round', async () => {
        for (const answer of await tries(organizer, { id: nobody('round') }))
            refused(answer, 404, 'not_found')
    })
})

describe('blocking', () => {
    test('takes seats off sale, and puts them back', async () => {
        const own = await makeRound(organizer, concert)
        const [first, second, third, fourth] = await seatsOf(organizer, own)
        await admitted(ann)
        const reservation = ok(await hold(ann, own, first), 201)
        await buy(bob, own, second)
        assert.deepEqual(ok(await block(own, [first, second, third, fourth])), {
            changed: 2,
            refusedCount: 2,
            refused: [
                { seatId: first.id, status: 'held' },
                { seatId: second.id, status: 'sold' },
            ],
        })
        assert.deepEqual(ok(await block(own, [third])), { changed: 0, refusedCount: 0, refused: [] })
        const { seats: states } = ok(await house.anybody.get(at(own, 'availability')))
        assert.equal(states.slice(0, 5), 'hsbba')
        assert.deepEqual(
            refused(await hold(ann, own, third), 409, 'seat_unavailable').conflicts.map(({ seatId }) => seatId),
            [third.id]
        )
        assert.deepEqual(ok(await unblock(own, [first, third])), {
            changed: 1,
            refusedCount: 1,
            refused: [{ seatId: first.id, status: 'held' }],
        })
        ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
        ok(await hold(ann, own, third), 201)
    })

    test('is of one round’s seats', async () => {
        const [stranger] = await seatsOf(organizer, await makeRound(organizer, concert))
        for (const move of [block, unblock])
            invalid(await move(round, [seats[0], stranger]), '/seatIds/1')
        assert.equal((await salesOf(round)).blocked, 0)
    })

    test('is of one to a thousand seats, each once', async () => {
        const path = at(round, 'seats/block')
        invalid(await organizer.post(path, {}), '')
        invalid(await organizer.post(path, { seatIds: [seats[0].id], row: '1' }), '')
        invalid(await organizer.post(path, { seatIds: [] }), '/seatIds')
        invalid(await organizer.post(path, { seatIds: ['seat_1'] }), '/seatIds/0')
        invalid(await organizer.post(path, { seatIds: [round.id] }), '/seatIds/0')
        invalid(await organizer.post(path, { seatIds: [seats[0].id], why: 1 }), '/why')
        invalid(await block(round, [seats[0], seats[1], seats[0]]), '/seatIds/2')
        const hall = await makeRound(organizer, concert, { rows: 11, seatsPerRow: 100 })
        const { id } = ok(await organizer.get(at(hall, 'map')))
        const post = seatIds => organizer.post(at(hall, 'seats/block'), { seatIds })
        invalid(await post(id.slice(0, 1001)), '/seatIds')
        assert.equal(ok(await post(id.slice(0, 1000))).changed, 1000)
    })

    test('may be of a section, a row and a grade, however many seats these have', async () => {
        const block = (name, rows, grade) => ({ name, rows, seatsPerRow: 500, price: 1, grade })
        const hall = ok(
            await organizer.post(`/v1/concerts/${concert.id}/rounds`, {
                startTime: fromNow(3_600_000_000),
                sections: [block('A', 5, 'R'), block('B', 2, 'S')],
            }),
            201
        )
        const ask = (move, wanted) => organizer.post(at(hall, `seats/${move}`), wanted)
        const blocked = async () => (await salesOf(hall)).blocked
        assert.deepEqual(ok(await ask('block', { section: 'A' })), { changed: 2500, refusedCount: 0, refused: [] })
        assert.equal(await blocked(), 2500)
        assert.equal(ok(await ask('unblock', { row: '1' })).changed, 500)
        assert.equal(ok(await ask('block', { section: 'B', row: '2', grade: 'S' })).changed, 500)
        assert.equal(ok(await ask('block', { section: 'B', grade: 'R' })).changed, 0)
        assert.equal(await blocked(), 2500)
        const { id } = ok(await organizer.get(at(hall, 'map')))
        await admitted(ann)
        const reservation = ok(await hold(ann, hall, { id: id[0] }), 201)
        assert.deepEqual(ok(await ask('block', { grade: 'R' })), {
            changed: 499,
            refusedCount: 1,
            refused: [{ seatId: id[0], status: 'held' }],
        })
        ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
        const headers = { 'idempotency-key': 'a section' }
        for (const changed of [2499, 0]) {
            const answer = await organizer.post(at(hall, 'seats/unblock'), { section: 'A' }, headers)
            assert.equal(ok(answer).changed, changed)
            assert.equal(answer.headers['idempotency-replayed'], undefined)
        }
        refused(await ann.post(at(hall, 'seats/block'), { section: 'A' }), 403, 'forbidden')
        refused(await organizer.post(`/v1/rounds/${nobody('round')}/seats/block`, { section: 'A' }), 404, 'not_found')
        invalid(await ask('block', { section: '' }), '/section')
    })

    test('under a key is done once, and tells what is so by now', async () => {
        const own = await makeRound(organizer, concert)
        const some = (await seatsOf(organizer, own)).slice(0, 2)
        const ask = () =>
            organizer.post(
                at(own, 'seats/block'),
                { seatIds: ids(some) },
                { 'idempotency-key': `block ${own.id}` }
            )
        assert.deepEqual(ok(await ask()), { changed: 2, refusedCount: 0, refused: [] })
        ok(await unblock(own, some))
        await admitted(ann)
        const reservation = ok(await hold(ann, own, some[0]), 201)
        const again = await ask()
        assert.equal(again.headers['idempotency-replayed'], 'true')
        const taken = [{ seatId: some[0].id, status: 'held' }]
        assert.deepEqual(ok(again), { changed: 2, refusedCount: 1, refused: taken })
        assert.equal((await salesOf(own)).blocked, 0)
        ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
    })
})

describe('sales', () => {
    test('are counted by seats, and in points that were not given back', async () => {
        const own = await makeRound(organizer, concert)
        const [first, second, third, fourth] = await seatsOf(organizer, own)
        const counts = { roundId: own.id, totalSeatCnt: 30, refundsPending: 0 }
        const none = { available: 30, held: 0, sold: 0, blocked: 0, revenue: 0 }
        assert.deepEqual(await salesOf(own), { ...counts, ...none })
        const bought = await buy(ann, own, first, second)
        await buy(bob, own, third)
        ok(await block(own, [fourth]))
        const some = { available: 26, held: 0, sold: 3, blocked: 1, revenue: 300 }
        assert.deepEqual(await salesOf(own), { ...counts, ...some })
        ok(await ann.post(`/v1/reservations/${bought.id}/cancel`))
        const left = { available: 28, held: 0, sold: 1, blocked: 1, revenue: 100 }
        assert.deepEqual(await salesOf(own), { ...counts, ...left })
        await house.restart()
        assert.deepEqual(await salesOf(own), { ...counts, ...left })
    })
})

describe('pausing a round', () => {
    test('stops what is new, not what is held, and shows', async () => {
        const own = await makeRound(organizer, concert)
        const [first, second] = await seatsOf(organizer, own)
        await admitted(bob)
        const held = ok(await hold(bob, own, first), 201)
        const paused = { ...own, availableSeatCnt: 29, paused: true }
        assert.deepEqual(ok(await organizer.post(at(own, 'pause'))), paused)
        assert.deepEqual(ok(await organizer.post(at(own, 'pause'), {})), paused)
        assert.deepEqual(ok(await house.anybody.get(`/v1/rounds/${own.id}`)), paused)
        refused(await hold(bob, own, second), 409, 'round_paused')
        ok(await pay(bob, held), 201)
        await house.restart()
        await admitted(bob)
        refused(await hold(bob, own, second), 409, 'round_paused')
        assert.deepEqual(ok(await organizer.post(at(own, 'resume'))), { ...paused, paused: false })
        ok(await hold(bob, own, second), 201)
    })

    test('comes after the seats, and before how many one may have', async () => {
        const own = await makeRound(organizer, concert)
        const some = await seatsOf(organizer, own)
        await admitted(bob)
        ok(await organizer.post(at(own, 'pause')))
        invalid(await hold(bob, own, some[0], seats[0]), '/seatIds/1')
        refused(await hold(bob, own, ...some.slice(0, 5)), 409, 'round_paused')
    })

    test('is over once it is cancelled', async () => {
        const own = await makeRound(organizer, concert)
        ok(await organizer.post(at(own, 'cancel')))
        for (const what of ['pause', 'resume'])
            refused(await organizer.post(at(own, what)), 409, 'round_cancelled')
        refused(await organizer.patch(`/v1/rounds/${own.id}`, { doorsAt: null }), 409, 'round_cancelled')
        invalid(await organizer.post(at(own, 'pause'), { until: null }), '/until')
    })
})

describe('cancelling a round', () => {
    test('gives everything back, and takes nothing any more', async () => {
        const own = await makeRound(organizer, concert)
        const [first, second, third] = await seatsOf(organizer, own)
        const had = await balance(bob)
        const bought = await buy(bob, own, first)
        await admitted(ann)
        const held = ok(await hold(ann, own, second), 201)
        const cancelled = { ...own, status: 'cancelled', availableSeatCnt: 0 }
        assert.deepEqual(ok(await organizer.post(at(own, 'cancel'))), cancelled)
        refused(await hold(ann, own, third), 409, 'round_cancelled')
        await until('the refund', async () => (await salesOf(own)).sold === 0)
        refused(await pay(ann, held), 409, 'round_cancelled')
        assert.equal(await balance(bob), had)
        for (const [client, { id }] of [
            [ann, held],
            [bob, bought],
        ]) {
            const { status, cancelReason } = ok(await client.get(`/v1/reservations/${id}`))
            assert.deepEqual([status, cancelReason], ['cancelled', 'round_cancelled'])
        }
        assert.deepEqual(ok(await organizer.post(at(own, 'cancel'))), cancelled)
    })

    test('takes an empty body or {}', async () => {
        const own = await makeRound(organizer, concert)
        invalid(await organizer.post(at(own, 'cancel'), { why: 'rain' }), '/why')
        ok(await organizer.post(at(own, 'cancel'), {}))
    })

    test('that was over long ago is refused: its refunds are closed', async () => {
        const own = await makeRound(organizer, concert)
        await buy(bob, own, ...(await seatsOf(organizer, own)).slice(0, 1))
        await house.stop()
        const key = (await house.usher(['id', own.id])).stdout
        const start = Date.now() - 2 * DAY_MS
        const earlier = `UPDATE concert_round SET start_time = ${start} WHERE id = ${key}`
        await sql(`${house.data}/usher.db`, earlier)
        await house.start()
        refused(await organizer.post(at(own, 'cancel')), 409, 'refund_closed')
        refused(await organizer.get(at(own, 'sales')), 404, 'not_found')
        refused(await block(own, seats.slice(0, 1)), 422, 'invalid_field')
    })
})
