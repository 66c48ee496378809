// What a data directory holds, read with SQL, as the judge wants it. The
// directory is copied first and the copy brought up to its journal's end, so that the original keeps
// the unbooked tail that the next start is to recover from.

import assert from 'node:assert/strict'
import { cp, lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { program, run, sql } from '../../api/support/house.mjs'

// Each table's columns; of one that holds ids, behind the colon, how the API begins such an id.
const columns = {
    point_account: ['user_id:user', 'balance'],
    point_entry: [
        'id:entry',
        'user_id:user',
        'kind',
        'amount',
        'balance',
        'payment_id:payment',
        'created_at',
    ],
    queue_token: [
        'id:token',
        'user_id:user',
        'status',
        'number',
        'reason',
        'issued_at',
        'activate_at',
        'expires_at',
        'ended_at',
    ],
    seat: ['id:seat', 'concert_round_id:round', 'status', 'price'],
    seat_reservation: [
        'id:reservation',
        'user_id:user',
        'round_id:round',
        'token_id:token',
        'status',
        'amount',
        'used_points',
        'payment_id:payment',
        'reserved_at',
        'expires_at',
        'refundable_until',
        'ended_at',
        'cancel_reason',
    ],
    reservation_seat: ['reservation_id:reservation', 'position', 'seat_id:seat', 'price'],
    payment: [
        'id:payment',
        'user_id:user',
        'reservation_id:reservation',
        'amount',
        'status',
        'paid_at',
        'cancelled_at',
    ],
    house: ['last_number', 'serving'],
}

// A server that was killed leaves its socket, which cannot be copied and holds nothing.
const isNoSocket = async path => !(await lstat(path)).isSocket()

const camel = name => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

const question = ([table, names]) => {
    const pairs = names.map(name => {
        const [column, prefix] = name.split(':')
        return `'${camel(column)}', ${prefix ? `'${prefix}:' || nullif(hex(${column}), '')` : column}`
    })
    return `SELECT json_group_array(json_object(${pairs.join(', ')})) FROM ${table};`
}

// The tables hold ids as 16 bytes; the judge compares them as the API shows them: the bits in digits
// of five, with two of zero before them. (The readable views do it too, in SQL that takes a
// thousand times as long.)
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

function idText(prefix, hex) {
    let digits = ''
    for (let bits = BigInt(`0x${hex}`); digits.length < 26; bits >>= 5n)
        digits = DIGITS[Number(bits & 31n)] + digits
    return `${prefix}_${digits}`
}

const idAsText = (name, value) => {
    if (typeof value !== 'string' || !/^id$|Id$/.test(name)) return value
    return idText(...value.split(':'))
}

// From a directory that nobody serves and whose tables are at the journal's end.
export async function readTables(directory) {
    const statements = Object.entries(columns).map(question).join('\n')
    const lines = (await sql(join(directory, 'usher.db'), statements)).split('\n')
    const rows = lines.map(line => JSON.parse(line, idAsText))
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
