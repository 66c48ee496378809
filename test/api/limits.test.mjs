// How much one account and one address may ask for.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'

import { Client, ok, refused } from './support/client.mjs'
import { House, passwordOf } from './support/house.mjs'
import { buyers, makeConcert, metrics, openHouse } from './support/people.mjs'
import { until, within } from './support/wait.mjs'

async function open(t, settings) {
    const house = await House.open(settings)
    t.after(() => house.close())
    return house
}

// So many requests as fast as they are answered: how many went through, how many were told to wait.
async function burst(count, ask) {
    const answers = []
    for (let i = 0; i < count; i++) answers.push(await ask())
    const late = answers.filter(({ status }) => status === 429)
    for (const answer of late) refused(answer, 429, 'too_many_requests')
    return { answered: count - late.length, late: late.length }
}

test('an account is limited by itself, not with the others of its address', async t => {
    const house = await open(t, {
        'account-requests-per-second': 5,
        'address-requests-per-second': 100,
    })
    const [ann, bob] = await buyers(house, 'ann', 'bob')
    const { answered, late } = await burst(60, () => ann.get('/v1/points'))
    // Twice a second's worth at once, and what the burst's own time gives back.
    assert.ok(answered >= 10 && answered < 40, `${answered} answered`)
    assert.ok(late > 0)
    ok(await bob.get('/v1/points'))
    ok(await house.anybody.get('/v1/queue'))
})

test('an API key has a pace of its own', async t => {
    const { house, organizer } = await openHouse({
        'account-requests-per-second': 100,
        'key-requests-per-second': 5,
    })
    t.after(() => house.close())
    const shop = await withKey(organizer, ['stats'])
    const { answered, late } = await burst(60, () => shop.get('/v1/stats'))
    assert.ok(answered >= 10 && answered < 40, `${answered} answered`)
    assert.ok(late > 0)
    ok(await organizer.get('/v1/stats'))
})

test('strangers are limited by address, and do not slow the signed-in', async t => {
    const house = await open(t, {
        'account-requests-per-second': 100,
        'address-requests-per-second': 5,
    })
    const [ann] = await buyers(house, 'ann')
    const { answered, late } = await burst(60, () => house.anybody.get('/v1/points'))
    assert.ok(answered < 40, `${answered} answered`)
    assert.ok(late > 0)
    ok(await ann.get('/v1/points'))
    ok(await ann.get('/v1/queue'))
})

async function withKey(organizer, scopes) {
    const { secret } = ok(await organizer.post('/v1/api-keys', { name: 'shop', scopes }), 201)
    return new Client(organizer.house, { token: secret })
}

// A request whose head was read, and whose body is still to come: in flight for as long.
async function begun(t, { house, token }) {
    const { hostname, port } = new URL(house.url)
    const socket = net.connect(Number(port), hostname)
    t.after(() => socket.destroy())
    socket.write(
        `POST /v1/points/charges HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n` +
            'Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n'
    )
    const [heard] = await within('that the body may come', once(socket, 'data'))
    assert.match(String(heard), /^HTTP\/1\.1 100 /)
    return socket
}

test('so many requests of a caller are in flight, four of a person and 64 of a key', async t => {
    const { house, organizer } = await openHouse({ 'body-bytes-per-second': 1 })
    t.after(() => house.close())
    const [ann] = await buyers(house, 'ann')
    const shop = await withKey(organizer, ['stats'])
    const callers = [
        [ann, '/v1/points', 4],
        [organizer, '/v1/stats', 4],
        [shop, '/v1/stats', 64],
    ]
    for (const [caller, path, most] of callers) {
        const sockets = []
        for (let i = 0; i < most - 1; i++) sockets.push(await begun(t, caller))
        ok(await caller.get(path)) // the last, for as long as it takes
        sockets.push(await begun(t, caller))
        const late = await caller.get(path)
        refused(late, 429, 'too_many_requests')
        assert.equal(late.headers['retry-after'], '1')
        // One that is answered makes room.
        sockets[0].write('{}')
        await within('its answer', once(sockets[0], 'data'))
        ok(await caller.get(path))
    }
    // Each has its own; nobody else is counted with them.
    for (const [caller, path] of callers) ok(await caller.get(path))
})

test('what waits for a change is counted apart, sixteen of a caller', async t => {
    const { house, organizer } = await openHouse()
    t.after(() => house.close())
    const shop = await withKey(organizer, ['read', 'stats'])
    const { nextCursor } = ok(await organizer.get('/v1/changes?limit=200'))
    const wait = client => client.get(`/v1/changes?cursor=${nextCursor}&types=concert.created&wait=25`)
    const waiting = count =>
        until(`${count} wait`, async () =>
            new RegExp(`^usher_change_waits ${count}$`, 'm').test(await metrics(organizer))
        )
    const waits = []
    for (const client of [organizer, shop]) {
        for (let i = 0; i < 16; i++) {
            waits.push(wait(client))
            await waiting(waits.length)
        }
        const late = await wait(client)
        refused(late, 429, 'too_many_requests')
        assert.equal(late.headers['retry-after'], '1')
        ok(await client.get(`/v1/changes?cursor=${nextCursor}&wait=0`))
        ok(await client.get('/v1/stats'))
    }
    await makeConcert(organizer)
    for (const answer of await Promise.all(waits)) assert.equal(ok(answer).items.length, 1)
    ok(await wait(organizer))
})

const attempts = (house, count, email) =>
    burst(count, () => house.anybody.post('/v1/sessions', { email, password: 'not it at all' }))

test('guessing at one account is slowed, and the others sign in', async t => {
    const house = await open(t, { 'account-sign-ins-per-minute': 2 })
    await buyers(house, 'ann', 'bob')
    const { answered, late } = await attempts(house, 12, 'ann@example.com')
    assert.ok(answered <= 5, `${answered} answered`)
    assert.ok(late >= 7)
    // Even the right password waits now, or the limit would tell it from the wrong ones.
    const right = { email: 'ANN@example.com', password: passwordOf('ann@example.com') }
    refused(await house.anybody.post('/v1/sessions', right), 429, 'too_many_requests')
    const other = { email: 'bob@example.com', password: passwordOf('bob@example.com') }
    ok(await house.anybody.post('/v1/sessions', other), 201)
})

test('guessing from one address is slowed, whatever the account', async t => {
    const house = await open(t, { 'address-sign-ins-per-minute': 2 })
    let guess = 0
    const { answered, late } = await burst(12, () =>
        house.anybody.post('/v1/sessions', {
            email: `g${guess++}@example.com`,
            password: 'not it at all',
        })
    )
    assert.ok(answered <= 5, `${answered} answered`)
    assert.ok(late >= 7)
})
