// Holds what clients were told (history.mjs) against what is found after a fault (tables.mjs), and
// names what is wrong by the numbers of the design's invariants, as `usher check` does. It knows
// nothing of usher but the rules of its API; judge.test.mjs shows it every kind of wrong.

import { OUTCOME } from './history.mjs'

const CLOCKS_AGREE_MS = 1000

const milliseconds = time => (time === null ? null : Date.parse(time))
const groupBy = (rows, key) => {
    const groups = new Map()
    for (const row of rows) {
        const name = key(row)
        if (!groups.has(name)) groups.set(name, [])
        groups.get(name).push(row)
    }
    return groups
}
const sum = (rows, amount) => rows.reduce((total, row) => total + amount(row), 0)
const byId = rows => new Map(rows.map(row => [row.id, row]))
const inOrder = (rows, key) =>
    [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))

// The names of the fields in which a row is not what was answered.
const differences = (row, answered) =>
    Object.keys(answered).filter(
        name => JSON.stringify(row[name]) !== JSON.stringify(answered[name])
    )

class Judgement {
    constructor(history, found) {
        this.found = found
        this.violations = []
        this.of = kind => history.operations.filter(operation => operation.kind === kind)
        this.rows = {
            entries: byId(found.entries),
            tokens: byId(found.tokens),
            reservations: byId(found.reservations),
            payments: byId(found.payments),
        }
    }

    blame(invariant, text) {
        this.violations.push({ invariant, text })
    }

    // acknowledged ⊆ found ⊆ attempted, and one effect for each operation however often it was
    // sent. `likeness` says of an operation and of a row what they have in common; `answered` gives
    // the fields that a row keeps from the answer that announced it.
    made(kind, operations, rows, likeness, answered) {
        const acknowledged = new Map()
        for (const operation of operations.filter(({ outcome }) => outcome === OUTCOME.ok)) {
            const { id } = operation.answer
            const row = rows.find(one => one.id === id)
            if (acknowledged.has(id))
                this.blame(11, `${kind} ${id} is the answer to two operations`)
            acknowledged.set(id, operation)
            if (!row) {
                this.blame(10, `${kind} ${id} was acknowledged and is not there`)
                continue
            }
            const wrong = differences(row, answered(operation.answer))
            if (wrong.length > 0)
                this.blame(10, `${kind} ${id} is not what was acknowledged: ${wrong}`)
        }
        const attempts = groupBy(operations, likeness)
        const others = rows.filter(({ id }) => !acknowledged.has(id))
        for (const [like, extra] of groupBy(others, likeness)) {
            const tried = attempts.get(like) ?? []
            const open = tried.filter(({ outcome }) => outcome === OUTCOME.unknown)
            const names = extra.map(({ id }) => id)
            if (tried.length === 0) this.blame(10, `nobody asked for ${kind} ${names}`)
            else if (tried.every(({ outcome }) => outcome === OUTCOME.fail))
                this.blame(10, `${kind} ${names} was refused and is there`)
            else if (extra.length > open.length)
                this.blame(11, `${kind} ${names}: more than the ${tried.length} attempts made`)
        }
    }

    // ---- What operations make ----

    charges() {
        const charges = this.found.entries.filter(({ kind }) => kind === 'charge')
        this.made(
            'charge',
            this.of('charge'),
            charges,
            one => `${one.userId} ${one.asked?.amount ?? one.amount}`,
            ({ userId, kind, amount, balance, createdAt }) => ({
                userId,
                kind,
                amount,
                balance,
                createdAt: milliseconds(createdAt),
            })
        )
    }

    holds() {
        this.made(
            'reservation',
            this.of('hold'),
            this.found.reservations,
            ({ userId, asked, ...row }) => {
                const { roundId, seatIds } = asked ?? row
                return [userId, roundId, ...seatIds].join(' ')
            },
            ({ userId, roundId, amount, seats, reservedAt, refundableUntil }) => ({
                userId,
                roundId,
                amount,
                seatIds: seats.map(({ seatId }) => seatId),
                reservedAt: milliseconds(reservedAt),
                refundableUntil: milliseconds(refundableUntil),
            })
        )
        for (const { outcome, answer, wallAheadMs } of this.of('hold')) {
            if (outcome !== OUTCOME.ok) continue
            const row = this.rows.reservations.get(answer.id)
            // Told by the wall, within a second where that is apart from the house.
            const slackMs = wallAheadMs > 0 ? wallAheadMs + CLOCKS_AGREE_MS : 0
            if (row && row.expiresAt < milliseconds(answer.expiresAt) - slackMs)
                this.blame(10, `${row.id} ends earlier than was acknowledged`)
        }
    }

    payments() {
        const failed = this.found.payments.filter(({ status }) => status === 'failed')
        this.made(
            'payment',
            this.of('pay'),
            this.found.payments.filter(({ status }) => status !== 'failed'),
            one => `${one.userId} ${one.asked?.reservationId ?? one.reservationId}`,
            ({ userId, reservationId, amount, paidAt }) => ({
                userId,
                reservationId,
                amount,
                paidAt: milliseconds(paidAt),
            })
        )
        const tries = groupBy(this.of('pay'), ({ asked }) => asked.reservationId)
        for (const [reservationId, rows] of groupBy(failed, row => row.reservationId)) {
            const short = (tries.get(reservationId) ?? []).filter(
                ({ outcome, code }) => outcome === OUTCOME.unknown || code === 'insufficient_points'
            )
            if (short.length === 0)
                this.blame(10, `${rows[0].id} failed and nobody was told or waits to be`)
            if (rows.length > 1)
                this.blame(4, `${reservationId} has ${rows.length} failed payments`)
        }
    }

    // A join that found a live token made nothing; it says of that token what it knows.
    joins() {
        const joins = this.of('join')
        const kept = ({ userId, number, issuedAt }) => ({
            userId,
            number,
            issuedAt: milliseconds(issuedAt),
        })
        this.made(
            'token',
            joins.filter(({ status }) => status !== 200),
            this.found.tokens,
            ({ userId }) => userId,
            kept
        )
        for (const { status, answer } of joins) {
            if (status !== 200) continue
            const row = this.rows.tokens.get(answer.id)
            if (!row) this.blame(10, `token ${answer.id} was acknowledged and is not there`)
            else if (differences(row, kept(answer)).length > 0)
                this.blame(10, `token ${answer.id} is not what was acknowledged`)
        }
        for (const { outcome, answer } of joins) {
            const row = outcome === OUTCOME.ok && this.rows.tokens.get(answer.id)
            if (row && answer.activateAt && row.activateAt !== milliseconds(answer.activateAt))
                this.blame(10, `token ${row.id} was let in at another time than acknowledged`)
        }
    }

    // ---- What operations end ----

    attempted(kind, name) {
        return groupBy(
            this.of(kind).filter(({ outcome }) => outcome !== OUTCOME.fail),
            ({ asked }) => asked[name]
        )
    }

    // Each way in which a reservation may have come to its state, and who must have asked for it.
    reservationEnds() {
        const paid = this.attempted('pay', 'reservationId')
        const cancelled = this.attempted('cancel', 'reservationId')
        const left = this.attempted('leave', 'tokenId')
        for (const row of this.found.reservations) {
            const { id, status, cancelReason, usedPoints, tokenId } = row
            if (usedPoints > 0 && !paid.has(id))
                this.blame(10, `${id} is paid and nobody tried to pay it`)
            if (status === 'confirmed' && usedPoints !== row.amount)
                this.blame(4, `${id} of ${row.amount} is confirmed for ${usedPoints}`)
            if (status === 'expired' && row.endedAt < row.expiresAt)
                this.blame(2, `${id} expired before its time`)
            if (status !== 'cancelled') continue
            const asked =
                (cancelReason === 'buyer' && cancelled.has(id)) ||
                (cancelReason === 'left' && left.has(tokenId))
            if (!asked)
                this.blame(10, `${id} is cancelled (${cancelReason}), which nobody asked for`)
        }
        this.acknowledgedEnds(paid, cancelled)
    }

    acknowledgedEnds(paid, cancelled) {
        const acknowledged = (attempts, id) =>
            (attempts.get(id) ?? []).filter(({ outcome }) => outcome === OUTCOME.ok)
        for (const row of this.found.reservations) {
            const { id, status, endedAt } = row
            const payments = acknowledged(paid, id)
            const cancels = acknowledged(cancelled, id)
            if (payments.length > 0 && row.usedPoints === 0)
                this.blame(10, `${id}: its acknowledged payment is not there`)
            if (payments.length > 0 && !['confirmed', 'cancelled'].includes(status))
                this.blame(10, `${id} was paid and is ${status}`)
            if (payments.length > 0 && status === 'cancelled' && row.cancelReason !== 'buyer')
                this.blame(2, `${id} was paid and ended a second time (${row.cancelReason})`)
            for (const cancel of cancels) {
                const { answer } = cancel
                if (status !== 'cancelled')
                    this.blame(10, `${id}: its acknowledged cancelling is not there`)
                else if (endedAt !== milliseconds(answer.cancelledAt))
                    this.blame(2, `${id} was cancelled at another time than acknowledged`)
                for (const pay of payments)
                    if (
                        pay.invoked > cancel.ended ||
                        (pay.ended < cancel.invoked && answer.usedPoints === 0)
                    )
                        this.blame(2, `${id} was cancelled unpaid, and paid`)
            }
        }
    }

    tokenEnds() {
        const left = this.attempted('leave', 'tokenId')
        const finished = new Set(
            this.found.reservations.filter(row => row.usedPoints > 0).map(row => row.tokenId)
        )
        for (const { id, status, reason, endedAt, expiresAt } of this.found.tokens) {
            const acknowledged = (left.get(id) ?? []).some(({ outcome }) => outcome === OUTCOME.ok)
            if (acknowledged && status !== 'expired')
                this.blame(10, `${id} was left, acknowledged, and is ${status}`)
            if (reason === 'left' && !left.has(id)) this.blame(10, `${id}: nobody asked to leave`)
            if (reason === 'finished' && !finished.has(id))
                this.blame(10, `${id} is finished and nothing was paid with it`)
            if (reason === 'timed_out' && endedAt < expiresAt)
                this.blame(10, `${id} was timed out before its time`)
        }
        const live = this.found.tokens.filter(({ status }) => status !== 'expired')
        for (const [userId, tokens] of groupBy(live, token => token.userId))
            if (tokens.length > 1) this.blame(8, `${userId} has ${tokens.length} live tokens`)
    }

    // ---- Money ----

    money() {
        const { accounts, entries, payments } = this.found
        const entriesOf = groupBy(entries, ({ userId }) => userId)
        for (const { userId, balance } of accounts) {
            let soFar = 0
            for (const entry of inOrder(entriesOf.get(userId) ?? [], ({ id }) => id)) {
                soFar += entry.amount
                if (entry.balance !== soFar || soFar < 0)
                    this.blame(3, `${entry.id} says ${entry.balance} where there are ${soFar}`)
            }
            if (balance !== soFar)
                this.blame(3, `${userId} has ${balance}, and entries of ${soFar}`)
        }
        const of = kind =>
            sum(
                entries.filter(entry => entry.kind === kind),
                ({ amount }) => amount
            )
        const balances = sum(accounts, ({ balance }) => balance)
        const kept = payments.filter(({ status }) => status === 'succeeded')
        const paid = sum(kept, ({ amount }) => amount)
        if (of('charge') + of('adjustment') + of('payment') + of('refund') !== balances)
            this.blame(3, 'the entries do not sum to the balances')
        if (of('charge') + of('adjustment') - paid !== balances)
            this.blame(3, 'charges and adjustments less payments are not the balances')
    }

    // A payment takes its amount once, a cancelled one gives it back once, a failed one neither.
    paymentEntries() {
        const { entries, payments } = this.found
        const bound = entries.filter(({ kind }) => kind === 'payment' || kind === 'refund')
        const of = groupBy(bound, ({ paymentId }) => paymentId)
        for (const { id, amount, status, reservationId } of payments) {
            const given = (of.get(id) ?? []).map(entry => `${entry.kind} ${entry.amount}`).sort()
            const wanted = []
            if (status !== 'failed') wanted.push(`payment ${-amount}`)
            if (status === 'cancelled') wanted.push(`refund ${amount}`)
            if (given.join() !== wanted.join())
                this.blame(4, `${id} is ${status} with the entries ${given.join(', ') || 'none'}`)
            const reservation = this.rows.reservations.get(reservationId)
            if (!reservation) this.blame(10, `${id} is for ${reservationId}, which is not there`)
            else if (status !== 'failed' && reservation.paymentId !== id)
                this.blame(4, `${id} is for ${reservationId}, which names another payment`)
            else if (status === 'cancelled' && reservation.status !== 'cancelled')
                this.blame(4, `${id} is refunded and ${reservationId} is ${reservation.status}`)
        }
        for (const { id, paymentId } of bound)
            if (!this.rows.payments.has(paymentId)) this.blame(4, `${id} has no payment`)
    }

    // ---- Seats ----

    seats() {
        const claims = new Map(this.found.seats.map(({ id }) => [id, []]))
        for (const row of inOrder(this.found.reservations, ({ id }) => id))
            for (const seatId of row.seatIds) {
                if (claims.has(seatId)) claims.get(seatId).push(row)
                else this.blame(1, `${row.id} has ${seatId}, which is not there`)
            }
        for (const { id, status } of this.found.seats) {
            const rows = claims.get(id)
            const count = wanted => rows.filter(row => row.status === wanted).length
            if (count('confirmed') !== (status === 'sold' ? 1 : 0))
                this.blame(1, `${id} is ${status}, sold to ${count('confirmed')}`)
            if (count('pending') !== (status === 'held' ? 1 : 0))
                this.blame(1, `${id} is ${status}, held by ${count('pending')}`)
            rows.forEach((row, i) => {
                const before = rows[i - 1]
                if (before && (before.endedAt === null || before.endedAt > row.reservedAt))
                    this.blame(2, `${id} was given to ${row.id} while ${before.id} had it`)
            })
        }
    }

    // ---- The queue's numbers ----

    numbers() {
        const { tokens, lastNumber } = this.found
        inOrder(tokens, ({ number }) => number).forEach(({ id, number }, i) => {
            if (number !== i + 1) this.blame(6, `${id} has number ${number} at place ${i + 1}`)
        })
        inOrder(tokens, ({ id }) => id).forEach(({ id, number }, i) => {
            if (number !== i + 1)
                this.blame(6, `${id} has number ${number} and was made ${i + 1}th`)
        })
        if (lastNumber !== tokens.length)
            this.blame(6, `the last number is ${lastNumber} of ${tokens.length} tokens`)
    }

    // Who was told a number before another asked for one stands before the other. A token was made
    // between the first sending of the operation that made it and the first word of it.
    numberOrder() {
        const told = new Map()
        for (const { outcome, answer, ended } of this.of('join'))
            if (outcome === OUTCOME.ok && !(told.get(answer.id) <= ended))
                told.set(answer.id, ended)
        const asked = this.of('join').filter(({ status, outcome }) => {
            return outcome === OUTCOME.ok && status !== 200
        })
        const tokens = [...told.keys()].map(id => this.rows.tokens.get(id)).filter(Boolean)
        const acknowledged = inOrder(tokens, ({ id }) => told.get(id))
        let next = 0
        let highest = null
        for (const { answer, invoked } of inOrder(asked, operation => operation.invoked)) {
            const row = this.rows.tokens.get(answer.id)
            if (!row) continue
            for (; next < acknowledged.length && told.get(acknowledged[next].id) < invoked; next++)
                if (highest === null || acknowledged[next].number > highest.number)
                    highest = acknowledged[next]
            if (highest && highest.number > row.number)
                this.blame(
                    6,
                    `${row.id} asked after ${highest.number} was told, and has ${row.number}`
                )
        }
    }
}

// Every violation: [{invariant, text}].
export function judge(history, found) {
    const judgement = new Judgement(history, found)
    const questions = [
        'charges',
        'holds',
        'payments',
        'joins',
        'reservationEnds',
        'tokenEnds',
        'money',
        'paymentEntries',
        'seats',
        'numbers',
        'numberOrder',
    ]
    for (const question of questions) judgement[question]()
    return judgement.violations
}

const final = {
    entries: () => true,
    reservations: ({ status }) => status === 'cancelled' || status === 'expired',
    payments: ({ status }) => status === 'cancelled',
    tokens: ({ status }) => status === 'expired',
}

// Between two looks nothing vanishes, and what has come to its end stays as it is.
export function judgeProgress(earlier, later) {
    const violations = []
    for (const [kind, ended] of Object.entries(final)) {
        const now = byId(later[kind])
        for (const row of earlier[kind]) {
            const found = now.get(row.id)
            if (!found) violations.push({ invariant: 10, text: `${row.id} was there and is not` })
            else if (ended(row) && differences(found, row).length > 0)
                violations.push({ invariant: 2, text: `${row.id} changed after its end` })
        }
    }
    return violations
}
