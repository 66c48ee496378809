// GET /v1/changes: what happened, once, in order, each with the object as it then was; who waits for
// the next, who comes too late, and who may.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { sql } from './support/house.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    metrics,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, ann
before(async () => {
    ;({ house, organizer } = await openHouse({ 'refund-until-seconds': 0 }))
    ;[ann] = await buyers(house, 'ann')
})
after(() => house.close())

const changes = (query = {}) => organizer.get(`/v1/changes?${new URLSearchParams(query)}`)

// Everything from the cursor on, in pages, until what `done` waits for is there.
async function follow(cursor, done, query = {}) {
    const items = []
    for (;;) {
        const page = ok(await changes({ wait: 25, ...query, ...(cursor && { cursor }) }))
        items.push(...page.items)
        cursor = page.nextCursor
        if (done(items)) return { items, cursor }
        assert.ok(page.items.length > 0, 'nothing came, though something is to come')
    }
}

// Where the next change will stand.
async function atEnd() {
    const last = ok(await organizer.post('/v1/concerts', concertBody), 201)
    const { cursor } = await follow(undefined, items => items.some(item => item.objectId === last.id))
    return cursor
}

const concertBody = {
    title: 'A mark',
    description: '',
    reservationOpenAt: '2026-01-01T00:00:00Z',
    reservationCloseAt: '2099-01-01T00:00:00Z',
}

const types = items => items.map(({ type }) => type)
const of = (items, id) => items.filter(({ objectId }) => objectId === id)

describe('what happened', () => {
    test('comes in the order in which it happened, with the object as it then was', async () => {
        const cursor = await atEnd()
        const concert = await makeConcert(organizer)
        const round = await makeRound(organizer, concert)
        const seats = await seatsOf(organizer, round)
        const entry = await charge(ann, 1_000_000)
        const token = await admitted(ann)
        const held = ok(await hold(ann, round, seats[0], seats[1]), 201)
        const paid = ok(await pay(ann, held), 201)
        const cancelled = ok(await organizer.post(`/v1/reservations/${held.id}/cancel`))
        await organizer.post(`/v1/rounds/${round.id}/seats/block`, { seatIds: [seats[2].id] })
        await organizer.post(`/v1/rounds/${round.id}/seats/unblock`, { seatIds: [seats[2].id] })
        await organizer.post(`/v1/rounds/${round.id}/pause`)
        await organizer.post(`/v1/rounds/${round.id}/resume`)
        ok(await organizer.patch('/v1/queue', { maxActive: 77 }))
        ok(await organizer.patch(`/v1/concerts/${concert.id}`, { title: 'Another' }))
        await organizer.post(`/v1/rounds/${round.id}/cancel`)
        const { items } = await follow(cursor, all => types(all).includes('round.cancelled'))

        assert.deepEqual(types(of(items, concert.id)), ['concert.created', 'concert.changed'])
        assert.deepEqual(types(of(items, round.id)), [
            'round.created',
            'round.paused',
            'round.resumed',
            'round.cancelled',
        ])
        assert.deepEqual(types(of(items, held.id)), [
            'reservation.held',
            'reservation.confirmed',
            'reservation.cancelled',
        ])
        assert.deepEqual(types(of(items, paid.id)), ['payment.succeeded', 'payment.cancelled'])
        assert.deepEqual(types(of(items, token.id)), ['token.activated', 'token.ended'])
        assert.deepEqual(types(of(items, seats[2].id)), ['seat.blocked', 'seat.unblocked'])
        assert.deepEqual(
            types(items.filter(({ type }) => type.startsWith('points.'))),
            ['points.charged', 'points.spent', 'points.refunded'],
        )

        const [first, second, third] = of(items, held.id)
        assert.deepEqual(first.data, held)
        assert.deepEqual(second.data, {
            ...held,
            status: 'confirmed',
            usedPoints: held.amount,
            paymentId: paid.id,
            tickets: cancelled.tickets.map(ticket => ({ ...ticket, status: 'valid' })),
        })
        assert.equal(cancelled.tickets.length, 2)
        assert.deepEqual(third.data, { ...cancelled, calendarUrl: null })
        for (const { roundId, userId } of [first, second, third])
            assert.deepEqual([roundId, userId], [round.id, ann.user.id])
        assert.deepEqual(of(items, entry.id)[0].data, entry)
        const [succeeded] = of(items, paid.id)
        assert.deepEqual(succeeded.data, paid)
        assert.equal(succeeded.roundId, round.id)
        const queue = items.find(({ type }) => type === 'queue.changed')
        assert.equal(queue.objectId, null)
        assert.equal(queue.data.maxActive, 77)
        const [blocked] = of(items, seats[2].id)
        assert.deepEqual(blocked.data, { ...seats[2], status: 'blocked' })
        assert.deepEqual(of(items, concert.id)[0].data, concert)

        const ids = items.map(({ id }) => id)
        assert.deepEqual(ids, [...new Set(ids)].sort(), 'each once, and ids in order')
        const at = items.map(each => each.at)
        assert.deepEqual(at, [...at].sort())
    })

    test('shows a round and a token as their routes do, but for what is worked out', async () => {
        const cursor = await atEnd()
        const round = await makeRound(organizer, await makeConcert(organizer))
        await admitted((await buyers(house, 'cleo'))[0])
        const { items } = await follow(cursor, all => types(all).includes('token.activated'))
        const { availableSeatCnt, ...shown } = ok(await organizer.get(`/v1/rounds/${round.id}`))
        assert.ok(availableSeatCnt > 0)
        assert.deepEqual(of(items, round.id)[0].data, shown)
        const active = items.find(({ type }) => type === 'token.activated')
        const { ahead, estimatedWaitSeconds, pollAfterMs, soldOut, lastNewHoldAt, ...token } = ok(
            await organizer.get(`/v1/queue/tokens/${active.objectId}`)
        )
        assert.deepEqual([ahead, estimatedWaitSeconds, pollAfterMs], [0, null, 5000])
        assert.deepEqual([soldOut, typeof lastNewHoldAt], [false, 'string'])
        assert.deepEqual(active.data, token)
    })

    test('tells of what was deleted that it is', async () => {
        const cursor = await atEnd()
        const concert = await makeConcert(organizer)
        const round = await makeRound(organizer, concert)
        ok(await organizer.delete(`/v1/rounds/${round.id}`), 204)
        ok(await organizer.delete(`/v1/concerts/${concert.id}`), 204)
        const { items } = await follow(cursor, all => types(all).includes('concert.deleted'))
        const [, deleted] = of(items, round.id)
        assert.deepEqual([deleted.type, deleted.data, deleted.roundId], ['round.deleted', null, round.id])
        assert.equal(of(items, concert.id)[1].data, null)
    })
})

describe('pages', () => {
    test('of any size are the same in the end', async () => {
        const whole = await follow(undefined, () => true, { limit: 200 })
        const all = ok(await changes({ limit: 200 })).items
        assert.deepEqual(whole.items, all)
        let cursor
        const one = []
        while (one.length < all.length) {
            const page = ok(await changes({ limit: 1, ...(cursor && { cursor }) }))
            assert.equal(page.items.length, 1)
            one.push(...page.items)
            cursor = page.nextCursor
        }
        assert.deepEqual(one, all)
    })

    test('have only the types that are asked for', async () => {
        const all = ok(await changes({ limit: 200 })).items
        const some = ok(await changes({ limit: 200, types: 'reservation.held,points.spent' }))
        assert.deepEqual(
            some.items,
            all.filter(({ type }) => ['reservation.held', 'points.spent'].includes(type)),
        )
        assert.deepEqual(ok(await changes({ types: 'points.adjusted' })).items, [])
    })

    test('go on after a restart where they were', async () => {
        const before = ok(await changes({ limit: 200 }))
        await house.stop()
        await house.start()
        assert.deepEqual(ok(await changes({ limit: 200 })), before)
        const concert = await makeConcert(organizer)
        const { items } = await follow(before.nextCursor, all => all.length > 0)
        assert.deepEqual(types(items), ['concert.created'])
        assert.equal(items[0].objectId, concert.id)
    })
})

describe('waiting', () => {
    test('ends with the next change', async () => {
        const cursor = await atEnd()
        const waits = changes({ cursor, wait: 25 })
        const concert = await makeConcert(organizer)
        const page = ok(await waits)
        assert.deepEqual(page.items.map(({ objectId }) => objectId), [concert.id])
    })

    test('is not ended by a change of another type', async () => {
        const cursor = await atEnd()
        const waits = changes({ cursor, wait: 25, types: 'queue.changed' })
        await makeConcert(organizer)
        await follow(cursor, all => all.length > 0)
        ok(await organizer.patch('/v1/queue', { maxActive: 78 }))
        assert.deepEqual(types(ok(await waits).items), ['queue.changed'])
    })

    test('ends with nothing when the time is over', async () => {
        const cursor = await atEnd()
        const page = ok(await changes({ cursor, wait: 1, types: 'points.adjusted' }))
        assert.deepEqual(page.items, [])
        const { items } = await follow(page.nextCursor, () => true, { wait: 0 })
        assert.deepEqual(items, [])
    })

    test('does not keep the server from stopping', async () => {
        const cursor = await atEnd()
        const waits = changes({ cursor, wait: 25 })
        await until('somebody waits', async () =>
            /^usher_change_waits 1$/m.test(await metrics(organizer))
        )
        const before = performance.now()
        await house.stop()
        assert.ok(performance.now() - before < 8000, 'it waited for who waits')
        const page = ok(await waits)
        assert.deepEqual([page.items, page.nextCursor], [[], cursor])
        await house.start()
    })
})

describe('refusals', () => {
    test('nobody but who may read', async () => {
        refused(await ann.get('/v1/changes'), 403, 'forbidden')
        refused(await house.anybody.get('/v1/changes'), 401, 'unauthenticated')
    })

    test('parameters that are none', async () => {
        for (const [name, value] of [
            ['types', 'reservation.held,'],
            ['types', 'reservation'],
            ['wait', '26'],
            ['wait', '-1'],
            ['wait', '1.5'],
            ['limit', '201'],
            ['cursor', 'x'],
        ])
            invalid(await changes({ [name]: value }), name)
        const { nextCursor } = ok(await organizer.get('/v1/concerts?limit=1'))
        invalid(await changes({ cursor: nextCursor }), 'cursor')
    })

    test('a cursor whose changes are gone', async () => {
        const { nextCursor: early } = ok(await changes({ limit: 1 }))
        const { nextCursor: last } = ok(await changes({ limit: 200 }))
        await house.stop()
        await sql(join(house.data, 'usher.db'), 'DELETE FROM change WHERE first < (SELECT max(first) FROM change)')
        await house.start()
        refused(await changes({ cursor: early }), 410, 'changes_gone')
        assert.deepEqual(ok(await changes({ cursor: last })).items, [])
        const { items } = ok(await changes())
        assert.ok(items.length > 0, 'without a cursor it begins with the oldest')
    })

    test('a cursor of another house', async () => {
        const { nextCursor } = ok(await changes({ limit: 200 }))
        const { house: other, organizer: boss } = await openHouse()
        try {
            refused(await boss.get(`/v1/changes?cursor=${nextCursor}`), 410, 'changes_gone')
        } finally {
            await other.close()
        }
    })
})
