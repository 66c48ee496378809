// GET /v1/rounds/{id}/availability?since=: a page that has the states of a version and follows only
// what changes has at any time what the whole would have told it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    hold,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
    seedBuyers,
} from './support/people.mjs'

const PEOPLE = 24
const PRICE = 100
const POINTS = 1_000_000
const settings = {
    'max-seats-per-reservation': 20,
    'max-seats-per-user': 1000,
    'refund-until-seconds': 0,
}

let house, organizer, people, concert
before(async () => {
    const prepare = async house => (people = await seedBuyers(house, PEOPLE, POINTS))
    ;({ house, organizer } = await openHouse(settings, { prepare }))
    concert = await makeConcert(organizer)
})
after(() => house.close())

// A hall of so many rows of twenty.
const hall = async rows => {
    const round = await makeRound(organizer, concert, { rows, seatsPerRow: 20, price: PRICE })
    return { round, path: `/v1/rounds/${round.id}/availability`, seats: await seatsOf(people[0], round) }
}

const whole = async path => ok(await house.anybody.get(path))
const since = (path, version) => house.anybody.get(`${path}?since=${version}`)
const changes = async (path, version) => ok(await since(path, version)).changes
const cancel = async (client, { id }) => ok(await client.post(`/v1/reservations/${id}/cancel`))

async function held(client, round, ...seats) {
    await admitted(client)
    return ok(await hold(client, round, ...seats), 201)
}

// What a page has on its screen.
class Page {
    constructor(path, { version, seats }) {
        Object.assign(this, { path, version, seats: [...seats], wholes: 0, told: 0 })
    }

    async follow() {
        const answer = ok(await since(this.path, this.version))
        assert.ok(answer.version >= this.version)
        this.version = answer.version
        if (answer.seats !== undefined) {
            this.wholes++
            this.seats = [...answer.seats]
            return
        }
        this.told += answer.changes.length
        for (const [index, state] of answer.changes) this.seats[index] = state
    }
}

describe('what changed since a version', () => {
    let round, path, seats, first
    before(async () => {
        ;({ round, path, seats } = await hall(5))
        first = await whole(path)
    })

    test('is nothing at first', async () => {
        const answer = ok(await since(path, first.version))
        assert.deepEqual(answer, { roundId: round.id, version: first.version, changes: [] })
    })

    test('has each seat once, in seat order, as it is now', async () => {
        const [ann, bob] = people
        const reservation = await held(ann, round, seats[63], seats[0], seats[64])
        const { version } = await whole(path)
        const whenHeld = [0, 63, 64].map(index => [index, 'h'])
        assert.deepEqual(await changes(path, first.version), whenHeld)
        assert.deepEqual(await changes(path, version), [])

        await cancel(ann, reservation)
        ok(await pay(bob, await held(bob, round, seats[99], seats[64])), 201)
        const later = [...[0, 63].map(index => [index, 'a']), [64, 's'], [99, 's']]
        assert.deepEqual(await changes(path, first.version), later)
        assert.deepEqual(await changes(path, version), later)
        const now = await whole(path)
        assert.equal(ok(await since(path, version)).version, now.version)
        for (const [index, state] of later) assert.equal(now.seats[index], state)
    })

    test('is of that round alone', async () => {
        const other = await hall(1)
        const before = await whole(path)
        await held(people[2], other.round, other.seats[7])
        assert.deepEqual(await changes(path, before.version), [])
        assert.equal((await whole(path)).version, before.version)
    })

    test('is cached and answered as the whole is', async () => {
        const answer = await since(path, first.version)
        assert.equal(answer.headers['cache-control'], 'public, max-age=1')
        const { etag } = answer.headers
        assert.equal((await since(path, first.version)).headers.etag, etag)
        const again = await house.anybody.get(`${path}?since=${first.version}`, {
            'if-none-match': etag,
        })
        assert.equal(again.status, 304)
        const head = await house.anybody.head(`${path}?since=${first.version}`)
        assert.equal(head.headers.etag, etag)
    })
})

describe('the whole comes', () => {
    let round, path, seats
    before(async () => ({ round, path, seats } = await hall(2)))

    const isWhole = async version =>
        assert.deepEqual(ok(await since(path, version)), await whole(path))

    test('for a version of before there was the round, or of the future', async () => {
        const { version } = await whole(path)
        for (const unknown of [0, 1, version - 1, version + 1, '9223372036854775807'])
            await isWhole(unknown)
    })

    // Of forty seats the last five changes are known.
    test('when more changed than is worth telling', async () => {
        const { version } = await whole(path)
        const reservation = await held(people[0], round, ...seats.slice(0, 5))
        assert.equal((await changes(path, version)).length, 5)
        const between = await whole(path)
        const other = await held(people[1], round, seats[39])
        await isWhole(version)
        assert.deepEqual(await changes(path, between.version), [[39, 'h']])
        await cancel(people[0], reservation)
        await cancel(people[1], other)
        await isWhole(between.version)
    })

    test('after a restart, where something changed since', async () => {
        const before = await whole(path)
        await held(people[0], round, seats[20])
        const page = new Page(path, before)
        await page.follow()
        assert.equal(page.wholes, 0)
        await house.restart()
        await isWhole(before.version)
        await page.follow()
        assert.equal(page.seats.join(''), (await whole(path)).seats)
        await held(people[1], round, seats[21])
        await page.follow()
        assert.equal(page.seats.join(''), (await whole(path)).seats)
        assert.ok(page.wholes <= 1)
    })
})

describe('the parameter', () => {
    test('is a version, once', async () => {
        const { path } = await hall(1)
        for (const bad of ['-1', '+1', '1.5', '1e3', '0x1', 'now', '1,2', '%201', '9223372036854775808'])
            invalid(await since(path, bad), 'since')
        invalid(await since(path, `${'0'.repeat(19)}1`), 'since')
        invalid(await house.anybody.get(`${path}?since=1&since=1`), 'since')
        assert.deepEqual(ok(await since(path, '')), await whole(path))
    })

    test('goes with a round that is there', async () => {
        const path = `/v1/rounds/${nobody('round')}/availability`
        refused(await since(path, 1), 404, 'not_found')
        invalid(await since(path, 'x'), 'since')
        const { round, path: left } = await hall(1)
        const { version } = await whole(left)
        ok(await organizer.delete(`/v1/rounds/${round.id}`), 204)
        refused(await since(left, version), 404, 'not_found')
    })
})

describe('while many buy at once', () => {
    const PAGES = 6
    const ROUNDS = 12

    test('each page has what the whole tells', async () => {
        const { round, path, seats } = await hall(500) // which knows more changes than there will be
        const start = await whole(path)
        const pages = Array.from({ length: PAGES }, () => new Page(path, start))
        await Promise.all(people.map(admitted))
        let buying = true

        const buy = async (client, person) => {
            for (let i = 0; i < ROUNDS; i++) {
                const index = (person * 37 + i * 101) % (seats.length - 1)
                await admitted(client)
                const answer = await hold(client, round, seats[index], seats[index + 1])
                if (answer.status !== 201) continue
                if (i % 3 === 0) ok(await pay(client, answer.body), 201)
                else if (i % 3 === 1) await cancel(client, answer.body)
            }
        }
        // Some ask all the time, some less often.
        const watch = async (page, number) => {
            while (buying)
                for (let i = 0; i <= number * number && buying; i++)
                    if (i === 0) await page.follow()
                    else await whole(path)
        }
        const watching = Promise.all(pages.map(watch))
        await Promise.all(people.map(buy))
        buying = false
        await watching

        const end = await whole(path)
        assert.notEqual(end.seats, start.seats)
        for (const page of pages) {
            await page.follow()
            assert.equal(page.seats.join(''), end.seats)
            assert.equal(page.version, end.version)
        }
        assert.equal(pages[0].wholes, 0)
        assert.ok(pages[0].told > 0)
    })
})
