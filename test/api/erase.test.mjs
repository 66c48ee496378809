// One's own account, erased: what goes, what stays, and what that refuses.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { passwordOf } from './support/house.mjs'
import {
    admitted,
    balance,
    buyer,
    charge,
    hold,
    invited,
    makeConcert,
    makeRound,
    openHouse,
    pay,
    seatsOf,
    signIn,
} from './support/people.mjs'

const erase = (client, change = {}) =>
    client.request('DELETE', '/v1/users/me', {
        body: { currentPassword: passwordOf(client.user.email), ...change },
    })

describe('erasing one’s own account', () => {
    let house, boss, round, seats
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        round = await makeRound(boss, await makeConcert(boss))
        seats = await seatsOf(boss, round)
    })
    after(() => house.close())

    const shown = async id => {
        const { name, email, externalId, role } = ok(await boss.get(`/v1/users/${id}`))
        return { name, email, externalId, role }
    }
    const nobody = { name: '', email: null, externalId: null, role: 'former' }

    test('takes the name and the e-mail, and ends every way in', async () => {
        const ann = await buyer(house, 'ann')
        const elsewhere = await signIn(house, 'ann@example.com')
        const { token } = ok(await boss.post(`/v1/users/${ann.user.id}/password-resets`), 201)
        ok(await erase(ann), 204)
        for (const client of [ann, elsewhere]) refused(await client.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await erase(ann), 401, 'unauthenticated')
        const password = passwordOf('ann@example.com')
        refused(await house.anybody.post('/v1/password-resets', { token, password }), 410, 'password_reset_over')
        const sign = { email: 'ann@example.com', password }
        refused(await house.anybody.post('/v1/sessions', sign), 401, 'bad_credentials')
        assert.deepEqual(await shown(ann.user.id), nobody)
        assert.deepEqual(ok(await boss.get('/v1/users?email=ann@example.com')).items, [])
        await house.restart()
        assert.deepEqual(await shown(ann.user.id), nobody)
        refused(await ann.get('/v1/users/me'), 401, 'unauthenticated')
        const again = ok(await house.anybody.post('/v1/users', { ...sign, name: 'Ann' }), 201)
        assert.notEqual(again.id, ann.user.id)
    })

    test('the cookie goes with it', async () => {
        const eve = await buyer(house, 'eve')
        const answer = await eve.request('DELETE', '/v1/users/me', {
            body: { currentPassword: passwordOf('eve@example.com') },
            headers: { authorization: null, cookie: `usher_session=${eve.token}`, 'sec-fetch-site': 'same-origin' },
        })
        ok(answer, 204)
        assert.match(String(answer.headers['set-cookie']), /^usher_session=;.*Max-Age=0/)
    })

    test('frees the id of another system, which then makes another account', async () => {
        const made = { name: 'Bo', externalId: 'shop 17' }
        const { id } = ok(await boss.post('/v1/users', made), 201)
        const { token } = ok(await boss.post(`/v1/users/${id}/password-resets`), 201)
        const { token: session } = ok(await boss.post('/v1/sessions', { userId: id }), 201)
        const bo = new Client(house, { token: session, user: { id } })
        const remove = currentPassword => bo.request('DELETE', '/v1/users/me', { body: { currentPassword } })
        // Without a password there is none that is right; who may have one chosen gets one first.
        invalid(await remove('long enough to be one'), '/currentPassword')
        const password = 'something quite new'
        ok(await house.anybody.post('/v1/password-resets', { token, password }), 204)
        bo.token = ok(await boss.post('/v1/sessions', { userId: id }), 201).token
        ok(await remove(password), 204)
        assert.deepEqual(await shown(id), nobody)
        assert.notEqual(ok(await boss.post('/v1/users', made), 201).id, id)
    })

    test('wants the password, and nothing that it does not know', async () => {
        const cat = await buyer(house, 'cat')
        invalid(await erase(cat, { currentPassword: 'not it at all' }), '/currentPassword')
        invalid(await erase(cat, { currentPassword: undefined }), '/currentPassword')
        invalid(await erase(cat, { forfeit: 'yes' }), '/forfeit')
        invalid(await erase(cat, { userId: boss.user.id }), '/userId')
        refused(await cat.request('DELETE', '/v1/users/me'), 400, 'malformed_json')
        refused(await erase(new Client(house, { user: cat.user })), 401, 'unauthenticated')
        assert.equal(ok(await cat.get('/v1/users/me')).name, 'cat')
    })

    test('is for buyers: who works in the house leaves it otherwise', async () => {
        const gate = await invited(boss, 'gate', ['read'])
        refused(await erase(gate), 403, 'forbidden')
        refused(await erase(boss), 403, 'forbidden')
        const { secret } = ok(await boss.post('/v1/api-keys', { name: 'shop', scopes: ['read'] }), 201)
        refused(await erase(new Client(house, { token: secret, user: gate.user })), 403, 'forbidden')
        assert.equal(ok(await gate.get('/v1/users/me')).name, 'gate')
    })

    test('loses points only for who says so, by an entry', async () => {
        const dan = await buyer(house, 'dan', 700)
        assert.equal(refused(await erase(dan), 409, 'has_points').balance, 700)
        assert.equal(refused(await erase(dan, { forfeit: false }), 409, 'has_points').balance, 700)
        assert.equal(await balance(dan), 700)
        ok(await erase(dan, { forfeit: true }), 204)
        const entries = ok(await boss.get(`/v1/points/entries?userId=${dan.user.id}`)).items
        assert.deepEqual(
            entries.map(({ kind, amount, balance, reason }) => [kind, amount, balance, reason]),
            [
                ['adjustment', -700, 0, 'The account was erased.'],
                ['charge', 700, 700, null],
            ]
        )
    })

    test('leaves an account that nobody adds to, or is let in by', async () => {
        const hal = await buyer(house, 'hal')
        ok(await erase(hal), 204)
        const gate = await invited(boss, 'leaving', ['stats'])
        ok(await boss.delete(`/v1/staff/${gate.user.id}`), 204)
        for (const { user } of [hal, gate]) {
            const userId = user.id
            const put = { userId, reference: `late ${userId}`, reason: 'late' }
            const refusals = [
                ['/v1/points/charges', { userId, amount: 5 }],
                ['/v1/points/adjustments', { ...put, amount: 5 }],
                ['/v1/sessions', { userId }],
                ['/v1/handovers', { userId, to: '/' }],
                [`/v1/users/${userId}/password-resets`, undefined],
            ]
            for (const [path, body] of refusals)
                refused(await boss.post(path, body), 409, 'account_closed')
            const less = await boss.post('/v1/points/adjustments', { ...put, amount: -5 })
            assert.equal(refused(less, 409, 'balance_too_small').balance, 0)
            assert.equal(ok(await boss.get(`/v1/points?userId=${userId}`)).balance, 0)
        }
        // Of somebody else's account a buyer is told nothing.
        const ivy = await buyer(house, 'ivy')
        refused(await ivy.post('/v1/points/charges', { userId: hal.user.id, amount: 5 }), 403, 'forbidden')
    })

    test('waits for what is still to come', async () => {
        const fay = await buyer(house, 'fay', 1000)
        await admitted(fay)
        const held = ok(await hold(fay, round, seats[0]), 201)
        refused(await erase(fay, { forfeit: true }), 409, 'has_reservations')
        ok(await pay(fay, held), 201)
        refused(await erase(fay, { forfeit: true }), 409, 'has_reservations')
        ok(await fay.post(`/v1/reservations/${held.id}/cancel`))
        refused(await erase(fay), 409, 'has_points')
        ok(await erase(fay, { forfeit: true }), 204)
        const order = ok(await boss.get(`/v1/reservations/${held.id}`))
        assert.deepEqual([order.userId, order.status], [fay.user.id, 'cancelled'])
        ok(await boss.get(`/v1/reservations/${held.id}/history`))
    })

    test('leaves the line', async () => {
        const gus = await buyer(house, 'gus')
        const { id } = await admitted(gus)
        ok(await erase(gus), 204)
        const { status, reason } = ok(await boss.get(`/v1/queue/tokens/${id}`))
        assert.deepEqual([status, reason], ['expired', 'left'])
    })

    test('nothing of the name is left in the tables once they were written out', async () => {
        const name = 'Quiltbrandt Ottersholm'
        const email = 'quiltbrandt.o@example.com'
        const password = passwordOf(email)
        ok(await house.anybody.post('/v1/users', { name, email, password }), 201)
        const client = await signIn(house, email)
        ok(await client.patch('/v1/users/me', { name: `${name} II` }))
        await house.restart()
        const tables = async () => {
            const all = (await readdir(house.data)).filter(name => name.startsWith('usher.db'))
            return Buffer.concat(await Promise.all(all.map(name => readFile(join(house.data, name)))))
        }
        assert.ok((await tables()).includes(name))
        ok(await erase(client), 204)
        await house.stop()
        const left = await tables()
        assert.ok(!left.includes(name) && !left.includes(email))
        await house.start()
    })
})
