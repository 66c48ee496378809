// GET /v1/stats and its series: how the house is now, and how it was second by second.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

let house, organizer, ann, reservation
before(async () => {
    ;({ house, organizer } = await openHouse())
    const round = await makeRound(organizer, await makeConcert(organizer))
    ;[ann] = await buyers(house, 'ann')
    await charge(ann, 100000)
    const chairs = await seatsOf(ann, round)
    await admitted(ann)
    reservation = ok(await hold(ann, round, chairs[0], chairs[1]), 201)
    refused(await hold(ann, round, chairs[0]), 409, 'seat_unavailable')
    ok(await pay(ann, reservation), 201)
    ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
    await admitted(ann)
})
after(() => house.close())

const stats = async () => ok(await organizer.get('/v1/stats'))
const series = async (query = '') => ok(await organizer.get(`/v1/stats/series?${query}`))
const sum = numbers => numbers.reduce((all, number) => all + number, 0)

// All that the test did, as each of the three tells it.
const DONE = { joined: 2, admitted: 2, passedOver: 0, holds: 1, expired: 0, sold: 2 }

describe('how the house is', () => {
    test('what happened since the start, and of that in the last minute and second', async () => {
        const { sinceStart, lastMinute, lastSecond } = await until('all was counted', async () => {
            const now = await stats()
            return now.sinceStart.refunded > 0 && now.sinceStart.admitted === 2 && now
        })
        for (const [name, often] of Object.entries(DONE)) assert.equal(sinceStart[name], often)
        assert.equal(sinceStart.returned, 2)
        assert.deepEqual([sinceStart.paid, sinceStart.refunded], [200, 200])
        assert.equal(sinceStart.refusals, 1)
        assert.ok(sinceStart.requests >= 8)
        for (const [name, often] of Object.entries(sinceStart))
            assert.ok(lastSecond[name] <= lastMinute[name] && lastMinute[name] <= often, name)
    })

    test('the queue, the latency and the journal', async () => {
        const told = await until('the first answers were counted', async () => {
            const now = await stats()
            return now.latency.answers > 0 && now
        })
        assert.deepEqual([told.queue.active, told.queue.waiting], [1, 0])
        assert.equal(told.queue.rounds.length, 1)
        assert.deepEqual(told.sales, { totalSeatCnt: 30, held: 0, sold: 0, revenue: 0 })
        const { p50, p90, p99 } = told.latency
        assert.ok(100 <= p50 && p50 <= p90 && p90 <= p99 && p99 <= 5_000_000)
        const { seq, bookedSeq, bytes, failedAppends } = told.journal
        assert.ok(seq > 0 && bookedSeq <= seq && bytes > 0)
        assert.equal(failedAppends, 0)
    })
})

describe('the series', () => {
    test('adds up to what happened, however long its steps are', async () => {
        for (const step of ['1s', '10s', '1m']) {
            const { metrics, ...told } = await until('all was kept', async () => {
                const now = await series(`step=${step}`)
                return sum(now.metrics.refunded) === 2 && sum(now.metrics.admitted) === 2 && now
            })
            for (const [name, often] of Object.entries(DONE)) assert.equal(sum(metrics[name]), often)
            assert.equal(sum(metrics.revenue), 0)
            assert.ok(sum(metrics.requests) >= 8)
            assert.equal(metrics.active.at(-1), 1)
            const seconds = { '1s': 1, '10s': 10, '1m': 60 }[step]
            const length = (Date.parse(told.to) - Date.parse(told.from)) / 1000 / seconds
            assert.equal(told.step, step)
            assert.equal(Date.parse(told.from) % (seconds * 1000), 0)
            for (const numbers of Object.values(metrics)) assert.equal(numbers.length, length)
        }
    })

    test('of the time and the numbers that are asked for', async () => {
        const all = await series('step=1s')
        const { from, to, metrics } = await series(`step=1s&to=${all.to}&from=${all.from}&metrics=joined,p99`)
        assert.deepEqual([from, to], [all.from, all.to])
        assert.deepEqual(metrics.joined, all.metrics.joined)
        assert.equal(metrics.p99.length, all.metrics.p99.length)
        assert.deepEqual(metrics.holds, [])
        const none = await series('from=2099-01-01T00:00:00Z')
        assert.deepEqual([none.from, none.metrics.joined], [none.to, []])
        assert.equal((await series()).step, '10s')
    })
})

describe('minutes', () => {
    const whole = () =>
        until('all of it is told', async () => {
            const { metrics } = await series('step=1m')
            return sum(metrics.joined) === DONE.joined && sum(metrics.refunded) === 2 && metrics
        })

    test('are there after a restart, and seconds are not', async () => {
        const before = await whole()
        await house.restart()
        const after = await whole()
        for (const name of Object.keys(DONE)) assert.equal(sum(after[name]), sum(before[name]), name)
        assert.equal(sum((await series('step=1s')).metrics.joined), 0)
        assert.equal(sum((await series('step=10s')).metrics.joined), 0)
    })

    test('are there after a kill, as far as they were booked', async () => {
        await house.end('SIGKILL')
        await house.start()
        await whole()
    })

    test('go back as far as somebody asks, in answers of a bounded length', async () => {
        const { from, to, metrics } = await series('step=1m&from=2020-01-01T00:00:00Z&metrics=held')
        assert.ok(Date.parse(to) > Date.parse(from))
        assert.ok(metrics.held.length <= 7200 && metrics.held.every(held => held === 0))
    })
})

describe('refusals', () => {
    test('nobody but who may see counts', async () => {
        for (const path of ['/v1/stats', '/v1/stats/series']) {
            refused(await ann.get(path), 403, 'forbidden')
            refused(await house.anybody.get(path), 401, 'unauthenticated')
        }
    })

    test('what is no time, no step and no number', async () => {
        for (const [query, field] of [
            ['from=yesterday', 'from'],
            ['from=2027-01-01T00:00:01Z&to=2027-01-01T00:00:00Z', 'from'],
            ['to=1', 'to'],
            ['step=2s', 'step'],
            ['metrics=joined,none', 'metrics'],
            ['metrics=joined,', 'metrics'],
            ['every=1s', 'every'],
        ])
            invalid(await organizer.get(`/v1/stats/series?${query}`), field)
        invalid(await organizer.get('/v1/stats?from=2026-01-01T00:00:00Z'), 'from')
    })
})
