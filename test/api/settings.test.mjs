// GET /v1/settings, and what each answer tells of the program.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'

import { ok } from './support/client.mjs'
import { House } from './support/house.mjs'

async function open(t, settings) {
    const house = await House.open(settings)
    t.after(() => house.close())
    return house
}

test('amounts are won, and there is no other system to get points from', async t => {
    const house = await open(t, {})
    const { currency, currencyDigits, topUpUrl } = ok(await house.anybody.get('/v1/settings'))
    assert.deepEqual([currency, currencyDigits, topUpUrl], ['KRW', 0, null])
})

test('the operator says what amounts are in, and where points come from', async t => {
    const url = 'https://shop.example/points?for={user}&amount={amount}&back={back}'
    for (const [code, digits] of [
        ['EUR', 2],
        ['KWD', 3],
    ]) {
        const house = await open(t, { currency: code, 'top-up-url': url })
        const { currency, currencyDigits, topUpUrl } = ok(await house.anybody.get('/v1/settings'))
        assert.deepEqual([currency, currencyDigits, topUpUrl], [code, digits, url])
    }
})

test('the languages are those that the pages have texts in', async t => {
    const house = await open(t, {})
    const texts = readdirSync(new URL('../../web/src/texts', import.meta.url))
    const names = texts.filter(name => name.length === 'en.ts'.length).map(name => name.slice(0, 2))
    assert.deepEqual(ok(await house.anybody.get('/v1/settings')).languages, names.sort())
})

test('each answer tells its build', async t => {
    const house = await open(t, {})
    const settings = await house.anybody.get('/v1/settings')
    const build = settings.headers['x-usher-build']
    assert.match(build, /^[0-9.]+-[0-9a-f]{16}$/)
    const concerts = await house.anybody.get('/v1/concerts')
    const answers = [
        concerts,
        await house.anybody.get('/v1/concerts', { 'if-none-match': concerts.headers.etag }),
        await house.anybody.get('/v1/points'),
        await house.anybody.get('/v1/nowhere'),
        await house.anybody.get('/healthz'),
    ]
    assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 304, 401, 404, 200]
    )
    for (const { headers } of answers) assert.equal(headers['x-usher-build'], build)
})
