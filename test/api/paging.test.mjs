// Lists in pages: every row once, in order, whatever the size of a page and whatever is added
// meanwhile.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
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

const HOUR_MS = 3_600_000

// Walks a list by pages of `limit`; `between` happens after the first page.
async function walk(client, path, limit, between = async () => {}) {
    const items = []
    const sizes = []
    let cursor = ''
    do {
        const joint = path.includes('?') ? '&' : '?'
        const page = ok(await client.get(`${path}${joint}limit=${limit}${cursor}`))
        items.push(...page.items)
        sizes.push(page.items.length)
        if (sizes.length === 1) await between()
        cursor = page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`
        assert.ok(sizes.length < 1000, 'the pages never end')
    } while (cursor)
    // Full pages, and no empty one at the end.
    assert.ok(sizes.slice(0, -1).every(size => size === limit))
    assert.ok(sizes.at(-1) > 0 || sizes.length === 1)
    return items
}

const ids = items => items.map(({ id }) => id)

describe('lists', () => {
    let house, organizer, ann, concerts, rounds, seats
    const made = { reservations: [], payments: [], entries: [] }

    before(async () => {
        ;({ house, organizer } = await openHouse())
        ;[ann] = await buyers(house, 'ann', 'bob')
        concerts = []
        for (const hour of [3, 1, 2, 5, 4, 6]) {
            const reservationOpenAt = fromNow(-hour * HOUR_MS)
            concerts.push(await makeConcert(organizer, { reservationOpenAt }))
        }
        concerts.sort((a, b) => (a.reservationOpenAt < b.reservationOpenAt ? -1 : 1))
        rounds = []
        for (const day of [40, 33, 37, 35, 36, 39])
            rounds.push(
                await makeRound(organizer, concerts[0], { startTime: fromNow(day * 24 * HOUR_MS) })
            )
        rounds.sort((a, b) => (a.startTime < b.startTime ? -1 : 1))
        seats = await seatsOf(ann, rounds[0])
        for (let i = 0; i < 6; i++) {
            made.entries.unshift(await charge(ann, 100))
            await admitted(ann)
            const round = rounds[i]
            const [first] = await seatsOf(ann, round)
            const reservation = ok(await hold(ann, round, first), 201)
            const payment = ok(await pay(ann, reservation), 201)
            made.reservations.unshift(ok(await ann.get(`/v1/reservations/${reservation.id}`)))
            made.payments.unshift(payment)
            const { items } = ok(await ann.get('/v1/points/entries?limit=1'))
            made.entries.unshift(items[0])
        }
    })
    after(() => house.close())

    const lists = {
        concerts: () => [house.anybody, '/v1/concerts', concerts],
        rounds: () => [house.anybody, `/v1/concerts/${concerts[0].id}/rounds`, rounds],
        seats: () => [house.anybody, `/v1/rounds/${rounds[0].id}/seats`, seats],
        reservations: () => [ann, '/v1/reservations', made.reservations],
        payments: () => [ann, '/v1/payments', made.payments],
        entries: () => [ann, '/v1/points/entries', made.entries],
    }
    for (const [name, list] of Object.entries(lists)) {
        test(`${name} come whole and in order, by pages of any size`, async () => {
            const [client, path, expected] = list()
            assert.deepEqual(ids(ok(await client.get(path)).items), ids(expected))
            for (const limit of [1, 2, 3, 4, 6, 12, 200]) {
                const items = await walk(client, path, limit)
                assert.deepEqual(ids(items), ids(expected), `limit ${limit}`)
            }
        })

        test(`${name} refuse a bad limit and a bad cursor`, async () => {
            const [client, path] = list()
            const top = name === 'seats' ? 1000 : 200
            for (const limit of [
                '0',
                '-1',
                String(top + 1),
                '1.5',
                'ten',
                '%20',
                '1e1',
                '99999999999999999999',
            ])
                invalid(await client.get(`${path}?limit=${limit}`), 'limit')
            for (const cursor of ['x', '%20', '!!', 'A'.repeat(500)])
                invalid(await client.get(`${path}?cursor=${cursor}`), 'cursor')
            ok(await client.get(`${path}?limit=${top}`))
            ok(await client.get(`${path}?limit=&cursor=`)) // empty ones count as absent
        })

        test(`${name} refuse a parameter that they do not have, and one that comes twice`, async () => {
            const [client, path] = list()
            invalid(await client.get(`${path}?limti=1`), 'limti')
            invalid(await client.get(`${path}?limit=1&limit=1`), 'limit')
            invalid(await client.get(`${path}?limit=1&=2`), '')
        })
    }

    test('the default page has 50', async () => {
        const round = await makeRound(organizer, concerts[1], { rows: 2, seatsPerRow: 30 })
        const page = ok(await house.anybody.get(`/v1/rounds/${round.id}/seats`))
        assert.equal(page.items.length, 50)
        assert.equal((await walk(house.anybody, `/v1/rounds/${round.id}/seats`, 50)).length, 60)
    })

    test('rows added while one reads do not disturb the rest', async () => {
        const expected = ids(made.entries)
        const items = await walk(ann, '/v1/points/entries', 4, async () => {
            made.entries.unshift(await charge(ann, 1))
        })
        assert.deepEqual(ids(items), expected)
        assert.deepEqual(ids(await walk(ann, '/v1/points/entries', 4)), ids(made.entries))
    })

    test('a page of a status', async () => {
        const last = made.reservations[0]
        ok(await ann.post(`/v1/reservations/${last.id}/cancel`))
        const confirmed = await walk(ann, '/v1/reservations?status=confirmed', 2)
        assert.deepEqual(ids(confirmed), ids(made.reservations.slice(1)))
        const cancelled = ok(await ann.get('/v1/reservations?status=cancelled')).items
        assert.deepEqual(ids(cancelled), [last.id])
    })

    test('an organizer finds any user’s rows, by user, round and time', async () => {
        const who = `userId=${ann.user.id}`
        assert.deepEqual(
            ids(await walk(organizer, `/v1/reservations?${who}`, 4)),
            ids(made.reservations)
        )
        assert.deepEqual(ids(await walk(organizer, `/v1/payments?${who}`, 4)), ids(made.payments))
        const [newest, second, third] = made.payments
        const of = `roundId=${rounds[2].id}`
        const inRound = ok(await organizer.get(`/v1/reservations?${of}`)).items
        assert.deepEqual(ids(inRound), [made.reservations[3].id])
        const confirmed = ok(
            await organizer.get(`/v1/reservations?${who}&status=confirmed&${of}`)
        ).items
        assert.deepEqual(ids(confirmed), [made.reservations[3].id])
        // Half-open: the end does not belong to it.
        const span = `from=${third.paidAt}&to=${newest.paidAt}`
        const payments = ids(ok(await organizer.get(`/v1/payments?${who}&${span}`)).items)
        assert.ok(payments.includes(third.id) && payments.includes(second.id), payments.join())
        assert.ok(!payments.includes(newest.id) || newest.paidAt === second.paidAt)
        for (const list of ['reservations', 'payments', 'points/entries']) {
            invalid(await organizer.get(`/v1/${list}?from=yesterday`), 'from')
            const turned = 'from=2027-02-01T00:00:00.001Z&to=2027-02-01T00:00:00Z'
            const problem = refused(await organizer.get(`/v1/${list}?${turned}`), 422, 'invalid_field')
            assert.deepEqual(problem.errors.map(({ field, rule }) => [field, rule]), [['from', 'after_to']])
            const same = 'from=2027-02-01T01:00:00%2B01:00&to=2027-02-01T00:00:00Z'
            assert.deepEqual(ok(await organizer.get(`/v1/${list}?${same}`)).items, [])
            invalid(await organizer.get(`/v1/${list}?to=2026-01-01T00:00:00`), 'to')
            invalid(await organizer.get(`/v1/${list}?userId=x`), 'userId')
        }
    })

    test('an organizer finds users', async () => {
        const everybody = await walk(organizer, '/v1/users', 1)
        assert.deepEqual(everybody.map(({ email }) => email).sort(), [
            'ann@example.com',
            'bob@example.com',
            'boss@example.com',
        ])
        const found = ok(await organizer.get('/v1/users?email=ANN%40example.com')).items
        assert.deepEqual(ids(found), [ann.user.id])
        assert.deepEqual(ok(await organizer.get('/v1/users?email=nobody%40example.com')).items, [])
        assert.deepEqual(ok(await organizer.get(`/v1/users/${ann.user.id}`)), ann.user)
        refused(await organizer.get(`/v1/users/${nobody('user')}`), 404, 'not_found')
    })

    test('users and reservations are searched', async () => {
        const users = async q => ids(ok(await organizer.get(`/v1/users?q=${q}`)).items)
        assert.deepEqual(await users('ANN'), [ann.user.id])
        assert.deepEqual(await users('nn%40exam'), [ann.user.id])
        assert.deepEqual(await users('%20ann%40example.com'), [ann.user.id])
        assert.deepEqual(await users(ann.user.id), [ann.user.id])
        assert.deepEqual(await users('nobody'), [])
        assert.equal((await walk(organizer, '/v1/users?q=EXAMPLE', 1)).length, 3)

        const found = async query =>
            ids(ok(await organizer.get(`/v1/reservations?${query}`)).items)
        const [newest, second] = made.reservations
        assert.deepEqual(await found('q=ann'), ids(made.reservations))
        assert.deepEqual(await found('q=ann%40example.com'), ids(made.reservations))
        assert.deepEqual(await found('q=bob'), [])
        assert.deepEqual(await found(`q=${second.id}`), [second.id])
        assert.deepEqual(await found(`q=${newest.seats[0].seatNumber.toLowerCase()}`), ids(made.reservations))
        assert.deepEqual(await found('q=B-99'), [])
        assert.deepEqual(await found(`q=ann&roundId=${rounds[2].id}`), [made.reservations[3].id])
        assert.deepEqual(await found(`q=ann&concertId=${concerts[0].id}`), ids(made.reservations))
        assert.deepEqual(await found(`concertId=${concerts[1].id}`), [])
        assert.deepEqual(await found(`concertId=${nobody('concert')}`), [])
        const byTwo = await walk(organizer, `/v1/reservations?concertId=${concerts[0].id}`, 2)
        assert.deepEqual(ids(byTwo), ids(made.reservations))
        // One's own, by the same words.
        const own = ok(await ann.get(`/v1/reservations?q=${second.id}`)).items
        assert.deepEqual(ids(own), [second.id])
        const csv = await organizer.get('/v1/exports/reservations.csv?reason=test&q=ann')
        assert.equal(csv.text.trim().split('\r\n').length, 1 + made.reservations.length)
    })

    test('a search that is none is refused', async () => {
        for (const q of ['', '%20', '%ff', 'x'.repeat(255)]) {
            invalid(await organizer.get(`/v1/users?q=${q}`), 'q')
            invalid(await organizer.get(`/v1/reservations?q=${q}`), 'q')
        }
        invalid(await organizer.get('/v1/reservations?concertId=x'), 'concertId')
        refused(await ann.get('/v1/users?q=bob'), 403, 'forbidden')
        for (const [list, parameter] of [['users', 'externalId'], ['points/entries', 'reference'], ['actions', 'object']])
            for (const text of ['', '%ff', 'x'.repeat(300)])
                invalid(await organizer.get(`/v1/${list}?${parameter}=${text}`), parameter)
        invalid(await organizer.get('/v1/users?q'), 'q')
        // Of all else an empty value is none.
        ok(await organizer.get('/v1/reservations?roundId=&status=&from=&limit='))
    })

    test('payments of a round are those for its seats', async () => {
        for (const [index, payment] of made.payments.toReversed().entries()) {
            const path = `/v1/payments?roundId=${rounds[index].id}`
            assert.deepEqual(ids(ok(await organizer.get(path)).items), [payment.id])
            assert.deepEqual(ids(ok(await ann.get(path)).items), [payment.id])
        }
        assert.deepEqual(ok(await organizer.get(`/v1/payments?roundId=${nobody('round')}`)).items, [])
        invalid(await organizer.get(`/v1/payments?roundId=${nobody('concert')}`), 'roundId')
    })

    test('entries by kind and by reference', async () => {
        const charged = { userId: ann.user.id, amount: 5, reference: 'till 4' }
        const first = ok(await organizer.post('/v1/points/charges', charged), 201)
        const second = ok(await ann.post('/v1/points/charges', { amount: 1, reference: 'till 4' }), 201)
        const adjusted = { ...charged, amount: -2, reference: 'till 5', reason: 'two too many' }
        const third = ok(await organizer.post('/v1/points/adjustments', adjusted), 201)
        const found = async query => ids(ok(await organizer.get(`/v1/points/entries?${query}`)).items)
        assert.deepEqual(await found('reference=till%204'), [second.id, first.id])
        assert.deepEqual(await found('reference=till'), [])
        assert.deepEqual(await found('kind=adjustment'), [third.id])
        assert.deepEqual(await found('kind=refund&reference=till%204'), [])
        assert.deepEqual(await found('kind=charge&reference=till%205'), [])
        assert.deepEqual((await found('kind=payment')).length, 6)
        invalid(await organizer.get('/v1/points/entries?kind=gift'), 'kind')
        invalid(await organizer.get(`/v1/points/entries?reference=${'r'.repeat(101)}`), 'reference')
        invalid(await organizer.get('/v1/points/entries?reference=%ff'), 'reference')
        const csv = await organizer.get('/v1/exports/entries.csv?reason=test&reference=till%204')
        assert.equal(csv.text.trim().split('\r\n').length, 3)
    })

    test('users by the id that another system gave', async () => {
        assert.deepEqual(ok(await organizer.get('/v1/users?externalId=shop-1')).items, [])
        invalid(await organizer.get(`/v1/users?externalId=${'x'.repeat(101)}`), 'externalId')
    })
})
