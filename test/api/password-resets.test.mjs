// Password resets: made by who may, used once, and what they refuse.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { passwordOf } from './support/house.mjs'
import { buyers, nobody, openHouse, signIn } from './support/people.mjs'

describe('password resets', () => {
    let house, boss, ann, bob
    before(async () => {
        ;({ house, organizer: boss } = await openHouse({}, { others: ['other@example.com'] }))
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
    })
    after(() => house.close())

    const made = async of => ok(await boss.post(`/v1/users/${of.user.id}/password-resets`), 201)
    const take = (token, password) => house.anybody.post('/v1/password-resets', { token, password })

    test('let a buyer choose a password, once, and sign out everywhere', async () => {
        const before = Date.now()
        const { token, expiresAt } = await made(ann)
        const life = Date.parse(expiresAt) - before
        assert.ok(life > 86_400_000 - 1000 && life < 86_400_000 + 60_000, expiresAt)
        ok(await take(token, 'something quite new'), 204)
        refused(await ann.get('/v1/users/me'), 401, 'unauthenticated')
        refused(
            await house.anybody.post('/v1/sessions', {
                email: 'ann@example.com',
                password: passwordOf('ann@example.com'),
            }),
            401,
            'bad_credentials'
        )
        ann = await signIn(house, 'ann@example.com', 'something quite new')
        refused(await take(token, 'something newer yet'), 410, 'password_reset_over')
    })

    test('hold across a restart, until a newer one is made', async () => {
        const first = await made(bob)
        const second = await made(bob)
        await house.restart()
        refused(await take(first.token, 'something quite new'), 410, 'password_reset_over')
        ok(await take(second.token, 'something quite new'), 204)
        bob = await signIn(house, 'bob@example.com', 'something quite new')
        boss = await signIn(house, 'boss@example.com')
    })

    test('are made by an organizer, for buyers, whatever Idempotency-Key comes along', async () => {
        const path = `/v1/users/${ann.user.id}/password-resets`
        refused(await house.anybody.post(path), 401, 'unauthenticated')
        refused(await bob.post(path), 403, 'forbidden')
        refused(await ann.post(path), 403, 'forbidden')
        const users = ok(await boss.get('/v1/users?email=other@example.com')).items
        refused(await boss.post(`/v1/users/${users[0].id}/password-resets`), 403, 'forbidden')
        refused(await boss.post(`/v1/users/${nobody('user')}/password-resets`), 404, 'not_found')
        const headers = { 'idempotency-key': 'the same' }
        const [one, other] = [
            ok(await boss.post(path, undefined, headers), 201),
            ok(await boss.post(path, undefined, headers), 201),
        ]
        assert.notEqual(one.token, other.token)
        invalid(await boss.post(path, { for: 'whom' }), '/for')
    })

    test('take no token but theirs, and no password that nobody may have', async () => {
        const { token } = await made(ann)
        const changed = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
        for (const wrong of [changed, token.slice(0, -1), `${token}A`.slice(1), 'x'])
            refused(await take(wrong, 'something quite new'), 410, 'password_reset_over')
        invalid(await house.anybody.post('/v1/password-resets', { token }), '/password')
        invalid(await take(token, 'short'), '/password')
        invalid(await take(token, 'password'), '/password')
        invalid(await take(token, 'ann@example.com'), '/password')
        invalid(await take(ann.token, 'something quite new'), '/token')
        invalid(await take(7, 'something quite new'), '/token')
        ok(await take(token, 'something new again'), 204)
    })
})
