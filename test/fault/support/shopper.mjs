// People who buy: each does one thing after the other, drawn by the dice, notes in the history what
// it asked and was told, and after a fault repeats what got no answer with the same key.

import assert from 'node:assert/strict'

import { ok } from '../../api/support/client.mjs'
import { OUTCOME } from './history.mjs'

// No answer came. Nothing was sent when the connection was refused; else it may have been done.
export const isGone = error => /ECONNRE|socket hang up|EPIPE/.test(`${error.code} ${error.message}`)

// Refusals that the rules or a fault's 503 give; any other answer is a mistake of somebody's.
const refusals = {
    join: [],
    leave: [],
    charge: [],
    hold: [
        'queue_token_required',
        'queue_token_not_active',
        'seat_unavailable',
        'hold_limit',
        'seat_limit',
    ],
    pay: ['insufficient_points', 'reservation_not_pending', 'hold_expired'],
    cancel: ['refund_closed', 'reservation_expired'],
}
const overloads = ['busy', 'read_only', 'unavailable', 'capacity', 'too_many_requests']

// The last 64 keys of a caller count, and not every one that was sent is among them.
const KEYS_KEPT = 60

export class Shopper {
    // `market`: see Crowd.
    constructor(client, history, dice, market) {
        this.client = client
        this.history = history
        this.dice = dice
        this.market = market
        this.userId = client.user.id
        this.asked = 0
        this.unanswered = []
        this.forget()
    }

    // What it believes of itself; after a fault it looks again.
    forget() {
        this.token = null
        this.held = []
        this.bought = []
    }

    // ---- One operation ----

    // Sends and notes it; the answer's body when it was done, null when it was refused.
    async perform(kind, path, body, asked) {
        const operation = this.history.invoke(this.userId, kind, asked)
        operation.request = { path, body }
        operation.place = ++this.asked
        return this.send(operation)
    }

    async send(operation) {
        const { kind, request, number } = operation
        let answer
        try {
            answer =
                kind === 'leave'
                    ? await this.client.delete(request.path)
                    : await this.client.post(request.path, request.body, {
                          'idempotency-key': `operation ${number}`,
                      })
        } catch (error) {
            if (isGone(error)) this.unanswered.push(operation)
            throw error
        }
        this.history.end(operation, answer)
        operation.replayed = answer.headers['idempotency-replayed'] === 'true'
        this.market.answered++
        if (operation.outcome === OUTCOME.unknown) {
            this.market.unknown++
            this.unanswered.push(operation)
            return null
        }
        if (operation.outcome === OUTCOME.ok) return answer.body ?? {}
        const expected = [...refusals[kind], ...overloads]
        assert.ok(expected.includes(operation.code), `${request.path}: ${answer.text}`)
        const { refused } = this.market
        refused[operation.code] = (refused[operation.code] ?? 0) + 1
        return null
    }

    // ---- What one may do ----

    async join() {
        const token = await this.perform('join', '/v1/queue/tokens')
        if (!token) return
        if (token.id !== this.token?.id) this.held = [] // they ended with the token
        this.token = token
    }
    async leave() {
        const { id } = this.token
        if (!(await this.perform('leave', `/v1/queue/tokens/${id}`, undefined, { tokenId: id })))
            return
        this.token = null
        this.held = []
    }
    async charge() {
        // No two charges are alike, so that each found one says whose it is.
        const amount = this.market.price + this.history.operations.length + 1
        await this.perform('charge', '/v1/points/charges', { amount }, { amount })
    }
    async hold() {
        const { round, seats } = this.market
        const count = 1 + this.dice.below(2)
        const first = this.dice.below(seats.length - count + 1)
        const seatIds = seats.slice(first, first + count).map(({ id }) => id)
        const asked = { roundId: round.id, seatIds }
        const reservation = await this.perform('hold', '/v1/reservations', asked, asked)
        if (reservation) this.held.push(reservation.id)
        else this.lookAgain()
    }
    async pay() {
        const reservationId = this.dice.pick(this.held)
        const asked = { reservationId }
        if (!(await this.perform('pay', '/v1/payments', asked, asked))) return
        this.held = this.held.filter(id => id !== reservationId)
        this.bought.push(reservationId)
        this.lookAgain()
    }
    async cancel(list) {
        const reservationId = this.dice.pick(list)
        const path = `/v1/reservations/${reservationId}/cancel`
        if (!(await this.perform('cancel', path, undefined, { reservationId }))) return
        list.splice(list.indexOf(reservationId), 1)
    }

    // The token may have ended. Joining again tells, and may be asked as often as one likes.
    lookAgain() {
        this.token.status = 'asked about'
    }

    async step() {
        const { dice } = this
        if (this.token?.status !== 'active') return this.join()
        if (dice.chance(0.02)) return this.leave()
        if (this.held.length > 0 && dice.chance(0.6))
            return dice.chance(0.8) ? this.pay() : this.cancel(this.held)
        if (this.bought.length > 0 && dice.chance(0.1)) return this.cancel(this.bought)
        return dice.chance(0.4) ? this.charge() : this.hold()
    }

    // ---- Through faults ----

    // One thing after the other while `open()`, or until the server is gone.
    async shop(open) {
        try {
            while (open()) await this.step()
        } catch (error) {
            if (!isGone(error)) throw error
        }
    }

    // After a fault: most of what got no answer is repeated, in any order, while its key is known;
    // the rest stays open for ever, as with a client that gave up.
    async settle() {
        const { dice } = this
        const open = this.unanswered
            .splice(0)
            .filter(({ place }) => this.asked - place < KEYS_KEPT && dice.chance(0.8))
        while (open.length > 0) {
            const [operation] = open.splice(dice.below(open.length), 1)
            this.history.again(operation)
            await this.send(operation)
            if (operation.outcome !== OUTCOME.unknown) this.market.repeated++
            if (operation.replayed) this.market.replayed++
        }
        this.forget()
        await this.join()
        const pending = ok(await this.client.get('/v1/reservations?status=pending&limit=200'))
        const confirmed = ok(await this.client.get('/v1/reservations?status=confirmed&limit=200'))
        this.held = pending.items.map(({ id }) => id)
        this.bought = confirmed.items.map(({ id }) => id)
    }
}
