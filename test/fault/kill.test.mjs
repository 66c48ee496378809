// kill -9 in mid-load, again and again on one data directory: what was answered is there
// afterwards, and nothing that was never asked for.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House, sql } from '../api/support/house.mjs'
import {
    admitted,
    balance,
    hold,
    leave,
    makeConcert,
    makeRound,
    seatsOf,
    seedBuyers,
    signIn,
} from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'

const KILLS = 20
const PEOPLE = 16
const PRICE = 100

// Everything a person asked for and was told, to be held against what is found later.
class Shopper {
    constructor(client) {
        this.client = client
        this.charges = []
        this.holds = []
        this.payments = []
        this.numbers = []
        // Requests that got no answer: each may have been done, or not.
        this.unanswered = { charges: 0, holds: 0, payments: 0 }
    }

    async ask(kind, path, body) {
        try {
            const made = ok(await this.client.post(path, body), 201)
            this[kind].push(made)
            return made
        } catch (error) {
            this.unanswered[kind]++
            throw error
        }
    }

    // One purchase after the other until the server is gone. `count` is told of each answer.
    async shop(round, seats, count) {
        // A hold that the last kill left unpaid would keep the token for ever.
        await leave(this.client)
        for (;;) {
            await this.ask('charges', '/v1/points/charges', { amount: PRICE })
            count()
            const token = await admitted(this.client)
            this.numbers.push(token.number)
            count()
            const seat = seats.pop()
            if (!seat) return
            const body = { roundId: round.id, seatIds: [seat.id] }
            const reservation = await this.ask('holds', '/v1/reservations', body)
            count()
            await this.ask('payments', '/v1/payments', { reservationId: reservation.id })
            count()
        }
    }

    // acknowledged ⊆ found ⊆ attempted
    async verify() {
        const all = async path => {
            const items = []
            let cursor = ''
            do {
                const page = ok(await this.client.get(`${path}?limit=200${cursor}`))
                items.push(...page.items)
                cursor = page.nextCursor && `&cursor=${page.nextCursor}`
            } while (cursor)
            return new Map(items.map(item => [item.id, item]))
        }
        const [entries, reservations, payments] = await Promise.all(
            ['/v1/points/entries', '/v1/reservations', '/v1/payments'].map(all)
        )
        for (const charge of this.charges) assert.deepEqual(entries.get(charge.id), charge)
        for (const payment of this.payments) {
            assert.deepEqual(payments.get(payment.id), payment)
            const { status, paymentId } = reservations.get(payment.reservationId)
            assert.deepEqual([status, paymentId], ['confirmed', payment.id])
        }
        for (const { id, expiresAt } of this.holds)
            assert.equal(reservations.get(id)?.expiresAt, expiresAt)
        const charges = [...entries.values()].filter(({ kind }) => kind === 'charge')
        const extra = {
            charges: charges.length - this.charges.length,
            holds: reservations.size - this.holds.length,
            payments: payments.size - this.payments.length,
        }
        for (const [kind, count] of Object.entries(extra))
            assert.ok(
                count >= 0 && count <= this.unanswered[kind],
                `${count} more ${kind} than asked for`
            )
        const sum = [...entries.values()].reduce((total, { amount }) => total + amount, 0)
        assert.equal(await balance(this.client), sum)
    }
}

describe('kill -9', () => {
    let house, organizer, shoppers, concert, keeper, kept
    const lastNumber = async () => ok(await house.anybody.get('/v1/queue')).lastNumber

    before(async () => {
        house = await House.prepare(
            { 'max-seats-per-user': 1000 },
            { organizers: ['boss@example.com'] }
        )
        const [first, ...others] = await seedBuyers(house, PEOPLE + 1)
        shoppers = others.map(client => new Shopper(client))
        keeper = first
        await house.start()
        organizer = await signIn(house, 'boss@example.com')
        concert = await makeConcert(organizer)
        const round = await makeRound(organizer, concert)
        await admitted(keeper)
        kept = ok(await hold(keeper, round, (await seatsOf(keeper, round))[0]), 201)
    })
    after(() => house.close())

    for (let kill = 1; kill <= KILLS; kill++)
        test(`number ${kill} of ${KILLS}`, async () => {
            const round = await makeRound(organizer, concert, {
                rows: 10,
                seatsPerRow: 40,
                price: PRICE,
            })
            const seats = await seatsOf(organizer, round)
            // From the first moments of the load to well into it, differently each time.
            const enough = 1 + ((kill * 97) % 300)
            let answered = 0
            const shopping = shoppers.map(shopper =>
                shopper.shop(round, seats, () => answered++).catch(error => error)
            )
            await until('some load', () => answered >= enough, { everyMs: 1 })
            await house.end('SIGKILL')
            const ends = await Promise.all(shopping)
            for (const error of ends)
                assert.ok(
                    /ECONNRE|socket hang up|EPIPE/.test(`${error?.code} ${error?.message}`),
                    error
                )

            if (kill % 7 === 0) await house.check()
            await house.start()
            await Promise.all(shoppers.map(shopper => shopper.verify()))
            assert.deepEqual(ok(await keeper.get(`/v1/reservations/${kept.id}`)), kept)
            const last = await lastNumber()
            assert.ok(last >= Math.max(...shoppers.flatMap(({ numbers }) => numbers)))
            assert.ok(last >= 1)
        })

    test('and the numbers of the queue have neither gaps nor repeats', async () => {
        const numbers = shoppers.flatMap(shopper => [...new Set(shopper.numbers)])
        assert.equal(new Set(numbers).size, numbers.length)
        const last = await lastNumber()
        const [{ client }] = shoppers
        const { id } = await admitted(client)
        ok(await client.delete(`/v1/queue/tokens/${id}`), 204)
        const next = ok(await client.post('/v1/queue/tokens'), 201).number
        assert.ok(next === last + 1 || next === last + 2, `${next} after ${last}`)
        await house.stop()
        await house.check()
        const query =
            'SELECT count(*), count(DISTINCT number), min(number), max(number) FROM queue_token'
        assert.equal(await sql(join(house.data, 'usher.db'), query), `${next}|${next}|1|${next}`)
    })
})
