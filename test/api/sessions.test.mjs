// One's own sign-ins: seen, and ended one by one.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client, ok, refused } from './support/client.mjs'
import { passwordOf } from './support/house.mjs'
import { buyer, buyers, fromNow, invited, nobody, openHouse, signIn } from './support/people.mjs'

const DAY_MS = 24 * 3_600_000

describe('sessions', () => {
    let house, boss, ann, bob
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
    })
    after(() => house.close())

    const listOf = async client => ok(await client.get('/v1/sessions')).items
    const currentOf = async client => (await listOf(client)).find(({ current }) => current)
    // As a browser has it: by the cookie alone.
    const browserOf = client => ({ cookie: `usher_session=${client.token}` })
    const byCookie = (client, method, path) =>
        house.anybody.request(method, path, {
            headers: { ...browserOf(client), 'sec-fetch-site': 'same-origin' },
        })

    test('are listed to whose they are, the oldest first, with the one that asks', async () => {
        const phone = await signIn(house, 'ann@example.com')
        const laptop = await signIn(house, 'ann@example.com')
        const items = await listOf(phone)
        assert.deepEqual(
            items.map(({ current }) => current),
            [false, true, false]
        )
        for (const item of items) {
            assert.deepEqual(Object.keys(item), ['id', 'createdAt', 'expiresAt', 'current'])
            const life = Date.parse(item.expiresAt) - Date.parse(item.createdAt)
            assert.ok(Math.abs(life - 30 * DAY_MS) < 60_000, item.expiresAt)
        }
        const ids = items.map(({ id }) => id)
        assert.deepEqual(ids, [...ids].sort())
        assert.equal((await currentOf(ann)).id, ids[0])
        assert.equal((await currentOf(laptop)).id, ids[2])
        assert.deepEqual(await listOf(bob), [await currentOf(bob)])
        const { text } = await house.anybody.get('/v1/sessions', browserOf(phone))
        assert.deepEqual(JSON.parse(text).items, items)
        assert.ok(!text.includes('usher_'), text)
        await house.restart()
        const after = await listOf(phone)
        assert.deepEqual(
            after.map(({ id, createdAt, current }) => [id, createdAt, current]),
            items.map(({ id, createdAt, current }) => [id, createdAt, current])
        )
        for (const client of [phone, laptop]) ok(await client.delete('/v1/sessions/current'), 204)
        assert.equal((await listOf(ann)).length, 1)
    })

    test('of another device ends, for good, and the others go on', async () => {
        const phone = await signIn(house, 'ann@example.com')
        const laptop = await signIn(house, 'ann@example.com')
        const { id } = await currentOf(phone)
        const ended = await byCookie(laptop, 'DELETE', `/v1/sessions/${id}`)
        ok(ended, 204)
        assert.equal(ended.headers['set-cookie'], undefined)
        refused(await phone.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await phone.get('/v1/sessions'), 401, 'unauthenticated')
        ok(await laptop.get('/v1/users/me'))
        assert.ok(!(await listOf(ann)).some(session => session.id === id))
        refused(await laptop.delete(`/v1/sessions/${id}`), 404, 'not_found')
        await house.restart()
        refused(await phone.get('/v1/users/me'), 401, 'unauthenticated')
        ok(await laptop.get('/v1/users/me'))
        refused(await laptop.delete(`/v1/sessions/${id}`), 404, 'not_found')
        ok(await laptop.delete('/v1/sessions/current'), 204)
    })

    test('end by themselves too, and the cookie with them', async () => {
        const phone = await signIn(house, 'ann@example.com')
        const { id } = await currentOf(phone)
        const answer = await byCookie(phone, 'DELETE', `/v1/sessions/${id}`)
        ok(answer, 204)
        assert.match(answer.headers['set-cookie'][0], /^usher_session=;.*Max-Age=0/)
        refused(await phone.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await phone.delete(`/v1/sessions/${id}`), 401, 'unauthenticated')
        ok(await ann.get('/v1/users/me'))
    })

    test('of others are as those that never were', async () => {
        const { id } = await currentOf(ann)
        const unknown = refused(await bob.delete(`/v1/sessions/${nobody('session')}`), 404, 'not_found')
        for (const client of [bob, boss, await invited(boss, 'desk', ['users:write', 'read'])]) {
            const problem = refused(await client.delete(`/v1/sessions/${id}`), 404, 'not_found')
            assert.deepEqual({ ...problem, requestId: '' }, { ...unknown, requestId: '' })
        }
        ok(await ann.get('/v1/users/me'))
        for (const path of [bob.user.id, 'session_x', 'x', `user${id.slice('session'.length)}`])
            refused(await ann.delete(`/v1/sessions/${path}`), 404, 'not_found')
    })

    test('are ten at most', async () => {
        const carl = await buyer(house, 'carl')
        const first = await currentOf(carl)
        const clients = []
        for (let i = 0; i < 10; i++) {
            const { token } = ok(
                await boss.post('/v1/sessions', { userId: carl.user.id }),
                201
            )
            clients.push(new Client(house, { token }))
        }
        const items = await listOf(clients[9])
        assert.equal(items.length, 10)
        assert.ok(!items.some(({ id }) => id === first.id))
        assert.equal(items[9].current, true)
        const { id } = await currentOf(clients[4])
        ok(await clients[9].delete(`/v1/sessions/${id}`), 204)
        assert.deepEqual(
            await listOf(clients[9]),
            items.filter(item => item.id !== id)
        )
    })

    test('that a handover waits for are not among them', async () => {
        const dora = await buyer(house, 'dora')
        const { url } = ok(
            await boss.post('/v1/handovers', { userId: dora.user.id, to: '/' }),
            201
        )
        assert.equal((await listOf(dora)).length, 1)
        const code = new URL(url).hash.slice(1)
        ok(await house.anybody.post('/v1/handovers/redeem', { code }))
        const items = await listOf(dora)
        assert.deepEqual(
            items.map(({ current }) => current),
            [true, false]
        )
        ok(await dora.delete(`/v1/sessions/${items[1].id}`), 204)
        assert.equal((await listOf(dora)).length, 1)
    })

    test('are no API key’s', async () => {
        const { secret } = ok(
            await boss.post('/v1/api-keys', {
                name: 'shop',
                scopes: ['users:write', 'read'],
                expiresAt: fromNow(DAY_MS),
            }),
            201
        )
        const key = new Client(house, { token: secret })
        const { id } = await currentOf(ann)
        refused(await key.get('/v1/sessions'), 403, 'forbidden')
        refused(await key.delete(`/v1/sessions/${id}`), 403, 'forbidden')
        ok(await ann.get('/v1/users/me'))
    })

    test('are not ended by another site’s page', async () => {
        const { id } = await currentOf(ann)
        const answer = await house.anybody.request('DELETE', `/v1/sessions/${id}`, {
            headers: { ...browserOf(ann), 'sec-fetch-site': 'cross-site' },
        })
        refused(answer, 403, 'cross_site')
        ok(await ann.get('/v1/users/me'))
    })

    test('end in both places when a password is changed', async () => {
        const phone = await signIn(house, 'bob@example.com')
        assert.equal((await listOf(bob)).length, 2)
        const currentPassword = passwordOf('bob@example.com')
        ok(await phone.patch('/v1/users/me', { password: 'something quite new', currentPassword }))
        assert.deepEqual(await listOf(phone), [await currentOf(phone)])
        refused(await bob.get('/v1/sessions'), 401, 'unauthenticated')
    })
})
