// What points refuse.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { join } from 'node:path'

import { invalid, ok, refused } from './support/client.mjs'
import { House, sql } from './support/house.mjs'
import { balance, buyers, charge, nobody, signIn } from './support/people.mjs'

describe('points', () => {
    let house, organizer, ann, bob
    before(async () => {
        house = await House.open({}, { organizers: ['boss@example.com'] })
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
        organizer = await signIn(house, 'boss@example.com')
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

describe('a house with closed charging', () => {
    let house
    before(async () => {
        house = await House.open({ charging: 'closed' }, { organizers: ['boss@example.com'] })
    })
    after(() => house.close())

    test('lets only the organizer charge', async () => {
        const [ann] = await buyers(house, 'ann')
        const organizer = await signIn(house, 'boss@example.com')
        refused(await ann.post('/v1/points/charges', { amount: 1 }), 403, 'charging_closed')
        invalid(await ann.post('/v1/points/charges', { amount: 0 }), '/amount')
        ok(await organizer.post('/v1/points/charges', { amount: 9, userId: ann.user.id }), 201)
        assert.equal(await balance(ann), 9)
    })
})
