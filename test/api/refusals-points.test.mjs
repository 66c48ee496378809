// What points refuse.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { join } from 'node:path'

import { invalid, ok, refused } from './support/client.mjs'
import { sql } from './support/house.mjs'
import { balance, buyers, charge, nobody, openHouse } from './support/people.mjs'

describe('points', () => {
    let house, organizer, ann, bob
    before(async () => {
        ;({ house, organizer } = await openHouse())
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
    })
    after(() => house.close())

    const charging = (client, body) => client.post('/v1/points/charges', body)

    for (const amount of [0, -1, 10_000_001, 1.5, '1', true, [1]])
        test(`a charge of ${JSON.stringify(amount)}`, async () => {
            invalid(await charging(ann, { amount }), '/amount')
        })

    test('a charge of nothing named', async () => {
        invalid(await charging(ann, {}), '/amount')
    })

    for (const reference of ['', 'r'.repeat(101), 7, ' ', 'ref ', '\u3000ref', 'r\u200bef', '\u202efer'])
        test(`a reference ${JSON.stringify(reference).slice(0, 10)}`, async () => {
            invalid(await charging(ann, { amount: 1, reference }), '/reference')
        })

    test('nothing of that was charged', async () => {
        assert.equal(await balance(ann), 0)
        assert.deepEqual(ok(await ann.get('/v1/points/entries')).items, [])
    })

    test('the least and the most', async () => {
        assert.equal((await charge(ann, 1)).balance, 1)
        assert.equal((await charge(ann, 10_000_000)).balance, 10_000_001)
    })

    test("a buyer doesn't charge others", async () => {
        refused(await charging(ann, { amount: 1, userId: bob.user.id }), 403, 'forbidden')
        ok(await charging(ann, { amount: 1, userId: ann.user.id }), 201)
        assert.equal(await balance(bob), 0)
    })

    test('an organizer charges anybody who exists', async () => {
        const entry = ok(await charging(organizer, { amount: 5, userId: bob.user.id }), 201)
        assert.deepEqual([entry.userId, entry.balance], [bob.user.id, 5])
        refused(await charging(organizer, { amount: 5, userId: nobody('user') }), 404, 'not_found')
        invalid(await charging(organizer, { amount: 5, userId: nobody('token') }), '/userId')
    })

    test('a reference has one effect', async () => {
        const body = { amount: 70, reference: 'bank 17' }
        const first = ok(await charging(ann, body), 201)
        assert.equal(first.reference, 'bank 17')
        assert.deepEqual(ok(await charging(ann, body), 200), first)
        refused(await charging(ann, { ...body, amount: 71 }), 409, 'reference_used')
        const before = await balance(ann)
        await house.restart()
        assert.deepEqual(ok(await charging(ann, body), 200), first)
        refused(await charging(ann, { ...body, amount: 71 }), 409, 'reference_used')
        assert.equal(await balance(ann), before)
    })

    test('per caller, not per account', async () => {
        const body = { amount: 70, reference: 'bank 17' }
        ok(await charging(bob, body), 201)
        ok(await charging(organizer, { ...body, userId: bob.user.id }), 201)
        const other = { ...body, userId: ann.user.id }
        refused(await charging(organizer, other), 409, 'reference_used')
    })

    test('a reference is told apart by every character', async () => {
        const first = ok(await charging(ann, { amount: 1, reference: 'ref-A' }), 201)
        const other = ok(await charging(ann, { amount: 1, reference: 'ref-a' }), 201)
        assert.notEqual(other.id, first.id)
    })

    test('the limit of a balance', async () => {
        const limit = 1_000_000_000_000
        await house.stop()
        await sql(
            join(house.data, 'usher.db'),
            `UPDATE point_account SET balance = ${limit - 100} WHERE user_id = (SELECT id FROM user WHERE email = 'ann@example.com')`
        )
        await house.start()
        assert.equal(await balance(ann), limit - 100)
        refused(await charging(ann, { amount: 101 }), 409, 'balance_limit')
        assert.equal((await charge(ann, 100)).balance, limit)
        refused(await charging(ann, { amount: 1 }), 409, 'balance_limit')
    })

    test("others' points are the organizer's to see", async () => {
        for (const path of ['/v1/points', '/v1/points/entries']) {
            const answer = await ann.get(`${path}?userId=${bob.user.id}`)
            assert.ok([403, 404].includes(answer.status), answer.text)
            ok(await organizer.get(`${path}?userId=${bob.user.id}`))
            invalid(await organizer.get(`${path}?userId=someone`), 'userId')
        }
        refused(await organizer.get(`/v1/points?userId=${nobody('user')}`), 404, 'not_found')
    })
})

describe('adjustments', () => {
    let house, organizer, ann, bob
    before(async () => {
        ;({ house, organizer } = await openHouse())
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
        await charge(ann, 100)
    })
    after(() => house.close())

    const adjusting = (client, change) =>
        client.post('/v1/points/adjustments', {
            userId: ann.user.id,
            amount: -10,
            reference: 'case 7',
            reason: 'Paid twice at the counter.',
            ...change,
        })

    for (const amount of [10_000_001, -10_000_001, 1.5, '1', true])
        test(`by ${JSON.stringify(amount)}`, async () => {
            invalid(await adjusting(organizer, { amount }), '/amount')
        })

    test('by nothing', async () => {
        invalid(await adjusting(organizer, { amount: 0 }), '/amount')
    })

    for (const [field, value] of [
        ['reference', undefined],
        ['reference', ''],
        ['reference', ' case'],
        ['reason', undefined],
        ['reason', ' '],
        ['reason', 'r'.repeat(201)],
        ['reason', 'two\nlines'],
        ['userId', undefined],
        ['userId', 'ann'],
    ])
        test(`with ${field} ${JSON.stringify(value)?.slice(0, 12)}`, async () => {
            invalid(await adjusting(organizer, { [field]: value }), `/${field}`)
        })

    test('are no buyer\'s business, not even on the own account', async () => {
        refused(await adjusting(ann), 403, 'forbidden')
        refused(await adjusting(ann, { userId: bob.user.id }), 403, 'forbidden')
        refused(await adjusting(house.anybody), 401, 'unauthenticated')
    })

    test('of an account that there is not', async () => {
        refused(await adjusting(organizer, { userId: nobody('user') }), 404, 'not_found')
    })

    test('of more than there is', async () => {
        const answer = await adjusting(organizer, { amount: -101 })
        refused(answer, 409, 'balance_too_small')
        assert.equal(answer.body.balance, 100)
    })

    test('nothing of that changed a balance', async () => {
        assert.equal(await balance(ann), 100)
        assert.equal(ok(await ann.get('/v1/points/entries')).items.length, 1)
    })

    test('take and give, once a reference, also after a restart', async () => {
        const first = ok(await adjusting(organizer), 201)
        assert.deepEqual(
            [first.kind, first.amount, first.balance, first.reference, first.reason],
            ['adjustment', -10, 90, 'case 7', 'Paid twice at the counter.']
        )
        assert.deepEqual(ok(await adjusting(organizer), 200), first)
        await house.restart()
        assert.deepEqual(ok(await adjusting(organizer), 200), first)
        refused(await adjusting(organizer, { amount: 10 }), 409, 'reference_used')
        const charging = { amount: 10, userId: ann.user.id, reference: 'case 7' }
        refused(await organizer.post('/v1/points/charges', charging), 409, 'reference_used')
        const second = ok(await adjusting(organizer, { amount: 5, reference: 'case 8' }), 201)
        assert.equal(second.balance, 95)
        const { items } = ok(await ann.get('/v1/points/entries'))
        assert.deepEqual(items.map(({ amount, reason }) => [amount, reason]), [
            [5, 'Paid twice at the counter.'],
            [-10, 'Paid twice at the counter.'],
            [100, null],
        ])
    })

    test('up to the limit of a balance', async () => {
        await house.stop()
        await sql(
            join(house.data, 'usher.db'),
            `UPDATE point_account SET balance = 1000000000000 WHERE user_id = (SELECT id FROM user WHERE email = 'bob@example.com')`
        )
        await house.start()
        const change = { userId: bob.user.id, amount: 1, reference: 'up' }
        refused(await adjusting(organizer, change), 409, 'balance_limit')
        ok(await adjusting(organizer, { ...change, amount: -1 }), 201)
    })

    test('under a key have one effect', async () => {
        const body = { userId: ann.user.id, amount: 1, reference: 'key', reason: 'r' }
        const headers = { 'idempotency-key': 'once' }
        const first = await organizer.post('/v1/points/adjustments', body, headers)
        const again = await organizer.post('/v1/points/adjustments', body, headers)
        assert.deepEqual(ok(again, 201), ok(first, 201))
        assert.equal(again.headers['idempotency-replayed'], 'true')
        const other = { ...body, reason: 'another' }
        const reused = await organizer.post('/v1/points/adjustments', other, headers)
        refused(reused, 422, 'idempotency_key_reused')
    })
})

describe('a house with closed charging', () => {
    let house, organizer
    before(async () => {
        ;({ house, organizer } = await openHouse({ charging: 'closed' }))
    })
    after(() => house.close())

    test('lets only the organizer charge', async () => {
        const [ann] = await buyers(house, 'ann')
        refused(await ann.post('/v1/points/charges', { amount: 1 }), 403, 'charging_closed')
        invalid(await ann.post('/v1/points/charges', { amount: 0 }), '/amount')
        ok(await organizer.post('/v1/points/charges', { amount: 9, userId: ann.user.id }), 201)
        assert.equal(await balance(ann), 9)
    })
})
