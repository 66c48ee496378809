// What concerts and rounds refuse.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyer,
    fromNow,
    hold,
    makeConcert,
    makeRound,
    nobody,
    oneSection,
    openHouse,
    seatsOf,
} from './support/people.mjs'

const DAY_MS = 86_400_000

let house, organizer, ann, concert
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
    concert = await makeConcert(organizer)
})
after(() => house.close())

const goodConcert = {
    title: 'Winter songs',
    description: '',
    reservationOpenAt: fromNow(0),
    reservationCloseAt: fromNow(DAY_MS),
}
const goodRound = { startTime: fromNow(DAY_MS), sections: [oneSection] }
const seat = { seatNumber: '1', price: 1 }

describe('concerts', () => {
    test('are the organizer’s to make and to change', async () => {
        const { anybody } = house
        const tries = client => [
            client.post('/v1/concerts', goodConcert),
            client.patch(`/v1/concerts/${concert.id}`, { title: 'Mine' }),
            client.delete(`/v1/concerts/${concert.id}`),
            client.post(`/v1/concerts/${concert.id}/rounds`, goodRound),
        ]
        for (const answer of await Promise.all(tries(ann))) refused(answer, 403, 'forbidden')
        for (const answer of await Promise.all(tries(anybody)))
            refused(answer, 401, 'unauthenticated')
        refused(
            await ann.post(`/v1/concerts/${nobody('concert')}/rounds`, goodRound),
            403,
            'forbidden'
        )
        assert.equal(ok(await anybody.get(`/v1/concerts/${concert.id}`)).title, concert.title)
    })

    const outOfRange = [
        ['/title', { title: '' }],
        ['/title', { title: 't'.repeat(201) }],
        ['/title', { title: ' \u200b ' }],
        ['/title', { title: '\u202eretniW' }],
        ['/description', { description: '\u200d' }],
        ['/description', { description: 'a\u0085b' }],
        ['/description', { description: 'd'.repeat(10001) }],
        ['/reservationOpenAt', { reservationOpenAt: 'tomorrow' }],
        ['/reservationCloseAt', { reservationCloseAt: goodConcert.reservationOpenAt }],
        ['/reservationCloseAt', { reservationCloseAt: fromNow(-DAY_MS) }],
    ]
    for (const [field, change] of outOfRange)
        test(`made with ${JSON.stringify(change).slice(0, 60)}`, async () => {
            invalid(await organizer.post('/v1/concerts', { ...goodConcert, ...change }), field)
        })

    test('changed so that they close before they open', async () => {
        const path = `/v1/concerts/${concert.id}`
        const late = fromNow(1000 * DAY_MS)
        refused(await organizer.patch(path, { reservationOpenAt: late }), 422, 'invalid_field')
        const early = '2001-01-01T00:00:00Z'
        refused(await organizer.patch(path, { reservationCloseAt: early }), 422, 'invalid_field')
        assert.deepEqual(ok(await organizer.patch(path, {})), concert)
    })

    test('with the longest texts are fine', async () => {
        const title = '공'.repeat(200)
        const description = '연'.repeat(10000)
        const made = ok(
            await organizer.post('/v1/concerts', { ...goodConcert, title, description }),
            201
        )
        assert.deepEqual(ok(await house.anybody.get(`/v1/concerts/${made.id}`)), made)
        assert.equal(made.description, description)
    })

    test('that are not there', async () => {
        const path = `/v1/concerts/${nobody('concert')}`
        refused(await house.anybody.get(path), 404, 'not_found')
        refused(await house.anybody.get(`${path}/rounds`), 404, 'not_found')
        refused(await organizer.patch(path, { title: 'x' }), 404, 'not_found')
        refused(await organizer.post(`${path}/rounds`, goodRound), 404, 'not_found')
        refused(await organizer.delete(path), 404, 'not_found')
    })

    test('are deleted with their rounds while nothing was reserved', async () => {
        const made = await makeConcert(organizer)
        const round = await makeRound(organizer, made)
        ok(await organizer.delete(`/v1/concerts/${made.id}`), 204)
        const gone = [
            `/v1/concerts/${made.id}`,
            `/v1/rounds/${round.id}`,
            `/v1/rounds/${round.id}/seats`,
        ]
        for (const path of gone) refused(await house.anybody.get(path), 404, 'not_found')
        const { items } = ok(await house.anybody.get('/v1/concerts'))
        assert.ok(!items.some(({ id }) => id === made.id))
        refused(await organizer.delete(`/v1/concerts/${made.id}`), 404, 'not_found')
    })
})

describe('rounds', () => {
    const make = (change, path = `/v1/concerts/${concert.id}/rounds`) =>
        organizer.post(path, { startTime: goodRound.startTime, ...change })

    const section = change => ({ sections: [{ ...oneSection, ...change }] })
    const seats = (...changes) => ({
        seats: changes.map((change, index) => ({ seatNumber: `${index}`, price: 1, ...change })),
    })
    const outOfRange = [
        ['/sections/0/rows', section({ rows: 0 })],
        ['/sections/0/seatsPerRow', section({ seatsPerRow: 0 })],
        ['/sections/0/price', section({ price: -1 })],
        ['/sections/0/price', section({ price: 100_000_001 })],
        ['/sections/0/name', section({ name: '' })],
        ['/sections/0/name', section({ name: '  ' })],
        ['/sections/0/name', section({ name: 'A\u200b' })],
        ['/sections/0/grade', section({ grade: '\u3164' })],
        ['/sections/0/colour', section({ colour: 'red' })],
        ['/sections', { sections: [] }],
        ['/sections', { sections: {} }],
        ['/seats', { seats: [] }],
        ['/seats/0', { seats: ['1'] }],
        ['/seats/1/price', seats({}, { price: -1 })],
        ['/seats/1/seatNumber', seats({}, { seatNumber: '' })],
        ['/seats/1/seatNumber', seats({}, { seatNumber: '   ' })],
        ['/seats/1/row', seats({}, { row: '\u202e3' })],
        ['/seats/1/section', seats({}, { section: '\u200d' })],
        ['/seats/1/seatNumber', seats({ seatNumber: '가 3' }, { seatNumber: ' 가 3\u3000' })],
        ['/seats/1/accessible', seats({}, { accessible: 'yes' })],
        ['/seats/1/x', seats({}, { x: '1', y: 1 })],
        ['/seats/1/seatNumber', seats({ seatNumber: 'same' }, { seatNumber: 'same' })],
    ]
    for (const [field, change] of outOfRange)
        test(`made with ${JSON.stringify(change).slice(0, 90)}`, async () => {
            invalid(await make(change), field)
        })

    test('with faulty rows: all are counted, a hundred named', async () => {
        const some = (count, change) =>
            seats(...Array.from({ length: count }, (_, n) => (n % 2 === 0 ? change : {})))
        const errors = async body => {
            const problem = refused(await make(body), 422, 'invalid_field')
            return [problem.errors, problem.errorCount]
        }
        const [few, none] = await errors(some(200, { price: -1 }))
        assert.deepEqual([few.length, none], [100, undefined])
        const [named, all] = await errors(some(1001, { price: -1 }))
        assert.equal(all, 501)
        assert.deepEqual(
            named.map(({ field }) => field),
            Array.from({ length: 100 }, (_, n) => `/seats/${2 * n}/price`)
        )
        const [same, sameCount] = await errors(some(601, { seatNumber: 'same' }))
        assert.deepEqual([same.length, sameCount], [100, 300])
        assert.deepEqual(same[99], {
            field: '/seats/200/seatNumber',
            rule: 'same_number',
            message: 'is the number of /seats/0 too',
            other: '/seats/0',
        })
        const [x, xCount] = await errors(seats({ x: 1_000_001, y: 0 }))
        assert.deepEqual([x.map(({ field }) => field), xCount], [['/seats/0/x'], undefined])
    })

    test('in which one chair is two seats', async () => {
        const chair = { section: 'S', row: '3', number: '12' }
        const [error, ...more] = refused(
            await make(seats({}, chair, {}, { ...chair, number: ' 12 ' })),
            422,
            'invalid_field'
        ).errors
        assert.deepEqual(more, [])
        assert.deepEqual(error, {
            field: '/seats/3',
            rule: 'same_place',
            message: 'has the section, row and number of /seats/1',
            other: '/seats/1',
        })
        invalid(await make(seats({ seatNumber: 'A' }, { seatNumber: 'A ' })), '/seats/1/seatNumber')
        invalid(await make(seats({ seatNumber: '   ' })), '/seats/0/seatNumber')
        invalid(await make(seats({ section: ' ' })), '/seats/0/section')
    })

    test('of what another round shows of its seats', async () => {
        const whole = { seatNumber: 'x'.repeat(64), price: 3, section: 'S', row: '1', number: '1' }
        const first = ok(await make({ seats: [whole, { ...seat, x: 1, y: 2 }] }), 201)
        const shown = async ({ id }) =>
            ok(await house.anybody.get(`/v1/rounds/${id}/seats`)).items.map(
                ({ id, concertRoundId, status, ...rest }) => rest
            )
        const taken = ok(await make({ seats: await shown(first) }), 201)
        assert.deepEqual(await shown(taken), await shown(first))
        assert.equal((await shown(first))[1].row, null)
        invalid(await make(seats({ seatNumber: null })), '/seats/0/seatNumber')
        invalid(await make(seats({ seatNumber: 'x'.repeat(65) })), '/seats/0/seatNumber')
    })

    test('made with neither or both of sections and seats', async () => {
        refused(await make({}), 422, 'invalid_field')
        refused(await make({ sections: [oneSection], seats: [seat] }), 422, 'invalid_field')
    })

    test('with two sections that number seats alike', async () => {
        refused(await make({ sections: [oneSection, oneSection] }), 422, 'invalid_field')
    })

    test('of more than 200,000 seats, in one section or many', async () => {
        const rows = 1000
        refused(await make(section({ rows, seatsPerRow: 201 })), 422, 'invalid_field')
        const many = ['A', 'B', 'C'].map(name => ({ ...oneSection, name, rows, seatsPerRow: 100 }))
        refused(await make({ sections: many }), 422, 'invalid_field')
        const huge = { rows: 2 ** 31, seatsPerRow: 2 ** 31 }
        refused(await make(section(huge)), 422, 'invalid_field')
    })

    test('that are not there', async () => {
        const path = `/v1/rounds/${nobody('round')}`
        for (const part of ['', '/seats', '/map', '/availability'])
            refused(await house.anybody.get(path + part), 404, 'not_found')
        refused(await organizer.patch(path, { startTime: fromNow(DAY_MS) }), 404, 'not_found')
        refused(await organizer.delete(path), 404, 'not_found')
    })

    test('are changed and deleted by the organizer while nothing was reserved', async () => {
        const round = await makeRound(organizer, concert)
        const path = `/v1/rounds/${round.id}`
        const startTime = fromNow(40 * DAY_MS)
        refused(await ann.patch(path, { startTime }), 403, 'forbidden')
        refused(await ann.delete(path), 403, 'forbidden')
        ok(await organizer.patch(path, { startTime }), 204)
        assert.equal(ok(await house.anybody.get(path)).startTime, startTime)
        ok(await organizer.delete(path), 204)
        refused(await house.anybody.get(path), 404, 'not_found')
    })

    test('its prices, where they make no sense', async () => {
        const round = await makeRound(organizer, await makeConcert(organizer), { grade: 'VIP' })
        const path = `/v1/rounds/${round.id}`
        const patch = prices => organizer.patch(path, { prices })
        for (const wrong of [{}, [], 'VIP', 7]) invalid(await patch(wrong), '/prices')
        for (const price of [-1, 100000001, 1.5, '7', null])
            invalid(await patch({ VIP: price }), '/prices/VIP')
        invalid(await patch({ VIP: 7, R: 8 }), '/prices')
        const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`g${i}`, i]))
        invalid(await patch(many), '/prices')
        refused(await ann.patch(path, { prices: { VIP: 7 } }), 403, 'forbidden')
        assert.equal((await seatsOf(ann, round))[0].price, 100)
    })

    test('once something was reserved, and their start while somebody holds it', async () => {
        const own = await makeConcert(organizer)
        const round = await makeRound(organizer, own)
        await admitted(ann)
        const [first] = await seatsOf(ann, round)
        const reservation = ok(await hold(ann, round, first), 201)
        const start = () =>
            organizer.patch(`/v1/rounds/${round.id}`, { startTime: fromNow(DAY_MS) })
        const tries = async () => {
            refused(await organizer.delete(`/v1/rounds/${round.id}`), 409, 'has_reservations')
            refused(await organizer.delete(`/v1/concerts/${own.id}`), 409, 'has_reservations')
        }
        await tries()
        const { detail } = refused(await start(), 409, 'has_reservations')
        assert.match(detail, /\/v1\/rounds\/\{id\}\/move/)
        ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
        await tries()
        ok(await start(), 204)
        await house.restart()
        await tries()
    })
})
