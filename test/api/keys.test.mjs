// Ids in the tables: `usher id` prints the literal that finds a row, and the views show what the API
// shows.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { ok } from './support/client.mjs'
import { program, run, sql } from './support/house.mjs'
import {
    admitted,
    buyer,
    charge,
    hold,
    makeConcert,
    makeRound,
    openHouse,
    pay,
    seatsOf,
} from './support/people.mjs'

async function refuses(args, message) {
    const { code, stdout, stderr } = await run(program, ['id', ...args])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, message)
}

describe('ids', () => {
    const ids = {}
    let house, tables, reservation, seat, round

    before(async () => {
        const opened = await openHouse()
        const { organizer } = opened
        house = opened.house
        const concert = await makeConcert(organizer)
        round = await makeRound(organizer, concert)
        ;[seat] = await seatsOf(house.anybody, round)
        const ann = await buyer(house, 'ann')
        const { id: entry } = await charge(ann, 1000)
        const token = await admitted(ann)
        reservation = ok(await hold(ann, round, seat), 201)
        const payment = ok(await pay(ann, reservation), 201)
        Object.assign(ids, {
            user: ann.user.id,
            concert: concert.id,
            concert_round: round.id,
            seat: seat.id,
            queue_token: token.id,
            payment: payment.id,
            seat_reservation: reservation.id,
            point_entry: entry,
        })
        await house.stop()
        tables = join(house.data, 'usher.db')
    })
    after(() => house.close())

    test('find their rows as the literals that usher id prints', async () => {
        for (const [table, id] of Object.entries(ids)) {
            const { code, stdout, stderr } = await run(program, ['id', id])
            assert.equal(code, 0, stderr)
            assert.match(stdout, /^x'[0-9a-f]{32}'\n$/)
            const rows = await sql(tables, `SELECT count(*) FROM "${table}" WHERE id = ${stdout}`)
            assert.equal(rows, '1', `${table} ${id}`)
        }
    })

    test('are texts in the views', async () => {
        for (const [table, id] of Object.entries(ids)) {
            const where = `SELECT count(*) FROM ${table}_readable WHERE id = '${id}'`
            assert.equal(await sql(tables, where), '1', `${table} ${id}`)
        }
        const columns = 'id, user_id, round_id, token_id, payment_id'
        assert.equal(
            await sql(tables, `SELECT ${columns} FROM seat_reservation_readable`),
            [reservation.id, ids.user, round.id, ids.queue_token, ids.payment].join('|')
        )
        assert.equal(
            await sql(tables, 'SELECT reservation_id, seat_id FROM reservation_seat_readable'),
            [reservation.id, seat.id].join('|')
        )
    })

    test('that are none are refused, and it says what one looks like', async () => {
        const digits = ids.user.slice('user_'.length)
        for (const text of [
            'user',
            digits,
            `person_${digits}`,
            `house_${digits}`,
            `user_${digits.toUpperCase()}`,
            `user_${digits}0`,
            `user_${digits.slice(1)}`,
            `user_8${digits.slice(1)}`,
        ])
            await refuses([text], new RegExp(`'${text}' is not an id: .*user_.*26 characters`))
        await refuses([], /TEXT is missing/)
        await refuses([ids.user, ids.seat], /one word too many/)
    })
})
