// The judge of the fault tests judged: a house in which everything is right, and then with one thing
// planted that is wrong, which the judge must name by the number of its invariant.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

import { judge, judgeProgress } from './support/judge.mjs'
import { PRICE, World } from './support/world.mjs'

// One of everything: paid, refunded, cancelled, expired, left, failed, held; done without an answer,
// not done without an answer, refused.
function live() {
    const world = new World(['ann', 'bob', 'cho'], 8)
    const rows = {}
    rows.first = world.join('ann')
    rows.second = world.join('bob')
    rows.third = world.join('cho', { told: false })
    world.join('cho')
    rows.charge = world.charge('ann', 1000)
    rows.silent = world.charge('ann', 500, { told: false })
    world.lose('ann', 'charge', { amount: 7 })
    world.charge('bob', 150)
    rows.paid = world.hold(rows.first, [0, 1])
    rows.payment = world.pay(rows.paid)
    rows.cancelled = world.hold(rows.second, [2])
    world.cancel(rows.cancelled)
    rows.again = world.hold(rows.second, [2, 3])
    rows.short = world.payShort(rows.again)
    world.refuse('cho', 'hold', { roundId: 'round', seatIds: ['seat 2'] }, 'seat_unavailable')
    rows.left = world.hold(rows.third, [4], { told: false })
    world.leave(rows.third)
    rows.fourth = world.join('ann')
    rows.refunded = world.hold(rows.fourth, [5])
    rows.refund = world.pay(rows.refunded, { told: false })
    world.cancel(rows.refunded, { told: false })
    rows.fifth = world.join('ann')
    rows.expired = world.hold(rows.fifth, [6])
    world.expire(rows.expired)
    rows.pending = world.hold(rows.fifth, [6])
    world.lose('bob', 'pay', { reservationId: rows.again.id })
    return { world, rows, found: world.found, operations: world.history.operations }
}

const without = (rows, row) => rows.splice(rows.indexOf(row), 1)
const operationOf = (operations, kind, id) =>
    operations.find(one => one.kind === kind && one.answer?.id === id)

// [invariant, what was planted, how]
const deeds = [
    // acknowledged ⊆ found
    [10, 'a lost charge', ({ found, rows }) => without(found.entries, rows.charge)],
    [10, 'a lost reservation', ({ found, rows }) => without(found.reservations, rows.pending)],
    [10, 'a lost payment', ({ found, rows }) => without(found.payments, rows.payment)],
    [10, 'a lost token', ({ found, rows }) => without(found.tokens, rows.second)],
    [
        10,
        'a payment that was undone',
        ({ rows }) => {
            Object.assign(rows.paid, { status: 'pending', usedPoints: 0, paymentId: null })
        },
    ],
    [
        10,
        'a cancelling that was undone',
        ({ rows }) => {
            Object.assign(rows.cancelled, { status: 'pending', endedAt: null, cancelReason: null })
        },
    ],
    [
        10,
        'a leaving that was undone',
        ({ rows }) => {
            Object.assign(rows.third, { status: 'active', endedAt: null, reason: null })
        },
    ],
    [10, 'a charge of another amount', ({ rows }) => rows.charge.amount++],
    [10, "a charge on another's account", ({ rows }) => (rows.charge.userId = 'cho')],
    [10, 'a token with another number', ({ rows }) => (rows.second.number = 9)],
    [10, 'a token let in at another time', ({ rows }) => rows.first.activateAt++],
    [10, 'a token that changed after it was told again', ({ rows }) => rows.third.issuedAt++],
    [10, 'a payment for nothing', ({ found, rows }) => without(found.reservations, rows.refunded)],
    [10, 'a hold of another seat', ({ rows }) => (rows.pending.seatIds = ['seat 7'])],
    [10, 'a hold cut short', ({ rows }) => (rows.pending.expiresAt -= 1)],
    [
        10,
        'a hold cut short, that was told by a wall ahead',
        ({ operations, rows }) => {
            for (const operation of operations) operation.wallAheadMs = 3_600_000
            rows.pending.expiresAt -= 3_600_000 + 1001
        },
    ],
    [10, 'a payment at another time', ({ rows }) => rows.payment.paidAt++],
    // found ⊆ attempted
    [10, 'an invented charge', ({ world }) => world.entry('ann', 'charge', 77)],
    [
        10,
        'a charge that was refused',
        ({ world }) => {
            world.refuse('ann', 'charge', { amount: 88 }, 'balance_limit')
            world.entry('ann', 'charge', 88)
        },
    ],
    [10, 'an invented token', ({ world }) => world.newToken('dan')],
    [10, 'an invented cancelling', ({ world, rows }) => world.release(rows.pending, 'buyer')],
    [10, 'an invented leaving', ({ world, rows }) => world.endToken(rows.fifth, 'left')],
    [
        10,
        'an invented round cancelling',
        ({ world, rows }) => {
            world.release(rows.pending, 'round_cancelled')
        },
    ],
    [
        10,
        'a payment that nobody tried',
        ({ world, operations, rows }) => {
            world.pay(rows.pending)
            operations.pop()
        },
    ],
    [
        10,
        'a failed payment that nobody tried',
        ({ world, operations, rows }) => {
            world.payShort(rows.pending)
            operations.pop()
        },
    ],
    [
        10,
        'a token finished by nothing',
        ({ world, rows }) => world.endToken(rows.second, 'finished'),
    ],
    [
        10,
        'a token timed out too early',
        ({ world, rows }) => {
            world.endToken(rows.second, 'timed_out')
        },
    ],
    // one effect
    [11, 'a charge done twice', ({ world }) => world.entry('ann', 'charge', 500)],
    [
        11,
        'one entry for two charges',
        ({ world, operations, rows }) => {
            world.charge('ann', 1000)
            without(world.found.entries, world.found.entries.at(-1))
            operations.at(-1).answer = operationOf(operations, 'charge', rows.charge.id).answer
        },
    ],
    [11, 'a join done twice', ({ world }) => world.newToken('cho')],
    [
        11,
        'a hold done twice',
        ({ world, rows, operations }) => {
            world.hold(rows.second, [4])
            operations.pop()
            Object.assign(world.found.reservations.at(-1), { userId: 'cho' })
        },
    ],
    // seats
    [1, 'a sold seat offered again', ({ found }) => (found.seats[0].status = 'available')],
    [
        1,
        'a seat sold to two',
        ({ world, rows }) => {
            const second = world.hold(rows.second, [0])
            second.status = 'confirmed'
            second.usedPoints = PRICE
        },
    ],
    [1, 'a hold of a seat that is not there', ({ rows }) => rows.pending.seatIds.push('seat 99')],
    [1, 'a free seat that is marked as held', ({ found }) => (found.seats[7].status = 'held')],
    [2, 'a seat held by two', ({ world, rows }) => world.hold(rows.second, [6])],
    [
        2,
        'a hold that ended after the next began',
        ({ rows }) => {
            rows.expired.endedAt = rows.pending.reservedAt + 1
        },
    ],
    // a reservation ends once
    [2, 'a hold that expired before its time', ({ rows }) => (rows.expired.endedAt -= 1000)],
    [
        2,
        'a paid reservation released by leaving',
        ({ world, rows }) => {
            world.release(rows.paid, 'left')
        },
    ],
    [2, 'a cancelled reservation that was paid', ({ world, rows }) => world.pay(rows.cancelled)],
    [2, 'a reservation cancelled at another time', ({ rows }) => rows.cancelled.endedAt--],
    // money
    [3, 'a balance raised', ({ world }) => world.account('bob').balance++],
    [3, 'an entry taken out', ({ found, rows }) => without(found.entries, rows.silent)],
    [3, 'an entry with a wrong balance', ({ rows }) => rows.silent.balance++],
    [
        3,
        'a payment that nobody gave the points for',
        ({ found }) => {
            without(
                found.entries,
                found.entries.find(({ kind }) => kind === 'payment')
            )
        },
    ],
    [
        4,
        'a refund given twice',
        ({ world, rows }) => {
            world.entry('ann', 'refund', rows.refund.amount, rows.refund.id)
        },
    ],
    [
        4,
        'a refund forgotten',
        ({ world }) => {
            const refund = world.found.entries.find(({ kind }) => kind === 'refund')
            world.account('ann').balance -= refund.amount
            without(world.found.entries, refund)
        },
    ],
    [4, 'a reservation confirmed for less', ({ rows }) => (rows.paid.usedPoints -= 1)],
    [4, 'a reservation that names no payment', ({ rows }) => (rows.paid.paymentId = null)],
    [
        4,
        'a refund for seats that were kept',
        ({ rows }) => {
            Object.assign(rows.refunded, { status: 'confirmed', endedAt: null, cancelReason: null })
        },
    ],
    [4, 'two failed payments of a reservation', ({ world, rows }) => world.payShort(rows.again)],
    // the queue
    [
        6,
        'a gap in the numbers',
        ({ world, rows }) => {
            rows.fifth.number++
            world.found.lastNumber++
        },
    ],
    [6, 'a number given twice', ({ rows }) => (rows.fourth.number = rows.third.number)],
    [
        6,
        'numbers in another order than asked for',
        ({ rows, operations }) => {
            const one = operationOf(operations, 'join', rows.first.id).answer
            const other = operationOf(operations, 'join', rows.second.id).answer
            for (const [early, late] of [
                [rows.first, rows.second],
                [one, other],
            ])
                for (const name of ['id', 'number'])
                    [early[name], late[name]] = [late[name], early[name]]
        },
    ],
    [6, 'a last number that is not the last', ({ found }) => found.lastNumber++],
    [8, 'two live tokens of one person', ({ world }) => world.newToken('bob')],
]

// What the judge has to say, as patterns of the templates in its source.
const source = readFileSync(new URL('./support/judge.mjs', import.meta.url), 'utf8')
const sentences = [...source.matchAll(/blame\(\s*\d+,\s*([`'])(.*?)\1\s*\)/gs)].map(
    ([, , sentence]) => {
        const words = sentence
            .split(/\$\{.*?\}/)
            .map(word => word.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&'))
        return new RegExp(`^${words.join('.*')}$`)
    }
)
const heard = []

const text = violations => violations.map(one => `invariant ${one.invariant}: ${one.text}`)

describe('the judge', () => {
    test('finds nothing wrong where nothing is', () => {
        const { world, found } = live()
        assert.deepEqual(text(judge(world.history, found)), [])
    })

    for (const [invariant, deed, plant] of deeds)
        test(`names invariant ${invariant}: ${deed}`, () => {
            const planted = live()
            plant(planted)
            const violations = judge(planted.world.history, planted.found)
            heard.push(...violations.map(one => one.text))
            const named = violations.map(one => one.invariant)
            assert.ok(named.includes(invariant), `named: ${text(violations).join('\n') || 'none'}`)
        })

    test('has said everything that it can say', () => {
        assert.ok(sentences.length > 30)
        const unheard = sentences.filter(sentence => !heard.some(said => sentence.test(said)))
        assert.deepEqual(unheard, [])
    })
})

describe('the judge of two looks', () => {
    const look = ({ found }) => structuredClone(found)
    const later = [
        [10, 'an entry that vanished', ({ found, rows }) => without(found.entries, rows.silent)],
        [10, 'a token that vanished', ({ found, rows }) => without(found.tokens, rows.third)],
        [2, 'a hold that ended again', ({ rows }) => (rows.expired.status = 'cancelled')],
        [2, 'a token that came back', ({ rows }) => (rows.first.status = 'active')],
        [2, 'an entry that changed', ({ rows }) => rows.silent.amount++],
        [2, 'a refund that was taken back', ({ rows }) => rows.refund.cancelledAt++],
    ]

    test('lets life go on', () => {
        const before = live()
        const earlier = look(before)
        before.world.cancel(before.rows.pending)
        before.world.cancel(before.rows.paid)
        assert.deepEqual(judgeProgress(earlier, before.found), [])
    })
    for (const [invariant, deed, plant] of later)
        test(`names invariant ${invariant}: ${deed}`, () => {
            const planted = live()
            const earlier = look(planted)
            plant(planted)
            const named = judgeProgress(earlier, planted.found).map(one => one.invariant)
            assert.deepEqual(named, [invariant])
        })
})
