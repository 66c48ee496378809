// A round with thousands of paid reservations is cancelled while another sells, and the server is
// killed between two of the slices in which it refunds: everybody gets the points back, once.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import {
    admitted,
    balance,
    buy,
    hold,
    makeConcert,
    makeRound,
    pay,
    seedBuyers,
    signIn,
} from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Fired } from './support/fired.mjs'
import { isGone } from './support/shopper.mjs'
import { find } from './support/tables.mjs'

// The moment between two slices is short: as many kills look for it before none is believed to come.
const KILLS = Number(process.env.USHER_CANCEL_KILLS ?? 1)
const KILLS_MAX = KILLS + 9
const BUYERS = 125
const EACH = 20 // as many holds as a queue token may make
const OTHERS = 8
const POINTS = 10_000_000
const PRICE = 100

const fired = new Fired('round-cancel', [
    'kills between two slices',
    'seats of another round that were paid for meanwhile',
])

describe(`a cancelled round of ${BUYERS * EACH}`, () => {
    const rounds = [] // that were cancelled
    const kept = [] // reservations of others, paid for before a kill
    let house, organizer, concert, buyers, others

    before(async () => {
        const settings = { 'max-seats-per-user': 1000 }
        house = await House.prepare(settings, { organizers: ['boss@example.com'] })
        const people = await seedBuyers(house, BUYERS + OTHERS, POINTS)
        buyers = people.slice(0, BUYERS)
        others = people.slice(BUYERS)
        await house.start()
        organizer = await signIn(house, 'boss@example.com')
        concert = await makeConcert(organizer)
    })
    after(() => house.close())

    const makeHall = () =>
        makeRound(organizer, concert, { rows: BUYERS, seatsPerRow: EACH, price: PRICE })
    const salesOf = async ({ id }) => ok(await organizer.get(`/v1/rounds/${id}/sales`))
    const seatsIn = async ({ id }) => {
        const { id: ids } = ok(await organizer.get(`/v1/rounds/${id}/map`))
        return ids.map(id => ({ id }))
    }

    // First all holds, then all payments: the last ends the turn.
    async function buyTogether(client, round, seats) {
        const held = []
        await admitted(client)
        for (const seat of seats) held.push(ok(await hold(client, round, seat), 201))
        for (const reservation of held) ok(await pay(client, reservation), 201)
    }

    async function sellOut(round) {
        const seats = await seatsIn(round)
        const mine = i => seats.slice(i * EACH, (i + 1) * EACH)
        await Promise.all(buyers.map((client, i) => buyTogether(client, round, mine(i))))
        const counts = { available: 0, held: 0, sold: seats.length, blocked: 0 }
        const revenue = seats.length * PRICE
        assert.deepEqual(await salesOf(round), {
            roundId: round.id,
            totalSeatCnt: seats.length,
            ...counts,
            revenue,
            refundsPending: 0,
        })
    }

    // Buys seat after seat, until the server is gone; tells what was paid for.
    async function shop(client, round, seats) {
        const paid = []
        try {
            for (const seat of seats) {
                paid.push((await buy(client, round, seat)).id)
            }
        } catch (error) {
            if (!isGone(error)) throw error
        }
        return paid
    }

    async function cancelAndKill(round, other) {
        const seats = await seatsIn(other)
        const share = Math.floor(seats.length / OTHERS)
        const shopping = others.map((client, i) =>
            shop(client, other, seats.slice(i * share, (i + 1) * share))
        )
        await until('the other sale', async () => (await salesOf(other)).sold > OTHERS)
        const { status } = ok(await organizer.post(`/v1/rounds/${round.id}/cancel`))
        assert.equal(status, 'cancelled')
        const begun = async () => (await salesOf(round)).refundsPending < BUYERS * EACH
        await until('the first slice', begun, { everyMs: 1 })
        await house.end('SIGKILL')
        return (await Promise.all(shopping)).flat()
    }

    // Nothing was given back twice, and what was cancelled was given back.
    function checkRefunds(found, round) {
        const refunds = new Map()
        for (const { kind, paymentId, amount } of found.entries)
            if (kind === 'refund') refunds.set(paymentId, [...(refunds.get(paymentId) ?? []), amount])
        const reservations = found.reservations.filter(({ roundId }) => roundId === round.id)
        for (const { status, paymentId, cancelReason, usedPoints } of reservations) {
            const back = refunds.get(paymentId) ?? []
            const cancelled = status === 'cancelled' && cancelReason === 'round_cancelled'
            assert.deepEqual(back, cancelled ? [usedPoints] : [])
            assert.ok(cancelled || status === 'confirmed', status)
        }
        const left = reservations.filter(({ status }) => status === 'confirmed').length
        return { left, refunded: reservations.length - left }
    }

    const between = () => fired.counts['kills between two slices']

    test('is refunded whole by whoever starts next', async () => {
        for (let kill = 1; kill <= KILLS || (between() === 0 && kill <= KILLS_MAX); kill++) {
            const [round, other] = [await makeHall(), await makeHall()]
            await sellOut(round)
            const paid = await cancelAndKill(round, other)
            const { left, refunded } = checkRefunds(await find(house.data), round)
            if (left > 0 && refunded > 0) fired.add('kills between two slices')
            await house.start()
            await until('all refunds', async () => (await salesOf(round)).refundsPending === 0)
            const { available, sold, revenue } = await salesOf(round)
            assert.deepEqual([available, sold, revenue], [BUYERS * EACH, 0, 0])
            for (const client of buyers) assert.equal(await balance(client), POINTS)
            fired.add('seats of another round that were paid for meanwhile', paid.length)
            kept.push(...paid)
            rounds.push(round)
        }
    })

    test('and the books are right', async () => {
        await house.stop()
        const found = await find(house.data)
        const all = { left: 0, refunded: BUYERS * EACH }
        for (const round of rounds) assert.deepEqual(checkRefunds(found, round), all)
        const statuses = new Map(found.reservations.map(({ id, status }) => [id, status]))
        for (const id of kept) assert.equal(statuses.get(id), 'confirmed')
        fired.demand()
    })
})
