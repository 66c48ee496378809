// What concerts and rounds have besides: drafts, a place, limits and names of their own; and the lists
// by the state of the sale and by time.

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
    openHouse,
    seatsOf,
} from './support/people.mjs'

const DAY_MS = 86_400_000

let house, organizer, ann, anybody
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
    anybody = house.anybody
})
after(() => house.close())

const idsOf = answer => ok(answer).items.map(({ id }) => id)

describe('a draft', () => {
    let concert, round, paths
    before(async () => {
        concert = await makeConcert(organizer, { status: 'draft' })
        round = await makeRound(organizer, concert)
        paths = [
            `/v1/concerts/${concert.id}`,
            `/v1/concerts/${concert.id}/rounds`,
            `/v1/rounds/${round.id}`,
            `/v1/rounds/${round.id}/seats`,
            `/v1/rounds/${round.id}/map`,
            `/v1/rounds/${round.id}/plan`,
            `/v1/rounds/${round.id}/plan?v=1`,
            `/v1/rounds/${round.id}/availability`,
            `/v1/rounds/${round.id}/availability?since=1`,
        ]
    })

    test('is not there for the public, nor for buyers', async () => {
        for (const client of [anybody, ann])
            for (const path of paths) refused(await client.get(path), 404, 'not_found')
        assert.ok(!idsOf(await ann.get('/v1/concerts?limit=200')).includes(concert.id))
        assert.ok(!idsOf(await ann.get('/v1/rounds?limit=200')).includes(round.id))
    })

    test('is shown to organizers, and kept by no cache', async () => {
        for (const path of paths) {
            const answer = await organizer.get(path)
            ok(answer)
            assert.equal(answer.headers['cache-control'], 'no-store', path)
        }
        assert.equal(ok(await organizer.get(paths[0])).status, 'draft')
        assert.deepEqual(idsOf(await organizer.get(paths[1])), [round.id])
    })

    test('is listed for organizers who ask for drafts', async () => {
        assert.deepEqual(idsOf(await organizer.get('/v1/concerts?state=draft')), [concert.id])
        assert.ok(!idsOf(await organizer.get('/v1/concerts?limit=200')).includes(concert.id))
        refused(await ann.get('/v1/concerts?state=draft'), 403, 'forbidden')
        refused(await anybody.get('/v1/concerts?state=draft'), 401, 'unauthenticated')
    })

    test('sells nothing until it is published', async () => {
        await makeRound(organizer, await makeConcert(organizer)) // that somebody is let in
        await admitted(ann)
        const [seat] = ok(await organizer.get(paths[3])).items
        const wanted = { roundId: round.id, seatIds: [seat.id] }
        refused(await ann.post('/v1/reservations', wanted), 404, 'not_found')
        ok(await organizer.patch(paths[0], { status: 'published' }))
        for (const path of paths) ok(await anybody.get(path))
        ok(await hold(ann, round, seat), 201)
        refused(await organizer.patch(paths[0], { status: 'draft' }), 409, 'has_reservations')
        ok(await anybody.get(paths[0]))
    })
})

describe('a concert', () => {
    test('may have a place, limits and a name of its own', async () => {
        const own = {
            place: '올림픽공원 올림픽홀',
            maxSeatsPerReservation: 2,
            maxSeatsPerUser: 6,
            externalId: 'show-1',
        }
        const made = await makeConcert(organizer, own)
        assert.deepEqual({ ...made, ...own, status: 'published' }, made)
        const path = `/v1/concerts/${made.id}`
        assert.deepEqual(ok(await anybody.get(path)), made)
        const none = {
            place: null,
            maxSeatsPerReservation: null,
            maxSeatsPerUser: null,
            externalId: null,
        }
        assert.deepEqual(ok(await organizer.patch(path, { title: 'Other' })), {
            ...made,
            title: 'Other',
        })
        const without = ok(await organizer.patch(path, none))
        assert.deepEqual({ ...without, ...none }, without)
        assert.equal(ok(await organizer.patch(path, { place: '' })).place, null)
    })

    test('has an externalId that no other has', async () => {
        const one = await makeConcert(organizer, { externalId: 'one' })
        const two = await makeConcert(organizer, { externalId: 'two' })
        const again = {
            title: 'Again',
            description: '',
            reservationOpenAt: fromNow(0),
            reservationCloseAt: fromNow(DAY_MS),
            externalId: 'one',
        }
        refused(await organizer.post('/v1/concerts', again), 409, 'external_id_taken')
        const change = { externalId: 'one' }
        refused(await organizer.patch(`/v1/concerts/${two.id}`, change), 409, 'external_id_taken')
        ok(await organizer.delete(`/v1/concerts/${one.id}`), 204)
        assert.equal(
            ok(await organizer.patch(`/v1/concerts/${two.id}`, change)).externalId,
            'one'
        )
    })

    test('has limits that go before the house’s', async () => {
        const concert = await makeConcert(organizer, { maxSeatsPerUser: 1 })
        const round = await makeRound(organizer, concert)
        const bob = await buyer(house, 'bob')
        await admitted(bob)
        const [one, two] = await seatsOf(bob, round)
        const answer = refused(await hold(bob, round, one, two), 409, 'seat_limit')
        assert.equal(answer.limit, 1)
    })

    const outOfRange = [
        ['/status', { status: 'secret' }],
        ['/status', { status: null }],
        ['/status', { status: 1 }],
        ['/place', { place: 'p'.repeat(201) }],
        ['/place', { place: '\u200b' }],
        ['/maxSeatsPerReservation', { maxSeatsPerReservation: 0 }],
        ['/maxSeatsPerReservation', { maxSeatsPerReservation: 21 }],
        ['/maxSeatsPerUser', { maxSeatsPerUser: 1001 }],
        ['/maxSeatsPerUser', { maxSeatsPerUser: '4' }],
        ['/externalId', { externalId: '' }],
        ['/externalId', { externalId: ' a' }],
        ['/externalId', { externalId: 'e'.repeat(101) }],
    ]
    for (const [field, change] of outOfRange)
        test(`is not changed by ${JSON.stringify(change).slice(0, 60)}`, async () => {
            const { id } = await makeConcert(organizer)
            invalid(await organizer.patch(`/v1/concerts/${id}`, change), field)
        })
})

describe('lists', () => {
    test('of concerts by their sale', async () => {
        const sale = (from, to) => ({
            reservationOpenAt: fromNow(from * DAY_MS),
            reservationCloseAt: fromNow(to * DAY_MS),
        })
        const upcoming = await makeConcert(organizer, sale(1, 2))
        const onSale = await makeConcert(organizer, sale(-1, 1))
        const over = await makeConcert(organizer, sale(-2, -1))
        for (const [state, concert] of Object.entries({ upcoming, onSale, over })) {
            const others = [upcoming, onSale, over].filter(other => other !== concert)
            const ids = idsOf(await anybody.get(`/v1/concerts?limit=200&state=${state}`))
            assert.ok(ids.includes(concert.id), state)
            assert.ok(!others.some(({ id }) => ids.includes(id)), state)
        }
        invalid(await anybody.get('/v1/concerts?state=later'), 'state')
    })

    test('of all rounds by when they begin', async () => {
        const concert = await makeConcert(organizer)
        const at = ms => new Date(Date.UTC(2090, 0, 1) + ms).toISOString()
        const rounds = []
        for (const ms of [0, 1000, 1000, 2000])
            rounds.push(await makeRound(organizer, concert, { startTime: at(ms) }))
        const ids = rounds.map(({ id }) => id)
        const from = `from=${at(0)}`
        assert.deepEqual(idsOf(await anybody.get(`/v1/rounds?${from}`)), ids)
        assert.deepEqual(idsOf(await anybody.get(`/v1/rounds?${from}&to=${at(1000)}`)), [ids[0]])
        assert.deepEqual(
            idsOf(await anybody.get(`/v1/rounds?from=${at(1)}&to=${at(2000)}`)),
            ids.slice(1, 3)
        )
        const first = ok(await anybody.get(`/v1/rounds?${from}&limit=2`))
        const rest = `/v1/rounds?${from}&limit=2&cursor=${first.nextCursor}`
        assert.deepEqual([...first.items.map(({ id }) => id), ...idsOf(await anybody.get(rest))], ids)
        invalid(await anybody.get('/v1/rounds?from=tomorrow'), 'from')
    })
})
