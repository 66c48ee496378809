// What clients asked for and were told: one entry for each operation, from its first sending to its
// answer, on one clock that counts instead of measuring. The judge holds it against what is found.

export const OUTCOME = {
    ok: 'ok', // acknowledged: it is there, whatever happens
    fail: 'fail', // refused: it has no effect
    unknown: 'unknown', // no answer, or outcome_unknown: it may be there, once
}

export class History {
    constructor() {
        this.operations = []
        this.clock = 0
        this.wallAheadMs = 0 // the most that the server's wall may be ahead of its house time now
    }

    // kind: join, leave, charge, hold, pay or cancel. `asked` are its particulars, by kind:
    // charge {amount} · hold {roundId, seatIds} · pay, cancel {reservationId} · leave {tokenId}
    invoke(userId, kind, asked = {}) {
        const operation = {
            number: this.operations.length + 1,
            userId,
            kind,
            asked,
            invoked: ++this.clock,
            wallAheadMs: this.wallAheadMs, // at most, while it was under way
            ended: null,
            tries: 1,
            outcome: OUTCOME.unknown,
            status: null,
            code: null,
            answer: null,
        }
        this.operations.push(operation)
        return operation
    }

    // The same operation sent again, with the same key.
    again(operation) {
        operation.tries++
    }

    // An answer as the HTTP client gives it; null for none.
    end(operation, answer) {
        if (answer === null || answer.body?.code === 'outcome_unknown') return
        operation.ended = ++this.clock
        operation.wallAheadMs = Math.max(operation.wallAheadMs, this.wallAheadMs)
        operation.status = answer.status
        if (answer.status < 300) {
            operation.outcome = OUTCOME.ok
            operation.answer = answer.body ?? null
        } else {
            operation.outcome = OUTCOME.fail
            operation.code = answer.body.code
        }
    }
}
