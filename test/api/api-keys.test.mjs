// API keys: made, used, listed, ended, and what they refuse. Which route wants which scope,
// authorization.test.mjs says.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { buyers, fromNow, nobody, openHouse } from './support/people.mjs'

const HOUR_MS = 3_600_000

describe('API keys', () => {
    let house, boss, ann
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ;[ann] = await buyers(house, 'ann')
    })
    after(() => house.close())

    const make = body => boss.post('/v1/api-keys', { name: 'shop', scopes: ['read'], ...body })
    const caller = key => new Client(house, { token: key.secret })
    const ask = (key, id = ann.user.id) => caller(key).get(`/v1/users/${id}`)

    test('are shown their secret once, and work across a restart', async () => {
        const expiresAt = fromNow(HOUR_MS)
        const key = ok(await make({ scopes: ['points:charge', 'read'], expiresAt }), 201)
        assert.match(key.secret, /^usher_key_[A-Za-z0-9_-]{86}$/)
        assert.deepEqual(key.scopes, ['read', 'points:charge'])
        assert.equal(key.expiresAt, expiresAt)
        assert.equal(ok(await ask(key)).id, ann.user.id)
        await house.restart()
        assert.equal(ok(await ask(key)).id, ann.user.id)
        const [listed] = ok(await boss.get('/v1/api-keys')).items
        assert.ok(!('secret' in listed))
        assert.equal(listed.id, key.id)
        assert.ok(Date.now() - Date.parse(listed.lastUsedAt) < 60_000)
        const service = ok(await boss.get(`/v1/users/${key.userId}`))
        assert.deepEqual([service.name, service.role, service.email], ['shop', 'service', null])
    })

    test('never used, a key says so', async () => {
        const key = ok(await make({ expiresAt: null }), 201)
        const [listed] = ok(await boss.get('/v1/api-keys?limit=1')).items
        assert.deepEqual([listed.id, listed.lastUsedAt, listed.expiresAt], [key.id, null, null])
    })

    test('end at once when they are deleted; what they did stays', async () => {
        const key = ok(await make({ scopes: ['points:charge'] }), 201)
        const body = { userId: ann.user.id, amount: 700 }
        const headers = { 'idempotency-key': 'one' }
        const entry = ok(await caller(key).post('/v1/points/charges', body, headers), 201)
        const other = ok(await make({ scopes: ['points:charge'] }), 201)
        const again = await caller(key).post('/v1/points/charges', body, headers)
        assert.equal(again.headers['idempotency-replayed'], 'true')
        assert.equal(ok(again, 201).id, entry.id)
        const apart = ok(await caller(other).post('/v1/points/charges', body, headers), 201)
        assert.notEqual(apart.id, entry.id)
        ok(await boss.delete(`/v1/api-keys/${key.id}`), 204)
        refused(await caller(key).post('/v1/points/charges', body), 401, 'unauthenticated')
        refused(await boss.delete(`/v1/api-keys/${key.id}`), 404, 'not_found')
        refused(await boss.delete(`/v1/api-keys/${nobody('apikey')}`), 404, 'not_found')
        assert.equal(ok(await boss.get(`/v1/users/${key.userId}`)).role, 'service')
    })

    test('are sent as bearer tokens only, and nobody forges one', async () => {
        const key = ok(await make(), 201)
        const cookie = `usher_session=${key.secret}`
        refused(
            await house.anybody.get('/v1/users/me', { cookie, authorization: null }),
            401,
            'unauthenticated'
        )
        const changed = key.secret.slice(0, -1) + (key.secret.endsWith('A') ? 'B' : 'A')
        for (const secret of [changed, key.secret.slice(0, -1), key.secret.replace('key_', '')])
            refused(await ask({ secret }), 401, 'unauthenticated')
    })

    test('say what they refuse of the body', async () => {
        invalid(await make({ name: '' }), '/name')
        invalid(await make({ scopes: [] }), '/scopes')
        invalid(await make({ scopes: ['everything'] }), '/scopes/0')
        invalid(await make({ scopes: ['read', 7] }), '/scopes/1')
        invalid(await make({ scopes: ['read', 'read'] }), '/scopes/1')
        invalid(await make({ scopes: 'read' }), '/scopes')
        invalid(await make({ expiresAt: fromNow(-1000) }), '/expiresAt')
        invalid(await make({ expiresAt: 'tomorrow' }), '/expiresAt')
        invalid(await make({ secret: 'mine' }), '/secret')
        invalid(await boss.post('/v1/api-keys', { name: 'shop' }), '/scopes')
    })

    test('give only what they have, and never the right to give', async () => {
        const key = ok(await make({ scopes: ['team:write', 'read'] }), 201)
        const from = body => caller(key).post('/v1/api-keys', { name: 'small', ...body })
        const small = ok(await from({ scopes: ['read'] }), 201)
        const { scope } = refused(await from({ scopes: ['read', 'stats'] }), 403, 'scope_required')
        assert.equal(scope, 'stats')
        refused(await from({ scopes: ['team:write'] }), 403, 'forbidden')
        refused(await caller(key).delete(`/v1/api-keys/${key.id}`), 403, 'forbidden')
        const till = ok(await make({ scopes: ['points:charge'] }), 201)
        refused(await caller(key).delete(`/v1/api-keys/${till.id}`), 403, 'scope_required')
        ok(await caller(key).delete(`/v1/api-keys/${small.id}`), 204)
    })

    test('take no Idempotency-Key when they are made', async () => {
        const headers = { 'idempotency-key': 'the same' }
        const body = { name: 'shop', scopes: ['read'] }
        const one = ok(await boss.post('/v1/api-keys', body, headers), 201)
        const other = ok(await boss.post('/v1/api-keys', body, headers), 201)
        assert.notEqual(one.id, other.id)
    })
})
