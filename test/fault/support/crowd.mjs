// A house with people who buy until something happens, and the questions asked after it: what do the
// tables hold, does HTTP tell the same, does the judge approve.

import assert from 'node:assert/strict'

import { ok } from '../../api/support/client.mjs'
import { House } from '../../api/support/house.mjs'
import { makeConcert, makeRound, seatsOf, seedBuyers, signIn } from '../../api/support/people.mjs'
import { until } from '../../api/support/wait.mjs'
import { Dice } from './dice.mjs'
import { History } from './history.mjs'
import { judge, judgeProgress } from './judge.mjs'
import { Shopper } from './shopper.mjs'
import { find } from './tables.mjs'

const PRICE = 100
const LIST = 200

// Fails with every violation, not with the first.
function approve(violations) {
    const text = violations.map(one => `invariant ${one.invariant}: ${one.text}`)
    assert.deepEqual(text, [])
}

export class Crowd {
    // A stopped house with so many people in it.
    static async prepare(people, dice, settings = {}, options = {}) {
        const crowd = new Crowd()
        crowd.history = new History()
        crowd.house = await House.prepare(
            { 'max-seats-per-user': 1000, 'max-seats-per-reservation': 2, ...settings },
            { organizers: ['boss@example.com'], ...options }
        )
        const clients = await seedBuyers(crowd.house, people)
        // What all share: what is on sale, and what became of their operations.
        crowd.market = {
            round: null,
            seats: [],
            price: PRICE,
            answered: 0,
            unknown: 0,
            refused: {}, // by code
            repeated: 0, // after a fault, until there was an answer
            replayed: 0, // and that was the answer of something done before
        }
        crowd.shoppers = clients.map(
            (client, i) =>
                new Shopper(client, crowd.history, new Dice(dice.bits(), i), crowd.market)
        )
        crowd.earlier = null
        crowd.files = null // where the house's data directory is seen from here, if elsewhere
        return crowd
    }

    // Once the house runs: something to sell. `concert` changes what the concert usually is.
    async open(concert = {}) {
        this.organizer = await signIn(this.house, 'boss@example.com')
        this.concert = await makeConcert(this.organizer, concert)
        await this.offer()
    }

    // New seats; people want the same few of them.
    async offer(seats = {}) {
        const wanted = { rows: 4, seatsPerRow: 40, price: PRICE, ...seats }
        this.market.round = await makeRound(this.organizer, this.concert, wanted)
        this.market.seats = await seatsOf(this.organizer, this.market.round)
    }

    // Everybody buys until what `over` does is done, and ends what was begun.
    async shopUntil(over) {
        let open = true
        const shopping = this.shoppers.map(one => one.shop(() => open))
        await Promise.all([over().finally(() => (open = false)), ...shopping])
    }

    // So many answers from now.
    answers(count) {
        const enough = this.market.answered + count
        return until(`${count} answers`, () => this.market.answered >= enough, { everyMs: 1 })
    }

    // After the house is up again.
    async settle() {
        await Promise.all(this.shoppers.map(one => one.settle()))
    }

    // The judge on a house that is not running.
    async examine() {
        const found = await find(this.files ?? this.house.data, `${this.house.data}.found`)
        approve(this.violations(found))
        return found
    }

    violations(found) {
        const violations = judge(this.history, found)
        if (this.earlier) violations.push(...judgeProgress(this.earlier, found))
        this.earlier = found
        return violations
    }

    // HTTP tells each person what the tables held: the newest of each list, and the balance. Only
    // what a restart may change by its own is left out.
    async compare(found) {
        await Promise.all(this.shoppers.map(shopper => this.compareOne(shopper, found)))
    }

    async compareOne({ client, userId }, found) {
        const lists = {
            '/v1/points/entries': [found.entries, ['kind', 'amount', 'balance', 'paymentId']],
            '/v1/payments': [found.payments, ['reservationId', 'amount', 'status']],
            '/v1/reservations': [
                found.reservations,
                ['roundId', 'amount', 'usedPoints', 'paymentId'],
            ],
        }
        for (const [path, [rows, names]] of Object.entries(lists)) {
            const mine = rows.filter(row => row.userId === userId)
            const newest = mine.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, LIST)
            const { items } = ok(await client.get(`${path}?limit=${LIST}`))
            const kept = row => [row.id, ...names.map(name => row[name])]
            assert.deepEqual(items.map(kept), newest.map(kept))
        }
        const account = found.accounts.find(row => row.userId === userId)
        assert.equal(ok(await client.get('/v1/points')).balance, account.balance)
    }

    close() {
        return this.house.close()
    }
}
