// Reservations with what they name, in one answer: whose they are, and what their seats are like.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    invited,
    makeConcert,
    nobody,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'

const DAY_MS = 86_400_000

let house, organizer, reader, ann, bob, bought, held, seats
before(async () => {
    ;({ house, organizer } = await openHouse())
    reader = await invited(organizer, 'rea', ['read'])
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    await charge(ann, 1000)
    const concert = await makeConcert(organizer)
    const startTime = new Date(Date.now() + 30 * DAY_MS).toISOString()
    const chairs = [
        { seatNumber: 'A-1', section: 'A', row: '1', number: '1', grade: 'R', price: 300, accessible: true },
        { seatNumber: 'A-2', section: 'A', row: '1', number: '2', price: 200, companion: true },
        { seatNumber: 'box', price: 100, restrictedView: true },
    ]
    const path = `/v1/concerts/${concert.id}/rounds`
    const round = ok(await organizer.post(path, { startTime, seats: chairs }), 201)
    seats = await seatsOf(organizer, round)
    await admitted(ann)
    const first = ok(await hold(ann, round, seats[0], seats[1]), 201)
    ok(await pay(ann, first), 201)
    await admitted(bob)
    held = ok(await hold(bob, round, seats[2]), 201)
    bought = ok(await ann.get(`/v1/reservations/${first.id}`))
})
after(() => house.close())

// What a seat is like, of the seat as the round's own list shows it.
const natureOf = ({ section, row, number, grade, accessible, companion, restrictedView }) => ({
    section,
    row,
    number,
    grade,
    accessible,
    companion,
    restrictedView,
})

const expandedOf = (reservation, user, chairs) => ({
    ...reservation,
    seats: reservation.seats.map((seat, i) => ({ ...seat, seat: chairs && natureOf(chairs[i]) })),
    user,
})

test('who may read all is shown whose they are and what the seats are like', async () => {
    for (const client of [organizer, reader]) {
        const { items, nextCursor } = ok(await client.get('/v1/reservations?expand=user,seats'))
        assert.deepEqual(items, [
            expandedOf(held, bob.user, [seats[2]]),
            expandedOf(bought, ann.user, seats.slice(0, 2)),
        ])
        assert.equal(nextCursor, null)
        const one = await client.get(`/v1/reservations/${bought.id}?expand=seats,user`)
        assert.deepEqual(ok(one), items[1])
    }
})

test('either alone leaves the other null', async () => {
    const list = async expand => ok(await organizer.get(`/v1/reservations?expand=${expand}`)).items
    assert.deepEqual(await list('user'), [
        expandedOf(held, bob.user, null),
        expandedOf(bought, ann.user, null),
    ])
    assert.deepEqual((await list('seats'))[1], expandedOf(bought, null, seats.slice(0, 2)))
    const one = await organizer.get(`/v1/reservations/${held.id}?expand=user`)
    assert.deepEqual(ok(one), expandedOf(held, bob.user, null))
})

test('it goes with filters, searches and pages, and is the same from the tables', async () => {
    const list = async query => ok(await organizer.get(`/v1/reservations?expand=user,seats&${query}`))
    const wanted = expandedOf(bought, ann.user, seats.slice(0, 2))
    const asked = async () => {
        assert.deepEqual((await list('q=ann')).items, [wanted])
        assert.deepEqual((await list('status=confirmed')).items, [wanted])
        const page = await list('limit=1')
        assert.deepEqual(page.items, [expandedOf(held, bob.user, [seats[2]])])
        assert.deepEqual((await list(`limit=1&cursor=${page.nextCursor}`)).items, [wanted])
    }
    await asked()
    await house.restart()
    await asked()
})

test('buyers expand their own, and find nobody else’s', async () => {
    const wanted = expandedOf(bought, ann.user, seats.slice(0, 2))
    assert.deepEqual(ok(await ann.get('/v1/reservations?expand=user,seats')).items, [wanted])
    assert.deepEqual(ok(await ann.get(`/v1/reservations/${bought.id}?expand=user,seats`)), wanted)
    for (const id of [held.id, nobody('reservation')])
        refused(await ann.get(`/v1/reservations/${id}?expand=user`), 404, 'not_found')
    refused(await organizer.get(`/v1/reservations/${nobody('reservation')}?expand=user`), 404, 'not_found')
})

test('what cannot be expanded is refused, and nothing is without the scope', async () => {
    const path = `/v1/reservations/${bought.id}`
    for (const expand of ['round', 'user,', 'user,round', 'User', 'user;seats', '%C3%A4'])
        for (const each of ['/v1/reservations', path])
            invalid(await organizer.get(`${each}?expand=${expand}`), 'expand')
    invalid(await organizer.get(`${path}?expand=user&expand=seats`), 'expand')
    for (const other of ['/v1/payments', '/v1/users', '/v1/points/entries', '/v1/exports/reservations.csv'])
        invalid(await organizer.get(`${other}?expand=user`), 'expand')
    const { secret } = ok(await organizer.post('/v1/api-keys', { name: 'shop', scopes: ['stats'] }), 201)
    const key = new Client(house, { token: secret })
    const teller = await invited(organizer, 'tel', ['stats'])
    refused(await key.get('/v1/reservations?expand=user'), 403, 'scope_required')
    for (const client of [key, teller])
        refused(await client.get(`${path}?expand=user`), 403, 'scope_required')
    assert.deepEqual(ok(await teller.get('/v1/reservations?expand=user')).items, [])
    refused(await house.anybody.get('/v1/reservations?expand=user'), 401, 'unauthenticated')
    // Nothing that was asked for without a value: a plain reservation.
    assert.deepEqual(ok(await organizer.get(`${path}?expand=`)), bought)
})
