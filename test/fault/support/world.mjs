// A box office of a page: it does what it is asked, writes the history a client would write and the
// rows that would be found, all of it right. judge.test.mjs then breaks them.

import { History } from './history.mjs'

export const PRICE = 100
const time = clock => 1_800_000_000_000 + clock * 1000
const iso = at => (at === null ? null : new Date(at).toISOString())

export class World {
    constructor(people, seatCount) {
        this.history = new History()
        this.clock = 0
        this.found = {
            accounts: people.map(userId => ({ userId, balance: 0 })),
            entries: [],
            tokens: [],
            seats: Array.from({ length: seatCount }, (_, i) => ({
                id: `seat ${i}`,
                concertRoundId: 'round',
                status: 'available',
                price: PRICE,
            })),
            reservations: [],
            payments: [],
            lastNumber: 0,
        }
    }

    id(prefix) {
        return `${prefix} ${String(++this.clock).padStart(6, '0')}`
    }
    row(kind, id) {
        return this.found[kind].find(row => row.id === id)
    }
    account(userId) {
        return this.found.accounts.find(row => row.userId === userId)
    }
    setSeats(reservation, status) {
        for (const id of reservation.seatIds) this.row('seats', id).status = status
    }

    // Notes the operation; `told` false: nobody heard of what became of it.
    note(operation, status, body, { told = true } = {}) {
        this.history.end(operation, told ? { status, body } : null)
    }
    refuse(userId, kind, asked, code) {
        const operation = this.history.invoke(userId, kind, asked)
        this.history.end(operation, { status: 409, body: { code } })
    }
    // Asked for, not done, and nobody was told.
    lose(userId, kind, asked) {
        return this.history.invoke(userId, kind, asked)
    }

    join(userId, how) {
        const operation = this.history.invoke(userId, 'join')
        const live = this.found.tokens.find(
            row => row.userId === userId && row.status !== 'expired'
        )
        const token = live ?? this.newToken(userId)
        const { id, number, issuedAt, activateAt } = token
        const answer = { id, userId, number, issuedAt: iso(issuedAt), activateAt: iso(activateAt) }
        this.note(operation, live ? 200 : 201, answer, how)
        return token
    }
    newToken(userId) {
        const id = this.id('token')
        const at = time(this.clock)
        const token = {
            id,
            userId,
            status: 'active',
            number: ++this.found.lastNumber,
            reason: null,
            issuedAt: at,
            activateAt: at,
            expiresAt: at + 600_000,
            endedAt: null,
        }
        this.found.tokens.push(token)
        return token
    }
    endToken(token, reason) {
        Object.assign(token, { status: 'expired', reason, endedAt: time(++this.clock) })
    }
    leave(token, how) {
        const operation = this.history.invoke(token.userId, 'leave', { tokenId: token.id })
        for (const row of this.found.reservations)
            if (row.tokenId === token.id && row.status === 'pending') this.release(row, 'left')
        this.endToken(token, 'left')
        this.note(operation, 204, undefined, how)
    }

    entry(userId, kind, amount, paymentId = null) {
        const account = this.account(userId)
        account.balance += amount
        const id = this.id('entry')
        const { balance } = account
        const entry = { id, userId, kind, amount, balance, paymentId, createdAt: time(this.clock) }
        this.found.entries.push(entry)
        return entry
    }
    charge(userId, amount, how) {
        const operation = this.history.invoke(userId, 'charge', { amount })
        const entry = this.entry(userId, 'charge', amount)
        this.note(operation, 201, { ...entry, createdAt: iso(entry.createdAt) }, how)
        return entry
    }

    hold(token, seats, how) {
        const { userId } = token
        const seatIds = seats.map(number => `seat ${number}`)
        const operation = this.history.invoke(userId, 'hold', { roundId: 'round', seatIds })
        const id = this.id('reservation')
        const at = time(this.clock)
        const reservation = {
            id,
            userId,
            roundId: 'round',
            tokenId: token.id,
            status: 'pending',
            amount: PRICE * seats.length,
            usedPoints: 0,
            paymentId: null,
            reservedAt: at,
            expiresAt: at + 300_000,
            refundableUntil: at + 9_000_000,
            endedAt: null,
            cancelReason: null,
            seatIds,
        }
        this.found.reservations.push(reservation)
        this.setSeats(reservation, 'held')
        const answer = {
            ...reservation,
            seats: seatIds.map(seatId => ({ seatId })),
            reservedAt: iso(at),
            expiresAt: iso(reservation.expiresAt),
            refundableUntil: iso(reservation.refundableUntil),
        }
        this.note(operation, 201, answer, how)
        return reservation
    }
    release(reservation, cancelReason) {
        this.setSeats(reservation, 'available')
        const endedAt = time(++this.clock)
        Object.assign(reservation, { status: 'cancelled', cancelReason, endedAt })
    }
    expire(reservation) {
        this.setSeats(reservation, 'available')
        const { expiresAt } = reservation
        Object.assign(reservation, { status: 'expired', endedAt: expiresAt })
        this.clock += 300
    }

    pay(reservation, how) {
        const { id: reservationId, userId, amount, tokenId } = reservation
        const operation = this.history.invoke(userId, 'pay', { reservationId })
        const id = this.id('payment')
        const paidAt = time(this.clock)
        const payment = { id, userId, reservationId, amount, status: 'succeeded', paidAt }
        payment.cancelledAt = null
        this.found.payments.push(payment)
        this.entry(userId, 'payment', -amount, id)
        Object.assign(reservation, { status: 'confirmed', usedPoints: amount, paymentId: id })
        this.setSeats(reservation, 'sold')
        this.endToken(this.row('tokens', tokenId), 'finished')
        this.note(operation, 201, { ...payment, paidAt: iso(paidAt) }, how)
        return payment
    }
    payShort(reservation) {
        const { id: reservationId, userId, amount } = reservation
        const operation = this.history.invoke(userId, 'pay', { reservationId })
        const payment = { id: this.id('payment'), userId, reservationId, amount, status: 'failed' }
        Object.assign(payment, { paidAt: null, cancelledAt: null })
        this.found.payments.push(payment)
        this.note(operation, 402, { code: 'insufficient_points' })
        return payment
    }
    cancel(reservation, how) {
        const { id: reservationId, userId, paymentId } = reservation
        const operation = this.history.invoke(userId, 'cancel', { reservationId })
        this.release(reservation, 'buyer')
        if (paymentId) {
            const payment = this.row('payments', paymentId)
            Object.assign(payment, { status: 'cancelled', cancelledAt: reservation.endedAt })
            this.entry(userId, 'refund', payment.amount, paymentId)
        }
        const { id, usedPoints, endedAt } = reservation
        this.note(operation, 200, { id, usedPoints, cancelledAt: iso(endedAt) }, how)
    }
}
