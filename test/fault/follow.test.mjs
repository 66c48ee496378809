// kill -9 at random moments while somebody follows the house from outside: who has every change once
// has the tables' truth, made of the changes alone.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { metrics } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'

const KILLS = Number(process.env.USHER_KILLS ?? 8)
const PEOPLE = 12

const fired = new Fired('follow', ['kills', 'pages', 'answers that a kill cut off'])

// Somebody who knows of the house what was told, and nothing else.
class Follower {
    objects = new Map() // the newest data of each, by its id
    ids = []
    cursor = null

    constructor(crowd) {
        this.crowd = crowd
    }

    async page(wait) {
        const cursor = this.cursor && { cursor: this.cursor }
        const query = new URLSearchParams({ wait, limit: 200, ...cursor })
        return ok(await this.crowd.organizer.get(`/v1/changes?${query}`))
    }

    take({ items, nextCursor }) {
        for (const { id, objectId, data } of items) {
            this.ids.push(id)
            if (objectId !== null) this.objects.set(objectId, data)
        }
        this.cursor = nextCursor
        if (items.length > 0) fired.add('pages')
    }

    // Until the house is gone. What an answer would have said that did not come is told again.
    async follow() {
        for (;;) {
            let page
            try {
                page = await this.page(25)
            } catch (error) {
                if (error.code === 'ERR_ASSERTION') throw error
                fired.add('answers that a kill cut off')
                return
            }
            this.take(page)
        }
    }

    // All that happened until the moment; what happened later is left for another time.
    async catchUp(moment) {
        const { organizer } = this.crowd
        const booked = async () => /^usher_unbooked_rows 0$/m.test(await metrics(organizer))
        await until('all rows are booked', booked)
        for (;;) {
            const { items, nextCursor } = await this.page(0)
            const early = items.filter(({ at }) => Date.parse(at) <= moment)
            this.take({ items: early, nextCursor })
            if (items.length === 0 || early.length < items.length) return
        }
    }

    known(prefix) {
        return [...this.objects]
            .filter(([id, data]) => id.startsWith(`${prefix}_`) && data !== null)
            .map(([, data]) => data)
    }
}

const byId = (a, b) => (a.id < b.id ? -1 : 1)
const pick = names => row => Object.fromEntries(names.map(name => [name, row[name]]))
const asInTables = row => ({
    ...row,
    reservedAt: Date.parse(row.reservedAt),
    seatIds: row.seats.map(({ seatId }) => seatId),
})

// The tables' rows and those that were told, in one form.
function same(told, found, names) {
    assert.deepEqual(told.sort(byId).map(pick(names)), found.sort(byId).map(pick(names)))
}

const ofReservation = ['id', 'userId', 'roundId', 'status', 'amount', 'usedPoints', 'paymentId']
const ofPayment = ['id', 'userId', 'reservationId', 'amount', 'status']
const ofEntry = ['id', 'userId', 'kind', 'amount', 'balance', 'paymentId']
const ofToken = ['id', 'userId', 'status', 'number', 'reason']

// A seat is what the one reservation that still counts made of it.
function sameSeats(reservations, found) {
    const states = { pending: 'held', confirmed: 'sold' }
    const taken = new Map()
    for (const { status, seats } of reservations)
        if (states[status])
            for (const { seatId } of seats) {
                assert.ok(!taken.has(seatId), `${seatId} is taken twice`)
                taken.set(seatId, states[status])
            }
    for (const { id, status } of found) assert.equal(taken.get(id) ?? 'available', status, id)
}

function sameBalances(entries, found) {
    const balances = new Map()
    for (const { userId, amount } of entries)
        balances.set(userId, (balances.get(userId) ?? 0) + amount)
    for (const { userId, balance } of found)
        assert.equal(balances.get(userId) ?? 0, balance, userId)
}

describe(`a follower over kill -9 (USHER_FAULT_SEED=${seed})`, () => {
    const dice = new Dice(seed, 1)
    let crowd, follower
    before(async () => {
        crowd = await Crowd.prepare(PEOPLE, dice)
        await crowd.house.start()
        await crowd.open()
        follower = new Follower(crowd)
    })
    after(() => crowd.close())

    test('is told everything once', async () => {
        for (let kill = 0; kill < KILLS; kill++) {
            const following = follower.follow()
            await crowd.offer()
            await crowd.shopUntil(async () => {
                await crowd.answers(1 + dice.below(600))
                await crowd.house.end('SIGKILL')
            })
            fired.add('kills')
            await following
            await crowd.house.start()
            await crowd.settle()
        }
        await crowd.house.stop()
        const stopped = Date.now()
        const found = await crowd.examine()
        await crowd.house.start()
        await follower.catchUp(stopped)

        const { ids } = follower
        assert.deepEqual(ids, [...new Set(ids)].sort())
        const reservations = follower.known('reservation')
        assert.ok(reservations.length > 0)
        const also = ['reservedAt', 'cancelReason', 'seatIds']
        same(reservations.map(asInTables), found.reservations, [...ofReservation, ...also])
        sameSeats(reservations, found.seats)
        same(follower.known('payment'), found.payments, ofPayment)
        const entries = follower.known('entry')
        same(entries, found.entries, ofEntry)
        sameBalances(entries, found.accounts)
        const tokens = found.tokens.filter(({ status }) => status !== 'waiting')
        same(follower.known('token'), tokens, ofToken)
    })
})

test('every fault happened', () => fired.demand())
