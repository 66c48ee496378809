// What only time does to tokens: silence, the end of a turn, giving up. The least that a setting
// allows is ten seconds, so these run side by side, each in a house of its own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import {
    admitted,
    buyers,
    hold,
    leave,
    makeConcert,
    makeRound,
    openHouse,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

// A house with something on sale. The people's names are for sign-up.
async function open(t, settings, ...names) {
    const { house, organizer } = await openHouse(settings)
    t.after(() => house.close())
    const people = await buyers(house, ...names)
    const round = await makeRound(organizer, await makeConcert(organizer))
    return { house, organizer, people, round, seats: await seatsOf(organizer, round) }
}

const join = async client => (await client.post('/v1/queue/tokens')).body
const heard = client => client.get('/v1/points')
const tokenOf = async (client, id) => ok(await client.get(`/v1/queue/tokens/${id}`))

// Watches the public queue, which makes nobody heard, until `active` people are in.
const untilActive = (house, active) =>
    until(
        `${active} active`,
        async () => ok(await house.anybody.get('/v1/queue')).active === active
    )

// `others` keep making themselves heard while `silent` time passes for the rest.
async function silence(seconds, ...others) {
    const end = Date.now() + seconds * 1000
    await until(
        `${seconds} s of silence`,
        async () => {
            await Promise.all(others.map(heard))
            return Date.now() > end
        },
        { everyMs: 500 }
    )
}

describe('time', { concurrency: true }, () => {
    test('passes over the silent, who keep their number and are next when heard', async t => {
        const settings = { 'max-active': 1, 'silent-seconds': 10 }
        const { people } = await open(t, settings, 'ann', 'bob', 'cho', 'dan')
        const [ann, bob, cho, dan] = people
        await admitted(ann)
        const [silent, third] = [await join(bob), await join(cho)]
        assert.equal(third.ahead, 1)
        await silence(11, ann, cho)
        await leave(ann)
        await admitted(cho)
        await join(dan)
        const back = await tokenOf(bob, silent.id)
        assert.deepEqual([back.status, back.number, back.ahead], ['waiting', silent.number, 0])
        assert.equal((await join(dan)).ahead, 1)
        await leave(cho)
        assert.equal((await admitted(bob)).number, silent.number)
        assert.equal((await join(dan)).status, 'waiting')
    })

    test('ends the turn of the silent, unless they hold seats', async t => {
        const settings = { 'silent-seconds': 10, 'hold-seconds': 60 }
        const { house, people, round, seats } = await open(t, settings, 'ann', 'bob')
        const [ann, bob] = people
        const [quiet, holding] = [await admitted(ann), await admitted(bob)]
        const reservation = ok(await hold(bob, round, seats[0]), 201)
        await untilActive(house, 1)
        const ended = await tokenOf(ann, quiet.id)
        assert.deepEqual([ended.status, ended.reason], ['expired', 'silent'])
        assert.equal((await tokenOf(bob, holding.id)).status, 'active')
        assert.equal(ok(await bob.get(`/v1/reservations/${reservation.id}`)).status, 'pending')
    })

    test('ends a turn, but not while a hold lives', async t => {
        const settings = { 'active-seconds': 10, 'hold-seconds': 14 }
        const { people, round, seats } = await open(t, settings, 'ann', 'bob')
        const [ann, bob] = people
        const [idle, holding] = [await admitted(ann), await admitted(bob)]
        const length = Date.parse(idle.expiresAt) - Date.parse(idle.activateAt)
        assert.equal(length, 10_000)
        const first = ok(await hold(bob, round, seats[0]), 201)
        assert.equal((await join(bob)).expiresAt, first.expiresAt)
        await silence(11, ann, bob)
        const ended = await tokenOf(ann, idle.id)
        assert.deepEqual([ended.status, ended.reason], ['expired', 'timed_out'])
        refused(await hold(ann, round, seats[1]), 403, 'queue_token_required')
        assert.equal((await tokenOf(bob, holding.id)).status, 'active')
        refused(await hold(bob, round, seats[1]), 403, 'queue_token_not_active')
        ok(await bob.post(`/v1/reservations/${first.id}/cancel`))
        const over = await until('the end of the turn', async () => {
            const answer = await bob.get(`/v1/queue/tokens/${holding.id}`)
            return answer.status === 200 && answer.body.status === 'expired' && answer.body
        })
        assert.equal(over.reason, 'timed_out')
    })

    test('gives up for those who wait and are never heard', async t => {
        const settings = { 'max-active': 1, 'silent-seconds': 10, 'wait-seconds': 10 }
        const { house, people } = await open(t, settings, 'ann', 'bob')
        const [ann, bob] = people
        await admitted(ann)
        const waiting = await join(bob)
        await until(
            'the end of the wait',
            async () => {
                await heard(ann)
                return ok(await house.anybody.get('/v1/queue')).waiting === 0
            },
            { everyMs: 500 }
        )
        const ended = await tokenOf(bob, waiting.id)
        assert.deepEqual([ended.status, ended.reason], ['expired', 'abandoned'])
        assert.equal((await tokenOf(ann, (await join(ann)).id)).status, 'active')
    })
})
