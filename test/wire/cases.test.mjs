// Every raw case, whole and cut: the same bytes have the same answers, in whatever pieces they
// come.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { House } from '../api/support/house.mjs'
import { seedBuyers } from '../api/support/people.mjs'
import { Dice, seed } from '../fault/support/dice.mjs'
import fields from './cases/fields.mjs'
import framing from './cases/framing.mjs'
import order from './cases/order.mjs'
import requestLine from './cases/request-line.mjs'
import { atRandom, byteByByte, whole } from './support/cuts.mjs'
import { runCase, textOf } from './support/run.mjs'

// Longer cases are made of what shorter ones have, many times over.
const BYTE_BY_BYTE_MOST = 1000
const AT_ONCE = 8
const CUTS = Number(process.env.USHER_WIRE_CUTS ?? 3)

const groups = { 'the request line': requestLine, fields, framing, 'order and ends': order }

test('cases have names of their own', () => {
    const names = Object.values(groups).flatMap(rows => rows.map(({ name }) => name))
    assert.deepEqual([...new Set(names)], names)
})

describe(`raw cases (USHER_FAULT_SEED=${seed})`, () => {
    let house, buyers
    before(async () => {
        house = await House.prepare()
        buyers = await seedBuyers(house, AT_ONCE)
        await house.start()
        await Promise.all(buyers.map(buyer => buyer.post('/v1/queue/tokens')))
    })
    after(() => house.close())

    for (const [group, rows] of Object.entries(groups))
        describe(group, { concurrency: AT_ONCE }, () => {
            for (const [i, row] of rows.entries())
                test(row.name, async () => {
                    const dice = new Dice(seed, i)
                    const buyer = buyers[i % AT_ONCE] // who has bounds of their own
                    const cuts = Array.from({ length: CUTS }, () =>
                        atRandom(dice, 1 + dice.below(8))
                    )
                    if (textOf(row).length <= BYTE_BY_BYTE_MOST) cuts.push(byteByByte)
                    const first = await runCase(row, { house, buyer, cut: whole })
                    for (const cut of cuts)
                        assert.deepEqual(await runCase(row, { house, buyer, cut }), first)
                })
        })
})
