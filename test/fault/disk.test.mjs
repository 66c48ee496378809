// A full disk, played by a limit on the size of the server's files: what needs no writing goes on,
// what does is refused, nothing acknowledged is lost, and room on the disk is all that it takes to
// go on.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'

import { exchange, ok, refused } from '../api/support/client.mjs'
import { House, run } from '../api/support/house.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    pay,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'

let house, organizer, ann, bob, round, seats, pending
const charged = []

before(async () => {
    house = await House.open({}, { organizers: ['boss@example.com'] })
    organizer = await signIn(house, 'boss@example.com')
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    round = await makeRound(organizer, await makeConcert(organizer))
    seats = await seatsOf(ann, round)
    charged.push(await charge(ann, 1000))
    await Promise.all([ann, bob].map(admitted))
    pending = ok(await hold(ann, round, seats[0]), 201)
})
after(() => house.close())

// Only the soft limit, so that it can be raised again.
const limitFiles = async bytes => {
    const { code, stderr } = await run('prlimit', ['--pid', String(house.pid), `--fsize=${bytes}:`])
    assert.equal(code, 0, stderr)
}
const journalBytes = async () => (await stat(join(house.data, 'journal.db-wal'))).size

// Charges until the disk is full; returns the refusal.
const chargeUntilRefused = () =>
    until(
        'the disk to be full',
        async () => {
            const answer = await ann.post('/v1/points/charges', { amount: 1 })
            if (answer.status !== 201) return answer
            charged.push(answer.body)
        },
        { everyMs: 0 }
    )

const cannotWrite = answer => {
    assert.equal(answer.status, 503, answer.text)
    assert.ok(
        ['outcome_unknown', 'read_only', 'unavailable'].includes(answer.body.code),
        answer.text
    )
}

const readiness = async () => {
    const { url, agent } = house
    return (await exchange(url, { method: 'GET', path: '/readyz', agent })).status
}

// While the disk is full. Single objects and lists, from memory and from the tables.
async function readsGoOn() {
    assert.equal(await readiness(), 503)
    assert.equal((await house.anybody.get('/healthz')).status, 200)
    const queue = ok(await house.anybody.get('/v1/queue'))
    assert.equal(queue.status, 'open')
    assert.deepEqual(queue.rounds.map(({ roundId }) => roundId), [round.id])
    for (const path of [
        '/v1/concerts',
        `/v1/rounds/${round.id}`,
        `/v1/rounds/${round.id}/map`,
    ])
        ok(await house.anybody.get(path))
    assert.equal(ok(await house.anybody.get(`/v1/rounds/${round.id}/availability`)).seats[0], 'h')
    assert.deepEqual(ok(await ann.get('/v1/users/me')), ann.user)
    assert.deepEqual(ok(await ann.get(`/v1/reservations/${pending.id}`)), pending)
    assert.deepEqual(ok(await ann.get('/v1/reservations')).items, [pending])
    ok(await ann.get('/v1/points'))
}

async function writesAreRefused() {
    cannotWrite(await hold(bob, round, seats[5]))
    cannotWrite(await pay(ann, pending))
    cannotWrite(
        await organizer.post('/v1/concerts', {
            title: 'x',
            description: '',
            reservationOpenAt: '2030-01-01T00:00:00Z',
            reservationCloseAt: '2030-02-01T00:00:00Z',
        })
    )
    // What is wrong anyway is told as ever.
    refused(await ann.post('/v1/points/charges', { amount: 0 }), 422, 'invalid_field')
}

// Whatever was acknowledged is found; what was not may be found once for each try.
async function nothingIsLost(unanswered) {
    const entries = []
    let cursor = ''
    do {
        const page = ok(await ann.get(`/v1/points/entries?limit=200${cursor}`))
        entries.push(...page.items)
        cursor = page.nextCursor && `&cursor=${page.nextCursor}`
    } while (cursor)
    const found = new Map(entries.map(entry => [entry.id, entry]))
    for (const entry of charged) assert.deepEqual(found.get(entry.id), entry)
    assert.ok(
        entries.length - charged.length <= unanswered,
        `${entries.length - charged.length} too many`
    )
    assert.equal(
        ok(await ann.get('/v1/points')).balance,
        entries.reduce((sum, { amount }) => sum + amount, 0)
    )
    // Found once, they are as good as acknowledged.
    charged.splice(0, Infinity, ...entries)
}

describe('a disk that is full', () => {
    test('refuses what must be written', async () => {
        await limitFiles(4096)
        cannotWrite(await chargeUntilRefused())
        await until('the server to know', async () => (await readiness()) === 503)
        await writesAreRefused()
    })
    test('goes on reading', readsGoOn)
    test('says that it is not ready as it says every error', async () => {
        cannotWrite(await house.anybody.get('/readyz'))
    })
    test('goes on when there is room again', async () => {
        await limitFiles('unlimited')
        await until('the server to recover', async () => (await readiness()) === 200)
        charged.unshift(await charge(ann, 1))
        await nothingIsLost(1)
        const reservation = ok(await hold(bob, round, seats[5]), 201)
        const path = `/v1/reservations/${reservation.id}/cancel`
        assert.equal(ok(await bob.post(path)).status, 'cancelled')
    })
})

describe('a journal whose log may not grow', () => {
    test('is folded into its file, and selling goes on', async () => {
        await limitFiles((await journalBytes()) + 64 * 1024)
        const settled = async () => {
            charged.push(await charge(ann, 1)) // nobody is refused
            return house.process.said.stderr.includes('append_settled')
        }
        await until('an append to be settled', settled, { everyMs: 0 })
        await nothingIsLost(0)
        await limitFiles('unlimited')
    })
})

test('a server that is killed with its disk full comes up with all it said', async () => {
    await limitFiles(4096)
    cannotWrite(await chargeUntilRefused())
    await house.end('SIGKILL')
    await house.start()
    await nothingIsLost(1)
    const found = ok(await ann.get(`/v1/reservations/${pending.id}`))
    assert.equal(found.status, 'pending')
    ok(await pay(ann, pending), 201)
})

test('and the books are right', async () => {
    await house.stop()
    await house.check()
})
