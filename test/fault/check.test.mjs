// `usher check` on data that somebody changed by hand: each invariant of the design, broken with
// SQL in a copy of one good directory, must be found and named.

import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from '../api/support/client.mjs'
import { House, newDirectory, program, run, sql } from '../api/support/house.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    pay,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'

let scratch, good
before(async () => {
    scratch = await newDirectory()
    good = join(scratch, 'good')
    const house = await House.open({}, { organizers: ['boss@example.com'] })
    await live(house)
    await house.stop()
    await cp(house.data, good, { recursive: true })
    await house.close()
})
after(() => rm(scratch, { recursive: true, force: true }))

// Something of every state: paid, held, refunded and held again, failed, left, waiting.
async function live(house) {
    const organizer = await signIn(house, 'boss@example.com')
    const [ann, bob, cho, dan] = await buyers(house, 'ann', 'bob', 'cho', 'dan')
    const round = await makeRound(organizer, await makeConcert(organizer))
    const seats = await seatsOf(ann, round)
    for (const client of [ann, cho]) await charge(client, 1000)
    for (const client of [ann, bob, cho]) await admitted(client)
    ok(await pay(ann, ok(await hold(ann, round, seats[0], seats[1]), 201)), 201)
    const refunded = ok(await hold(cho, round, seats[2]), 201)
    ok(await pay(cho, refunded), 201)
    ok(await cho.post(`/v1/reservations/${refunded.id}/cancel`))
    const pending = ok(await hold(bob, round, seats[2]), 201)
    refused(await pay(bob, pending), 402, 'insufficient_points')
    await admitted(cho)
    ok(await organizer.patch('/v1/queue', { paused: true }))
    ok(await dan.post('/v1/queue/tokens'), 201)
}

let copies = 0
async function broken(file, statements) {
    const path = join(scratch, `broken-${++copies}`)
    await cp(good, path, { recursive: true })
    await sql(join(path, file), statements)
    return path
}
const check = path => run(program, ['check', '--data', path])

const of = email => `(SELECT id FROM user WHERE email = '${email}@example.com')`

// [invariant, what somebody did, SQL, on the tables unless another file is named]
const deeds = [
    [1, 'a sold seat offered again', `UPDATE seat SET status = 'available' WHERE status = 'sold'`],
    [1, 'a free seat marked as held', `UPDATE seat SET status = 'held' WHERE status = 'available'`],
    [
        1,
        'a hold moved to a sold seat',
        `UPDATE reservation_seat SET seat_id = (SELECT id FROM seat WHERE status = 'sold')
         WHERE reservation_id IN (SELECT id FROM seat_reservation WHERE status = 'pending')`,
    ],
    [
        2,
        'a hold that ended only after the next began',
        `UPDATE seat_reservation SET ended_at = ended_at + 3600000 WHERE status = 'cancelled'`,
    ],
    [
        3,
        'a balance raised',
        `UPDATE point_account SET balance = balance + 1 WHERE user_id = ${of('ann')}`,
    ],
    [
        3,
        'an entry taken out',
        `DELETE FROM point_entry WHERE kind = 'charge' AND user_id = ${of('cho')}`,
    ],
    [3, 'a charge raised', `UPDATE point_entry SET amount = amount + 1 WHERE kind = 'charge'`],
    [4, 'a payment undone', `UPDATE payment SET status = 'failed' WHERE status = 'succeeded'`],
    [4, 'a payment lowered', `UPDATE payment SET amount = amount - 1 WHERE status = 'succeeded'`],
    [
        4,
        'a confirmed reservation that names no payment',
        `UPDATE seat_reservation SET payment_id = NULL WHERE status = 'confirmed'`,
    ],
    [
        5,
        'a seat too many announced',
        'UPDATE concert_round SET total_seat_cnt = total_seat_cnt + 1',
    ],
    [
        6,
        'a place in the queue given to another',
        `UPDATE queue_token SET activate_at = activate_at + 3600000, passed_at = NULL WHERE number = 1`,
    ],
    [
        7,
        'a house made smaller than its crowd',
        'UPDATE house SET max_active = 1, active_ceiling = 1',
    ],
    [
        8,
        'a token given to one who has one',
        `UPDATE queue_token SET user_id = ${of('bob')} WHERE status = 'waiting'`,
    ],
    [8, 'more seats for one than allowed', `UPDATE house SET seats_per_user_ceiling = 1`],
    [
        9,
        "a reservation with another's token",
        `UPDATE seat_reservation SET token_id = (SELECT id FROM queue_token WHERE user_id = ${of('dan')})
         WHERE status = 'pending'`,
    ],
    [
        9,
        'a reservation from before its token was active',
        `UPDATE seat_reservation SET reserved_at = reserved_at - 86400000 WHERE status = 'pending'`,
    ],
    [10, 'a user taken out', `PRAGMA foreign_keys = OFF; DELETE FROM user WHERE id = ${of('ann')}`],
    [
        10,
        'a row of the journal altered',
        'UPDATE journal SET body = zeroblob(length(body)) WHERE seq = 7',
        'journal.db',
    ],
    [10, 'a row of the journal taken out', 'DELETE FROM journal WHERE seq = 7', 'journal.db'],
    [12, 'a name changed', `UPDATE user SET name = 'Eve' WHERE id = ${of('ann')}`],
    [12, 'a session prolonged', 'UPDATE session SET expires_at = expires_at + 1'],
]

describe('usher check', () => {
    test('finds nothing wrong with what usher wrote', async () => {
        const { code, stdout, stderr } = await check(good)
        assert.equal(code, 0, stdout + stderr)
        assert.doesNotMatch(stdout, /^invariant/m)
    })

    test('tells of accounts with one mailbox, which break nothing', async () => {
        const rename = (name, email) => `UPDATE user SET email = '${email}' WHERE id = ${of(name)};`
        const path = join(scratch, 'mailboxes')
        await cp(good, path, { recursive: true })
        // The journal still knows other addresses, and would be right to say so.
        await sql(join(path, 'journal.db'), `UPDATE journal SET record_count = 0, body = x'' WHERE seq < (SELECT max(seq) FROM journal)`)
        const renamed = rename('ann', 'josÉ@example.com') + rename('bob', 'josé@example.com')
        await sql(join(path, 'usher.db'), renamed + rename('cho', 'a@bücher.example'))
        const { code, stdout, stderr } = await check(path)
        assert.equal(code, 0, stdout + stderr)
        const remarks = stdout.split('\n').filter(line => line.startsWith('remark: '))
        assert.equal(remarks.length, 1, stdout)
        assert.match(remarks[0], /^remark: user_\w+ \(josÉ@example.com\) and user_\w+ \(josé@example.com\) have one/)
    })

    for (const [invariant, deed, statements, file = 'usher.db'] of deeds)
        test(`names invariant ${invariant}: ${deed}`, async () => {
            const { code, stdout, stderr } = await check(await broken(file, statements))
            assert.equal(code, 1, stdout + stderr)
            assert.match(stdout, new RegExp(`^invariant ${invariant}: .`, 'm'))
        })

    test('does not begin on a journal that ends before the tables do', async () => {
        const end = 'DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)'
        const path = await broken('journal.db', end)
        const { code, stderr } = await check(path)
        assert.equal(code, 1)
        assert.match(stderr, new RegExp(`${path}/journal.db ends at row`))
    })
})
