// What a data directory holds, read with SQL from the tables' views, as the judge wants it. The
// directory is copied first and the copy brought up to its journal's end, so that the original keeps
// the unbooked tail that the next start is to recover from.

import assert from 'node:assert/strict'
import { cp, lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { program, run, sql } from '../../api/support/house.mjs'

const columns = {
    point_account: ['user_id', 'balance'],
    point_entry: ['id', 'user_id', 'kind', 'amount', 'balance', 'payment_id', 'created_at'],
    queue_token: [
        'id',
        'user_id',
        'status',
        'number',
        'reason',
        'issued_at',
        'activate_at',
        'expires_at',
        'ended_at',
    ],
    seat: ['id', 'concert_round_id', 'status', 'price'],
    seat_reservation: [
        'id',
        'user_id',
        'round_id',
        'token_id',
        'status',
        'amount',
        'used_points',
        'payment_id',
        'reserved_at',
        'expires_at',
        'refundable_until',
        'ended_at',
        'cancel_reason',
    ],
    reservation_seat: ['reservation_id', 'position', 'seat_id', 'price'],
    payment: ['id', 'user_id', 'reservation_id', 'amount', 'status', 'paid_at', 'cancelled_at'],
    house: ['last_number', 'serving'],
}

// A server that was killed leaves its socket, which cannot be copied and holds nothing.
const isNoSocket = async path => !(await lstat(path)).isSocket()

const camel = name => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

const question = ([table, names]) => {
    const pairs = names.map(name => `'${camel(name)}', ${name}`).join(', ')
    return `SELECT json_group_array(json_object(${pairs})) FROM ${table}_readable;`
}

// The views show ids as the API does, which the judge compares, and times as text, which it counts
// with.
const timeAsNumber = (name, value) =>
    /(At|Until)$/.test(name) && value !== null ? Date.parse(value) : value

// From a directory that nobody serves and whose tables are at the journal's end.
export async function readTables(directory) {
    const statements = Object.entries(columns).map(question).join('\n')
    const lines = (await sql(join(directory, 'usher.db'), statements)).split('\n')
    const rows = lines.map(line => JSON.parse(line, timeAsNumber))
    const tables = Object.fromEntries(
        Object.keys(columns).map((table, i) => [camel(table), rows[i]])
    )
    return {
        accounts: tables.pointAccount,
        entries: tables.pointEntry,
        tokens: tables.queueToken,
        seats: tables.seat,
        reservations: withSeats(tables.seatReservation, tables.reservationSeat),
        payments: tables.payment,
        lastNumber: tables.house[0].lastNumber,
    }
}

function withSeats(reservations, places) {
    const seatsOf = new Map(reservations.map(({ id }) => [id, []]))
    for (const { reservationId, position, seatId } of places)
        seatsOf.get(reservationId)[position] = seatId
    return reservations.map(row => ({ ...row, seatIds: seatsOf.get(row.id) }))
}

// Rows of the journal that the tables do not have yet.
async function unbookedRows(directory) {
    const question = `ATTACH '${join(directory, 'journal.db')}' AS other;
        SELECT (SELECT max(seq) FROM other.journal) - booked_seq FROM bookkeeping`
    return Number(await sql(join(directory, 'usher.db'), question))
}

// What is found in a directory that nobody serves, which `usher check` must approve of.
export async function find(directory, copy = `${directory}.found`) {
    await cp(directory, copy, { recursive: true, filter: isNoSocket })
    try {
        const unbooked = await unbookedRows(copy)
        const { code, stdout, stderr } = await run(program, ['check', '--data', copy])
        assert.equal(code, 0, `usher check: ${stdout}${stderr}`)
        return { ...(await readTables(copy)), unbooked }
    } finally {
        await rm(copy, { recursive: true, force: true })
    }
}
