// GET /v1/users/me/export: everything of one's own, however much it is.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Client, ok, refused } from './support/client.mjs'
import {
    buy,
    buyers,
    charge,
    makeConcert,
    makeRound,
    openHouse,
    seatsOf,
} from './support/people.mjs'

let house, organizer, ann, bob
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    const round = await makeRound(organizer, await makeConcert(organizer), { price: 10 })
    const seats = await seatsOf(organizer, round)
    await charge(bob, 100)
    await buy(bob, round, seats[0])
    await charge(ann, 100)
    await buy(ann, round, seats[1], seats[2])
})
after(() => house.close())

const exported = async client => ok(await client.get('/v1/users/me/export'))

async function all(client, path) {
    const items = []
    let cursor = ''
    do {
        const page = ok(await client.get(`${path}?limit=200${cursor}`))
        items.push(...page.items)
        cursor = page.nextCursor && `&cursor=${page.nextCursor}`
    } while (cursor)
    return items
}

async function isWhole(client) {
    const data = await exported(client)
    assert.deepEqual(data.user, ok(await client.get('/v1/users/me')))
    assert.deepEqual(data.points, ok(await client.get('/v1/points')))
    assert.deepEqual(
        data.signIns.items.map(({ id }) => id),
        ok(await client.get('/v1/sessions')).items.map(({ id }) => id)
    )
    assert.deepEqual(data.reservations, await all(client, '/v1/reservations'))
    assert.deepEqual(data.payments, await all(client, '/v1/payments'))
    assert.deepEqual(data.entries, await all(client, '/v1/points/entries'))
    return data
}

test('has one’s own rows, each as its route shows it, and nobody else’s', async () => {
    const data = await isWhole(ann)
    const counts = ['tokens', 'reservations', 'payments', 'entries'].map(name => data[name].length)
    assert.deepEqual(counts, [1, 1, 1, 2])
    const [token] = data.tokens
    assert.deepEqual([token.userId, token.status, token.reason], [ann.user.id, 'expired', 'finished'])
    assert.ok(!JSON.stringify(data).includes(bob.user.id))
})

test('is as long as it must be', async () => {
    for (let i = 0; i < 450; i++) await charge(bob, 1)
    assert.equal((await isWhole(bob)).entries.length, 452)
})

test('of an organizer has the organizer’s alone', async () => {
    const data = await exported(organizer)
    assert.deepEqual([data.tokens, data.reservations, data.payments, data.entries], [[], [], [], []])
})

test('is nobody’s without signing in, and no API key’s', async () => {
    refused(await house.anybody.get('/v1/users/me/export'), 401, 'unauthenticated')
    const { secret } = ok(
        await organizer.post('/v1/api-keys', { name: 'shop', scopes: ['read'] }),
        201
    )
    const key = new Client(house, { token: secret })
    refused(await key.get('/v1/users/me/export'), 403, 'forbidden')
})
