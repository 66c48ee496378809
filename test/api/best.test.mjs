// The best seats side by side, for who names none.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import { admitted, buyers, fromNow, makeConcert, openHouse } from './support/people.mjs'

const DAY_MS = 86_400_000

let house, organizer, concert, ann, bob
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    concert = await makeConcert(organizer)
    await makeHall('a'.repeat(20)) // something to be let in for
    await admitted(ann)
    await admitted(bob)
})
after(() => house.close())

// A row a text: a letter a seat, A accessible, c for a companion, v with a restricted view.
const hallOf = rows =>
    rows.flatMap((letters, row) =>
        [...letters].map((letter, i) => ({
            seatNumber: `${row + 1}-${i + 1}`,
            section: row < 2 ? 'Floor' : 'Balcony',
            row: `${row + 1}`,
            number: `${i + 1}`,
            grade: row % 2 === 0 ? 'R' : 'S',
            price: 100,
            accessible: letter === 'A',
            companion: letter === 'c',
            restrictedView: letter === 'v',
        }))
    )

const makeHall = async (...rows) =>
    ok(
        await organizer.post(`/v1/concerts/${concert.id}/rounds`, {
            startTime: fromNow(30 * DAY_MS),
            seats: hallOf(rows),
        }),
        201
    )

const best = (client, round, bestAvailable, headers) =>
    client.post('/v1/reservations', { roundId: round.id, bestAvailable }, headers)
const numbers = answer => ok(answer, 201).seats.map(({ seatNumber }) => seatNumber)

test('people are seated together, row by row, and no seat is left alone', async () => {
    const round = await makeHall('aaaaa', 'aaaa', 'aaa')
    assert.deepEqual(numbers(await best(ann, round, { count: 3 })), ['1-1', '1-2', '1-3'])
    assert.deepEqual(numbers(await best(bob, round, { count: 3 })), ['2-1', '2-2', '2-3'])
    refused(await best(bob, round, { count: 4 }), 409, 'seat_limit')
    const other = { count: 1, section: 'Balcony', grade: 'S' }
    refused(await best(bob, round, other), 409, 'no_adjacent_seats')
    assert.deepEqual(numbers(await best(bob, round, { ...other, section: 'Floor' })), ['2-4'])
    assert.deepEqual(numbers(await best(ann, round, { count: 1, section: 'Balcony' })), ['3-1'])
})

test('wheelchairs have their places, and who comes with them sits beside', async () => {
    const round = await makeHall('AaaA', 'aAcA')
    assert.deepEqual(numbers(await best(ann, round, { count: 2 })), ['1-2', '1-3'])
    assert.deepEqual(numbers(await best(bob, round, { count: 2, wheelchairs: 1 })), ['2-3', '2-4'])
})

test('what is shown of the seats says whom they are for', async () => {
    const round = await makeHall('Acva')
    const { items } = ok(await ann.get(`/v1/rounds/${round.id}/seats`))
    const map = ok(await ann.get(`/v1/rounds/${round.id}/map`))
    for (const [field, wanted] of [
        ['accessible', [true, false, false, false]],
        ['companion', [false, true, false, false]],
        ['restrictedView', [false, false, true, false]],
    ]) {
        assert.deepEqual(items.map(seat => seat[field]), wanted)
        assert.deepEqual(map[field], wanted)
    }
})

test('under one key the same seats come back, also after a restart', async () => {
    const round = await makeHall('aaaa')
    const headers = { 'idempotency-key': 'two of the best' }
    const first = ok(await best(ann, round, { count: 2 }, headers), 201)
    await house.restart()
    const again = await best(ann, round, { count: 2 }, headers)
    assert.deepEqual(ok(again, 201), first)
    assert.equal(again.headers['idempotency-replayed'], 'true')
    await admitted(bob)
    assert.deepEqual(numbers(await best(bob, round, { count: 2 })), ['1-3', '1-4'])
})
