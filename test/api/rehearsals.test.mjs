// POST /v1/rehearsals: a sale that is rehearsed beside the real one.

import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { flags, newDirectory, program, run } from './support/house.mjs'
import {
    admitted,
    buy,
    buyers,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

// As many people as may come, half a day long, in which everybody in line asks each minute: it runs for as
// long as a test looks.
const endless = {
    seats: 100_000,
    buyers: 200_000,
    arrivalSeconds: 43_200,
    patienceSeconds: 0,
    queue: { admitPerSecond: 2, maxActive: 1000, silentSeconds: 120, waitSeconds: 120 },
}

let house, organizer, ann
before(async () => {
    ;({ house, organizer } = await openHouse({ 'max-active': 70, 'admit-per-second': 7 }))
    ann = (await buyers(house, 'ann'))[0]
})
after(() => house.close())

const path = id => `/v1/rehearsals/${id}`
const begin = (wanted, client = organizer) => client.post('/v1/rehearsals', wanted)
const look = async id => ok(await organizer.get(path(id)))
const cancel = id => organizer.post(`${path(id)}/cancel`)

// Somebody else's may still be on its way out.
async function begun(wanted) {
    const answer = await until('none is running', async () => {
        const tried = await begin(wanted)
        return tried.status === 202 && tried
    })
    return ok(answer, 202)
}

const over = id =>
    until('it is over', async () => {
        const shown = await look(id)
        return shown.status !== 'running' && shown
    }, { deadlineMs: 60_000 })

async function rehearsed(wanted) {
    const shown = await over((await begun(wanted)).id)
    assert.equal(shown.status, 'done')
    return shown
}

describe('a rehearsal', () => {
    test('is begun, and found by its address', async () => {
        const answer = await begin({ seats: 2, buyers: 3 })
        const { id, status, seats, queue, createdAt } = ok(answer, 202)
        assert.equal(answer.headers.location, path(id))
        assert.deepEqual([status, seats], ['running', 2])
        assert.deepEqual([queue.admitPerSecond, queue.maxActive], [7, 70])
        const shown = await over(id)
        assert.equal(shown.percent, 100)
        assert.ok(shown.endedAt >= createdAt)
        assert.equal(shown.sold, 2)
    })

    test('has the queue as it is by now, but for what is asked', async () => {
        ok(await organizer.patch('/v1/queue', { admitPerSecond: 9, maxActive: 90 }))
        const { queue } = await rehearsed({ seats: 1, buyers: 1, queue: { maxActive: 5 } })
        assert.deepEqual([queue.admitPerSecond, queue.maxActive], [9, 5])
        ok(await organizer.patch('/v1/queue', { admitPerSecond: 7, maxActive: 70 }))
    })

    test("finds what the command finds", async () => {
        const shown = await rehearsed({
            seats: 300, buyers: 2000, arrivalSeconds: 60, rush: true, patienceSeconds: 120, silentPercent: 40,
            seatsEach: 3, chooseSeconds: 20, lookSeconds: 15, paySeconds: 30, unpaidPercent: 10, spreadPercent: 30,
            seed: 9, queue: { admitPerSecond: 5, maxActive: 60, silentSeconds: 30, activeSeconds: 300, waitSeconds: 200 },
        })
        const { code, stdout, stderr } = await run(program, ['rehearse', '--json', '--rush', ...flags({
            data: await newDirectory(), seats: 300, buyers: 2000, 'arrive-seconds': 60, 'patience-seconds': 120,
            'silent-percent': 40, 'seats-each': 3, 'choose-seconds': 20, 'look-seconds': 15, 'pay-seconds': 30,
            'unpaid-percent': 10, 'spread-percent': 30, seed: 9, 'admit-per-second': 5, 'max-active': 60,
            'silent-seconds': 30, 'active-seconds': 300, 'wait-seconds': 200,
        })])
        assert.equal(code, 0, stderr)
        const found = JSON.parse(stdout)
        assert.equal(shown.soldOutAfterSeconds, found.soldOut ? found.seconds : null)
        assert.equal(shown.endedAfterSeconds, found.seconds)
        assert.equal(shown.fullAfterSeconds, found.firstFullSeconds)
        for (const name of ['sold', 'letIn', 'waitSeconds', 'inside', 'people', 'holds', 'lapsedHolds', 'lostRaces'])
            assert.deepEqual(shown[name], found[name], name)
        const names = { 'admit-per-second': 'admitPerSecond', 'max-active': 'maxActive' }
        assert.equal(shown.boundedBy, names[found.boundedBy] ?? found.boundedBy)
        assert.equal(shown.boundedPercent.admitPerSecond, found.boundedPercent['admit-per-second'])
        assert.equal(shown.sound, true)
    })

    test('shows how it went', async () => {
        const { course, soldOutAfterSeconds } = await rehearsed({
            seats: 40, buyers: 100, patienceSeconds: 0, spreadPercent: 0, unpaidPercent: 0, chooseSeconds: 5, paySeconds: 5,
            queue: { admitPerSecond: 2, maxActive: 20 },
        })
        const lengths = ['waiting', 'active', 'held', 'sold'].map(name => course[name].length)
        assert.equal(new Set(lengths).size, 1)
        assert.ok(lengths[0] <= 1024 && lengths[0] * course.stepMs >= soldOutAfterSeconds * 1000 - course.stepMs)
        assert.ok(course.waiting[0] >= 98)
        assert.ok(Math.max(...course.active) <= 20 && Math.max(...course.held) > 0)
        assert.ok(course.sold.every((sold, i) => i === 0 || sold >= course.sold[i - 1]))
    })

    test('is the same for the same seed', async () => {
        const wanted = { seats: 50, buyers: 400, arrivalSeconds: 30 }
        const [once, again, other] = [await rehearsed(wanted), await rehearsed(wanted), await rehearsed({ ...wanted, seed: 2 })]
        assert.deepEqual(again.waitSeconds, once.waitSeconds)
        assert.deepEqual(again.course, once.course)
        assert.notDeepEqual(other.course, once.course)
    })

    test('knows nobody who waited where nobody came in', async () => {
        const { waitSeconds, people, sold } = await rehearsed({
            seats: 1, buyers: 1, arrivalSeconds: 0, patienceSeconds: 1, silentPercent: 0, spreadPercent: 0,
            chooseSeconds: 0, paySeconds: 0, queue: { waitSeconds: 10 },
        })
        assert.deepEqual([sold, people.bought], [1, 1])
        assert.ok(waitSeconds.most < 1)
    })
})

describe("a round's seats", () => {
    let concert, round, seats
    before(async () => {
        concert = await makeConcert(organizer)
        round = await makeRound(organizer, concert, { rows: 2, seatsPerRow: 10 })
        seats = await seatsOf(organizer, round)
    })

    test('are all for sale but those that are blocked', async () => {
        const blocked = seats.slice(0, 3).map(({ id }) => id)
        ok(await organizer.post(`/v1/rounds/${round.id}/seats/block`, { seatIds: blocked }))
        const shown = await rehearsed({ roundId: round.id, buyers: 30, chooseSeconds: 1, paySeconds: 1, unpaidPercent: 0 })
        assert.deepEqual([shown.roundId, shown.seats, shown.sold], [round.id, 17, 17])
    })

    test('nothing becomes of them', async () => {
        const sales = ok(await organizer.get(`/v1/rounds/${round.id}/sales`))
        assert.deepEqual([sales.sold, sales.held, sales.available], [0, 0, 17])
    })

    test('of a draft may be rehearsed too', async () => {
        const draft = await makeConcert(organizer, { status: 'draft' })
        const hidden = await makeRound(organizer, draft, { rows: 1, seatsPerRow: 4 })
        assert.equal((await rehearsed({ roundId: hidden.id, buyers: 2 })).seats, 4)
    })

    test('are not more than can be rehearsed beside a sale', async () => {
        const huge = await makeRound(organizer, concert, { rows: 101, seatsPerRow: 1000 })
        const { errors } = invalid(await begin({ roundId: huge.id, buyers: 1 }), '/roundId')
        assert.equal(errors[0].rule, 'seats_too_many')
    })

    test('must be there, and for sale', async () => {
        refused(await begin({ roundId: nobody('round'), buyers: 1 }), 404, 'not_found')
        ok(await organizer.post(`/v1/rounds/${round.id}/seats/block`, { seatIds: seats.map(({ id }) => id) }))
        refused(await begin({ roundId: round.id, buyers: 1 }), 409, 'nothing_to_sell')
        const other = await makeRound(organizer, concert)
        ok(await organizer.post(`/v1/rounds/${other.id}/cancel`, {}))
        await until('it is cancelled', async () => ok(await organizer.get(`/v1/rounds/${other.id}`)).status === 'cancelled')
        refused(await begin({ roundId: other.id, buyers: 1 }), 409, 'round_cancelled')
    })
})

describe('one at a time', () => {
    test('another is refused, and one that is cancelled makes room', async () => {
        const { id } = await begun(endless)
        refused(await begin({ seats: 1, buyers: 1 }), 409, 'rehearsal_running')
        const shown = ok(await cancel(id))
        assert.equal(shown.status, 'cancelled')
        assert.ok(shown.endedAt)
        // Its thread may take one more step before it sees that.
        const { percent } = shown
        const again = ok(await cancel(id))
        assert.ok(again.percent >= percent)
        assert.deepEqual({ ...again, percent }, shown)
        await rehearsed({ seats: 1, buyers: 1 })
        // Nor did it make room by going on: at its end it has come to 88 %.
        const { percent: reached, status, sold, course, waitSeconds } = await look(id)
        assert.ok(reached < 50, `${reached} %`)
        assert.deepEqual([status, sold, course, waitSeconds], ['cancelled', null, null, null])
    })

    test('one that is over is not cancelled any more', async () => {
        const shown = await rehearsed({ seats: 1, buyers: 1 })
        assert.deepEqual(ok(await cancel(shown.id)), shown)
    })

    test('the last eight are kept', async () => {
        const ids = []
        for (let i = 0; i < 9; i++) ids.unshift((await rehearsed({ seats: 1, buyers: 1, seed: i })).id)
        const { items } = ok(await organizer.get('/v1/rehearsals'))
        assert.deepEqual(items.map(({ id }) => id), ids.slice(0, 8))
        assert.ok(items.every(({ sold, course }) => sold === 1 && course === null))
        refused(await organizer.get(path(ids[8])), 404, 'not_found')
        refused(await cancel(ids[8]), 404, 'not_found')
        // In the place of one that is done, and as far as any that begins.
        const { id, percent } = await begun(endless)
        assert.equal(percent, 0)
        ok(await cancel(id))
    })
})

describe('beside a sale', () => {
    // The scheduler's policy of a thread, as proc(5) has it; 5 is SCHED_IDLE.
    async function policyOf(name) {
        const tasks = `/proc/${house.pid}/task`
        for (const task of await readdir(tasks)) {
            if ((await readFile(`${tasks}/${task}/comm`, 'utf8')).trim() !== name) continue
            const stat = await readFile(`${tasks}/${task}/stat`, 'utf8')
            return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38])
        }
        return null
    }

    test('people buy while it runs, and it runs when nobody else wants to', async () => {
        const round = await makeRound(organizer, await makeConcert(organizer), { rows: 1, seatsPerRow: 10 })
        const seats = await seatsOf(organizer, round)
        ok(await ann.post('/v1/points/charges', { amount: 1_000_000 }), 201)
        const { id } = await begun(endless)
        await admitted(ann)
        await buy(ann, round, seats[0], seats[1])
        assert.equal((await look(id)).status, 'running')
        assert.equal(await policyOf('usher-rehearse'), 5)
        const { percent } = await until('it gets on', async () => {
            const shown = await look(id)
            return shown.percent > 0 && shown
        })
        assert.ok(percent <= 100)
        ok(await cancel(id))
        const sales = ok(await organizer.get(`/v1/rounds/${round.id}/sales`))
        assert.equal(sales.sold, 2)
    })
})

describe('refusals', () => {
    test('nobody but who may see counts', async () => {
        const id = nobody('rehearsal')
        for (const ask of [
            client => begin({ seats: 1, buyers: 1 }, client),
            client => client.get('/v1/rehearsals'),
            client => client.get(path(id)),
            client => client.post(`${path(id)}/cancel`),
        ]) {
            refused(await ask(ann), 403, 'forbidden')
            refused(await ask(house.anybody), 401, 'unauthenticated')
            const made = await organizer.post('/v1/api-keys', { name: 'read', scopes: ['read'] })
            refused(await ask(new Client(house, { token: ok(made, 201).secret })), 403, 'scope_required')
        }
    })

    test('what is not there', async () => {
        refused(await organizer.get(path(nobody('rehearsal'))), 404, 'not_found')
        refused(await organizer.get('/v1/rehearsals/rehearsal_1'), 404, 'not_found')
        refused(await cancel(nobody('rehearsal')), 404, 'not_found')
    })

    test('what is out of range, or does not go together', async () => {
        const good = { seats: 10, buyers: 10 }
        for (const [change, field] of [
            [{ seats: undefined }, ''],
            [{ roundId: nobody('round') }, ''],
            [{ roundId: 'round_1', seats: undefined }, '/roundId'],
            [{ buyers: undefined }, '/buyers'],
            [{ buyers: 0 }, '/buyers'],
            [{ buyers: 200_001 }, '/buyers'],
            [{ seats: 100_001 }, '/seats'],
            [{ seats: 0 }, '/seats'],
            [{ arrivalSeconds: 43_201 }, '/arrivalSeconds'],
            [{ rush: 1 }, '/rush'],
            [{ patienceSeconds: -1 }, '/patienceSeconds'],
            [{ silentPercent: 101 }, '/silentPercent'],
            [{ seatsEach: 5 }, '/seatsEach'],
            [{ chooseSeconds: 1.5 }, '/chooseSeconds'],
            [{ lookSeconds: null }, '/lookSeconds'],
            [{ paySeconds: '1' }, '/paySeconds'],
            [{ unpaidPercent: -1 }, '/unpaidPercent'],
            [{ spreadPercent: 101 }, '/spreadPercent'],
            [{ seed: -1 }, '/seed'],
            [{ queue: { admitPerSecond: 0 } }, '/queue/admitPerSecond'],
            [{ queue: { maxActive: 1_000_001 } }, '/queue/maxActive'],
            [{ queue: { silentSeconds: 9 } }, '/queue/silentSeconds'],
            [{ queue: { activeSeconds: 86_401 } }, '/queue/activeSeconds'],
            [{ queue: { waitSeconds: 1 } }, '/queue/waitSeconds'],
            [{ queue: { paused: true } }, '/queue/paused'],
            [{ plan: {} }, '/plan'],
        ])
            invalid(await begin({ ...good, ...change }), field)
    })
})

// The last: the server starts again.
test('ends with the server, which it does not keep from stopping', async () => {
    const { id } = await begun(endless)
    await until('its thread is at it', async () => (await look(id)).percent > 0)
    const { code, stderr } = await house.end('SIGTERM')
    assert.deepEqual([code, /could not be answered in time/.test(stderr)], [0, false])
    await house.start()
    refused(await organizer.get(path(id)), 404, 'not_found')
    assert.deepEqual(ok(await organizer.get('/v1/rehearsals')), { items: [] })
})
