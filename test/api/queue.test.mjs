// The waiting room: who is next, who is let in, and what its doors do.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyers,
    charge,
    fromNow,
    hold,
    leave,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

const HOUR_MS = 3_600_000

let house, organizer, ann, bob, cho, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob, cho] = await buyers(house, 'ann', 'bob', 'cho')
    await charge(ann, 1000)
})
after(() => house.close())

const queue = async () => ok(await house.anybody.get('/v1/queue'))
const change = async settings => ok(await organizer.patch('/v1/queue', settings))
const join = async (client, status) => ok(await client.post('/v1/queue/tokens'), status)
const everybodyLeaves = () => Promise.all([ann, bob, cho].map(leave))
// Public answers are published after a commit, so a change may show a moment later.
const queueBecomes = (what, condition) => until(what, async () => condition(await queue()))

describe('with nothing on sale', () => {
    test('the queue is closed, with the defaults of the design', async () => {
        const { status, openAt, serving, lastNumber, waiting, active, ...rest } = await queue()
        assert.deepEqual(
            [status, openAt, serving, lastNumber, waiting, active],
            ['closed', null, 0, 0, 0, 0]
        )
        assert.deepEqual(rest, {
            maxActive: 1000,
            admitPerSecond: 1000,
            silentSeconds: 120,
            activeSeconds: 600,
            waitSeconds: 3600,
            estimatedWaitSeconds: null,
            rounds: [],
            joinOpensAt: null,
            notice: null,
        })
    })

    test('joins are taken in order, and nobody is let in', async () => {
        const tokens = []
        for (const client of [ann, bob, cho]) tokens.push(await join(client, 201))
        assert.deepEqual(
            tokens.map(({ number, ahead, status }) => [number, ahead, status]),
            [
                [1, 0, 'waiting'],
                [2, 1, 'waiting'],
                [3, 2, 'waiting'],
            ]
        )
        const [first] = tokens
        assert.deepEqual(
            [first.activateAt, first.expiresAt, first.estimatedWaitSeconds, first.reason],
            [null, null, null, null]
        )
        assert.equal(first.pollAfterMs, 1000)
        const again = await join(ann, 200)
        assert.deepEqual(again, first)
        assert.deepEqual(ok(await ann.get(`/v1/queue/tokens/${first.id}`)), first)
        const now = await queue()
        assert.deepEqual([now.status, now.waiting, now.active, now.lastNumber], ['closed', 3, 0, 3])
    })

    test('who leaves makes the ones behind move up', async () => {
        const { id } = await join(bob, 200)
        ok(await bob.delete(`/v1/queue/tokens/${id}`), 204)
        assert.equal((await join(cho, 200)).ahead, 1)
        const left = ok(await bob.get(`/v1/queue/tokens/${id}`))
        assert.deepEqual(
            [left.status, left.reason, left.ahead, left.pollAfterMs],
            ['expired', 'left', 0, null]
        )
        ok(await bob.delete(`/v1/queue/tokens/${id}`), 204)
        refused(await bob.get('/v1/queue/tokens/current'), 404, 'not_found')
        const back = await join(bob, 201)
        assert.deepEqual([back.number, back.ahead], [4, 2])
        assert.notEqual(back.id, id)
    })

    test('once something is on sale, all are let in by themselves', async () => {
        round = await makeRound(organizer, await makeConcert(organizer))
        seats = await seatsOf(ann, round)
        const tokens = await Promise.all([ann, cho, bob].map(admitted))
        assert.deepEqual(
            tokens.map(({ number }) => number),
            [1, 3, 4]
        )
        await queueBecomes(
            'open',
            ({ status, serving, active }) => status === 'open' && serving === 4 && active === 3
        )
    })
})

describe('a door that is shut', () => {
    before(everybodyLeaves)

    test('by a pause', async () => {
        assert.equal((await change({ paused: true })).status, 'paused')
        const token = await join(ann, 201)
        assert.deepEqual([token.status, token.estimatedWaitSeconds], ['waiting', null])
        const now = await queue()
        assert.deepEqual([now.status, now.estimatedWaitSeconds], ['paused', null])
        await house.restart()
        assert.equal((await queue()).status, 'paused')
        assert.equal((await join(ann, 200)).status, 'waiting')
        assert.equal((await change({ paused: false })).status, 'open')
        assert.equal((await admitted(ann)).id, token.id)
        await leave(ann)
    })

    test('until a time that comes', async () => {
        const openAt = fromNow(HOUR_MS)
        const scheduled = await change({ openAt })
        assert.deepEqual([scheduled.status, scheduled.openAt], ['scheduled', openAt])
        assert.equal((await join(ann, 201)).status, 'waiting')
        assert.equal((await queue()).status, 'scheduled')
        await change({ openAt: fromNow(1000) })
        assert.equal((await join(ann, 200)).status, 'waiting')
        await admitted(ann)
        await queueBecomes('open', ({ status }) => status === 'open')
        await leave(ann)
        assert.equal((await change({ openAt: null })).openAt, null)
    })
})

describe('a small house', () => {
    before(async () => {
        await everybodyLeaves()
        await change({ maxActive: 1 })
    })
    after(async () => {
        await everybodyLeaves()
        await change({ maxActive: 1000 })
    })

    test('lets in one, and counts those ahead of the others', async () => {
        await admitted(ann)
        const [second, third] = [await join(bob, 201), await join(cho, 201)]
        assert.deepEqual([second.ahead, third.ahead], [0, 1])
        assert.equal(third.number, second.number + 1)
        const now = await queue()
        assert.deepEqual([now.active, now.waiting, now.maxActive], [1, 2, 1])
        refused(await hold(bob, round, seats[0]), 403, 'queue_token_not_active')
    })

    test('the next when one has paid', async () => {
        const reservation = ok(await hold(ann, round, seats[0]), 201)
        assert.equal((await join(bob, 200)).status, 'waiting')
        ok(await pay(ann, reservation), 201)
        await admitted(bob)
        assert.equal((await join(cho, 200)).ahead, 0)
    })

    test('but not while another hold of theirs is unpaid', async () => {
        const first = ok(await hold(bob, round, seats[1]), 201)
        const second = ok(await hold(bob, round, seats[2]), 201)
        await charge(bob, 200)
        ok(await pay(bob, first), 201)
        assert.equal((await join(bob, 200)).status, 'active')
        assert.equal((await join(cho, 200)).status, 'waiting')
        ok(await pay(bob, second), 201)
        await admitted(cho)
    })

    test('the next when one leaves, whose holds are released', async () => {
        const next = await join(ann, 201)
        const reservation = ok(await hold(cho, round, seats[3]), 201)
        await leave(cho)
        assert.equal((await admitted(ann)).id, next.id)
        const left = ok(await cho.get(`/v1/reservations/${reservation.id}`))
        assert.deepEqual([left.status, left.cancelReason], ['cancelled', 'left'])
        const state = ok(await house.anybody.get(`/v1/rounds/${round.id}/availability`))
        assert.equal(state.seats[3], 'a')
    })

    test('more when it grows', async () => {
        await join(bob, 201)
        await join(cho, 201)
        assert.equal((await queue()).waiting, 2)
        assert.equal((await change({ maxActive: 3 })).maxActive, 3)
        await Promise.all([bob, cho].map(admitted))
    })

    test('nobody is thrown out when it shrinks', async () => {
        await change({ maxActive: 1 })
        for (const client of [ann, bob, cho])
            assert.equal((await join(client, 200)).status, 'active')
        await leave(ann)
        await leave(bob)
        await join(ann, 201)
        assert.equal((await queue()).active, 1)
        assert.equal((await join(ann, 200)).status, 'waiting')
    })
})

describe('the rate of admission', () => {
    test('is kept', async () => {
        await everybodyLeaves()
        await change({ admitPerSecond: 1 })
        const tokens = []
        for (const client of [ann, bob, cho]) await client.post('/v1/queue/tokens')
        for (const client of [ann, bob, cho]) tokens.push(await admitted(client))
        const [first, , third] = tokens.map(({ activateAt }) => Date.parse(activateAt))
        // The burst is one second's worth: one at once, the others a second apart.
        assert.ok(third - first >= 1900, `${third - first} ms for two`)
        assert.ok(third - first < 5000, `${third - first} ms for two`)
        await change({ admitPerSecond: 1000 })
    })
})

describe('a change of the queue', () => {
    const ranges = { maxActive: [1, 1_000_000], admitPerSecond: [1, 1_000_000] }
    for (const name of ['silentSeconds', 'activeSeconds', 'waitSeconds'])
        ranges[name] = [10, 86_400]
    for (const [name, [least, most]] of Object.entries(ranges))
        test(`of ${name} stays in ${least}..${most}`, async () => {
            const { [name]: old } = await queue()
            for (const value of [least - 1, most + 1, -1, '10', 10.5, true])
                invalid(await organizer.patch('/v1/queue', { [name]: value }), `/${name}`)
            for (const value of [most, least, old])
                assert.equal((await change({ [name]: value }))[name], value)
        })

    test('is the organizer’s', async () => {
        refused(await ann.patch('/v1/queue', { paused: true }), 403, 'forbidden')
        refused(await house.anybody.patch('/v1/queue', { paused: true }), 401, 'unauthenticated')
        invalid(await organizer.patch('/v1/queue', { openAt: 'soon' }), '/openAt')
    })

    test('of which nothing is right changes nothing', async () => {
        const before = await queue()
        invalid(
            await organizer.patch('/v1/queue', { maxActive: 7, waitSeconds: 9 }),
            '/waitSeconds'
        )
        assert.equal((await queue()).maxActive, before.maxActive)
    })

    test('shows in the next answer and outlives the server', async () => {
        await change({ waitSeconds: 1234 })
        await house.restart()
        assert.equal((await queue()).waitSeconds, 1234)
        await change({ waitSeconds: 3600 })
    })
})

describe('a token', () => {
    test('that is not there', async () => {
        refused(await ann.get(`/v1/queue/tokens/${nobody('token')}`), 404, 'not_found')
        refused(await ann.delete(`/v1/queue/tokens/${nobody('token')}`), 404, 'not_found')
        refused(await house.anybody.post('/v1/queue/tokens'), 401, 'unauthenticated')
    })

    test('may be polled five times as often as it says, not more', async () => {
        await leave(ann)
        const { id, pollAfterMs } = await admitted(ann)
        assert.equal(pollAfterMs, 5000)
        const answers = []
        for (let i = 0; i < 20; i++) answers.push(await ann.get(`/v1/queue/tokens/${id}`))
        const late = answers.filter(({ status }) => status === 429)
        assert.ok(late.length > 0, 'never refused')
        for (const answer of late) refused(answer, 429, 'too_many_requests')
        assert.equal(answers[0].status, 200)
        // Other requests, and other people, are not held up by it.
        ok(await ann.get('/v1/points'))
        await admitted(bob)
        ok(await bob.get('/v1/queue/tokens/current'))
    })
})
