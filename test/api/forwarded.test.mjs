// Whose request it is when a proxy stands before the server: limits by address go by what a trusted
// proxy says, and by nothing that anybody else says.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ok } from './support/client.mjs'
import { House } from './support/house.mjs'

async function open(t, settings) {
    const house = await House.open({ 'address-requests-per-second': 2, ...settings })
    t.after(() => house.close())
    return house
}

// Asks until it is told to wait: `headers(i)` are those of the i-th time. Addresses that count by
// themselves are never told to when each is used once.
async function exhaust(house, headers) {
    for (let i = 0; i < 200; i++)
        if ((await asks(house, headers(i))).status === 429) return
    assert.fail('never told to wait')
}

const asks = (house, headers) => house.anybody.get('/v1/concerts', headers)

test('a trusted proxy speaks for many, each with a limit of its own', async t => {
    const house = await open(t, { 'trusted-proxies': '127.0.0.1, ::1' })
    await exhaust(house, () => ({ 'x-forwarded-for': '192.0.2.1' }))
    ok(await asks(house, { 'x-forwarded-for': '192.0.2.2' }))
    ok(await asks(house, { forwarded: 'for="[2001:db8::1]:4711";proto=https' }))
    ok(await asks(house, {}))
    await exhaust(house, () => ({ forwarded: 'for=192.0.2.3' }))
    ok(await asks(house, { forwarded: 'for=192.0.2.4' }))
})

test('what a client wrote before the proxy did is not believed', async t => {
    const house = await open(t, { 'trusted-proxies': '127.0.0.0/8' })
    await exhaust(house, i => ({ 'x-forwarded-for': `198.51.100.${i}, 192.0.2.1` }))
    ok(await asks(house, { 'x-forwarded-for': '192.0.2.2' }))
})

test('headers that dispute each other count as the proxy’s own', async t => {
    const house = await open(t, { 'trusted-proxies': '127.0.0.0/8' })
    await exhaust(house, i => ({
        forwarded: `for=198.51.100.${i}`,
        'x-forwarded-for': `192.0.2.${i}`,
    }))
    ok(await asks(house, { forwarded: 'for=198.51.100.1' }))
    ok(await asks(house, { 'x-forwarded-for': '192.0.2.1' }))
})

test('nobody else is believed', async t => {
    const house = await open(t, { 'trusted-proxies': '192.0.2.0/24' })
    await exhaust(house, i => ({ 'x-forwarded-for': `198.51.100.${i}` }))
    await exhaust(house, i => ({ forwarded: `for=198.51.100.${i}` }))
})
