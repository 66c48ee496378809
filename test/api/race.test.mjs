// Two hundred people want the same twenty seats at once.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import {
    balance,
    hold,
    makeConcert,
    makeRound,
    openHouse,
    pay,
    seatsOf,
    seedBuyers,
} from './support/people.mjs'
import { admitted } from './support/people.mjs'

const PEOPLE = 200
const SEATS = 20
const PRICE = 100
const POINTS = 250

let house, organizer, people, concert
before(async () => {
    const prepare = async house => (people = await seedBuyers(house, PEOPLE, POINTS))
    ;({ house, organizer } = await openHouse({}, { prepare }))
    concert = await makeConcert(organizer)
})
after(() => house.close())

const sale = async seatsPerRow => {
    const round = await makeRound(organizer, concert, { rows: 1, seatsPerRow, price: PRICE })
    // Nobody is let in but to a free seat: here is one for each, beside those that they race for.
    await makeRound(organizer, concert, { rows: 1, seatsPerRow: PEOPLE, price: PRICE })
    await Promise.all(people.map(admitted))
    return { round, seats: await seatsOf(organizer, round) }
}

// The same for every run, different for every person.
const shuffled = (list, seed) => {
    const order = list.map((item, index) => [
        Math.imul(seed * 31 + index + 1, 2654435761) >>> 0,
        item,
    ])
    return order.sort((a, b) => a[0] - b[0]).map(([, item]) => item)
}

test('each seat is sold once, everybody else is told, and the money adds up', async () => {
    const { round, seats } = await sale(SEATS)
    const before = await Promise.all(people.map(balance))
    // Everybody goes for one seat after another until one is theirs, and pays.
    const buy = async (client, person) => {
        for (const seat of shuffled(seats, person)) {
            const answer = await hold(client, round, seat)
            if (answer.status === 201) return ok(await pay(client, answer.body), 201)
            const problem = refused(answer, 409, 'seat_unavailable')
            assert.deepEqual(
                problem.conflicts.map(({ seatId }) => seatId),
                [seat.id]
            )
        }
        return null
    }
    const payments = (await Promise.all(people.map(buy))).filter(payment => payment !== null)
    assert.equal(payments.length, SEATS)

    const reservations = ok(
        await organizer.get(`/v1/reservations?roundId=${round.id}&limit=200`)
    ).items
    assert.equal(reservations.length, SEATS)
    assert.ok(reservations.every(({ status }) => status === 'confirmed'))
    const sold = reservations.flatMap(reservation => reservation.seats.map(({ seatId }) => seatId))
    assert.deepEqual(sold.sort(), seats.map(({ id }) => id).sort())
    const state = ok(await organizer.get(`/v1/rounds/${round.id}/availability`))
    assert.deepEqual([state.available, state.held, state.sold], [0, 0, SEATS])

    const after = await Promise.all(people.map(balance))
    const paid = new Set(payments.map(({ userId }) => userId))
    people.forEach(({ user }, person) =>
        assert.equal(after[person], before[person] - (paid.has(user.id) ? PRICE : 0))
    )
})

test('four seats at once go to one person or to nobody', async () => {
    const { round, seats } = await sale(4)
    const answers = await Promise.all(
        people.map((client, person) => hold(client, round, ...shuffled(seats, person)))
    )
    const held = answers.filter(({ status }) => status === 201)
    assert.equal(held.length, 1)
    for (const answer of answers) {
        if (answer.status === 201) continue
        const { conflicts } = refused(answer, 409, 'seat_unavailable')
        assert.equal(conflicts.length, 4)
    }
})

test('one hold is paid once, however often one asks at once', async () => {
    const { round, seats } = await sale(1)
    const [client] = people
    const reservation = ok(await hold(client, round, seats[0]), 201)
    const before = await balance(client)
    const answers = await Promise.all(Array.from({ length: 4 }, () => pay(client, reservation)))
    const paid = answers.filter(({ status }) => status === 201)
    assert.equal(paid.length, 1)
    for (const answer of answers) {
        if (answer.status === 201) continue
        assert.equal(refused(answer, 409, 'reservation_not_pending').paymentId, paid[0].body.id)
    }
    assert.equal(await balance(client), before - PRICE)
})

test('one person joins once, however often they ask at once', async () => {
    const client = people.at(-1)
    const { id } = await admitted(client)
    ok(await client.delete(`/v1/queue/tokens/${id}`), 204)
    const answers = await Promise.all(
        Array.from({ length: 4 }, () => client.post('/v1/queue/tokens'))
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 201])
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
})

test('and the books are right', async () => {
    await house.stop()
    await house.check()
})
