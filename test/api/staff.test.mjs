// Staff: invited, given other scopes, let go, and what that refuses. Which route wants which scope,
// authorization.test.mjs says.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { passwordOf } from './support/house.mjs'
import { buyers, invited, nobody, openHouse, signIn } from './support/people.mjs'

const HOUR_MS = 3_600_000

describe('staff', () => {
    let house, boss, ann, gate
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ;[ann] = await buyers(house, 'ann')
    })
    after(() => house.close())

    const invite = body =>
        boss.post('/v1/staff', { email: 'x@example.com', name: 'X', scopes: ['read'], ...body })
    const take = (token, password) => house.anybody.post('/v1/password-resets', { token, password })

    test('are invited by a token of 72 hours, choose a password, and may do what their scopes say', async () => {
        const before = Date.now()
        const body = { email: 'Gate@Example.com', name: 'Gate', scopes: ['stats', 'read'] }
        const { user, invitation } = ok(await invite(body), 201)
        assert.deepEqual(
            [user.name, user.email, user.role, user.scopes],
            ['Gate', 'gate@example.com', 'staff', ['stats', 'read']]
        )
        const life = Date.parse(invitation.expiresAt) - before
        assert.ok(life > 72 * HOUR_MS - 1000 && life < 72 * HOUR_MS + 60_000, invitation.expiresAt)
        const email = user.email
        refused(
            await house.anybody.post('/v1/sessions', { email, password: 'something quite new' }),
            401,
            'bad_credentials'
        )
        await house.restart()
        ok(await take(invitation.token, 'something quite new'), 204)
        refused(await take(invitation.token, 'something newer yet'), 410, 'password_reset_over')
        gate = await signIn(house, email, 'something quite new')
        assert.deepEqual(ok(await gate.get('/v1/users/me')).scopes, ['stats', 'read'])
        assert.equal(ok(await gate.get(`/v1/users/${ann.user.id}`)).id, ann.user.id)
        const { scope } = refused(await gate.get('/v1/staff'), 403, 'scope_required')
        assert.equal(scope, 'team:write')
    })

    test('are no way into an account that is there', async () => {
        refused(await invite({ email: 'ann@example.com' }), 409, 'email_taken')
        refused(await invite({ email: 'ANN@EXAMPLE.COM' }), 409, 'email_taken')
        refused(await invite({ email: gate.user.email }), 409, 'email_taken')
        ok(await signIn(house, 'ann@example.com').then(client => client.get('/v1/users/me')))
        refused(
            await boss.post(`/v1/users/${gate.user.id}/password-resets`),
            403,
            'forbidden'
        )
    })

    test('are listed with organizers, and without buyers', async () => {
        const { items } = ok(await boss.get('/v1/staff'))
        assert.deepEqual(
            items.map(({ email, role }) => [email, role]),
            [
                ['gate@example.com', 'staff'],
                ['boss@example.com', 'organizer'],
            ]
        )
        const first = ok(await boss.get('/v1/staff?limit=1'))
        const second = ok(await boss.get(`/v1/staff?limit=1&cursor=${first.nextCursor}`))
        assert.deepEqual([...first.items, ...second.items], items)
        assert.equal(ok(await boss.get('/v1/staff?email=gate@example.com')).items.length, 1)
        assert.equal(ok(await boss.get('/v1/staff?email=ann@example.com')).items.length, 0)
    })

    test('get other scopes, at once', async () => {
        const path = `/v1/staff/${gate.user.id}`
        const changed = ok(await boss.patch(path, { scopes: ['points:charge'] }))
        assert.deepEqual(changed.scopes, ['points:charge'])
        refused(await gate.get(`/v1/users/${ann.user.id}`), 403, 'scope_required')
        ok(await gate.post('/v1/points/charges', { userId: ann.user.id, amount: 5 }), 201)
        refused(await boss.patch(`/v1/staff/${ann.user.id}`, { scopes: ['read'] }), 404, 'not_found')
        refused(await boss.patch(`/v1/staff/${nobody('user')}`, { scopes: ['read'] }), 404, 'not_found')
    })

    test('give what they have, and never the right to give', async () => {
        const lead = await invited(boss, 'lead', ['team:write', 'read'])
        const from = body =>
            lead.post('/v1/staff', { email: 'y@example.com', name: 'Y', scopes: ['read'], ...body })
        assert.equal(
            refused(await from({ scopes: ['read', 'stats'] }), 403, 'scope_required').scope,
            'stats'
        )
        refused(await from({ scopes: ['team:write'] }), 403, 'forbidden')
        const { user } = ok(await from({}), 201)
        refused(await lead.patch(`/v1/staff/${user.id}`, { scopes: ['team:write'] }), 403, 'forbidden')
        refused(await lead.patch(`/v1/staff/${lead.user.id}`, { scopes: ['read'] }), 403, 'forbidden')
        refused(await lead.patch(`/v1/staff/${boss.user.id}`, { scopes: ['read'] }), 403, 'forbidden')
        refused(await lead.delete(`/v1/staff/${boss.user.id}`), 403, 'forbidden')
        refused(await lead.delete(`/v1/staff/${gate.user.id}`), 403, 'scope_required')
        ok(await lead.delete(`/v1/staff/${user.id}`), 204)
        ok(await boss.delete(`/v1/staff/${lead.user.id}`), 204)
    })

    test('are signed out the moment they leave, and leave their name', async () => {
        const path = `/v1/staff/${gate.user.id}`
        ok(await boss.delete(path), 204)
        refused(await gate.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await boss.delete(path), 404, 'not_found')
        await house.restart()
        refused(await gate.get('/v1/users/me'), 401, 'unauthenticated')
        const { name, email, role, scopes } = ok(await boss.get(`/v1/users/${gate.user.id}`))
        assert.deepEqual([name, email, role, scopes], ['Gate', null, 'former', []])
        const sign = { email: 'gate@example.com', password: passwordOf('gate@example.com') }
        refused(await house.anybody.post('/v1/sessions', sign), 401, 'bad_credentials')
        ok(await house.anybody.post('/v1/users', { ...sign, name: 'Gate' }), 201)
    })

    test('an invitation ends with the one who was invited', async () => {
        const { user, invitation } = ok(await invite({}), 201)
        ok(await boss.delete(`/v1/staff/${user.id}`), 204)
        refused(await take(invitation.token, 'something quite new'), 410, 'password_reset_over')
    })

    test('the last organizer stays one', async () => {
        const path = `/v1/staff/${boss.user.id}`
        refused(await boss.delete(path), 409, 'last_organizer')
        refused(await boss.patch(path, { scopes: ['read'] }), 409, 'last_organizer')
    })

    test('say what they refuse of the body', async () => {
        invalid(await invite({ email: 'x' }), '/email')
        invalid(await invite({ name: '' }), '/name')
        invalid(await invite({ scopes: [] }), '/scopes')
        invalid(await invite({ scopes: ['everything'] }), '/scopes/0')
        invalid(await invite({ role: 'organizer' }), '/role')
        const path = `/v1/staff/${boss.user.id}`
        invalid(await boss.patch(path, { scopes: [] }), '/scopes')
        invalid(await boss.patch(path, {}), '/scopes')
    })
})
