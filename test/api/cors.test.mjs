// Pages of other origins: those that `cors-origins` names may call with a bearer token, the others not.
// Browsers are played by the headers that they send, and held to what they look at in the answers.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { exchange, ok } from './support/client.mjs'
import { Events } from './support/events.mjs'
import { House } from './support/house.mjs'
import { buyer } from './support/people.mjs'

const SHOP = 'https://shop.example'
const APP = 'http://localhost:3000'

describe('pages of other origins', () => {
    let house, ann
    before(async () => {
        house = await House.open({ 'cors-origins': `${SHOP}, ${APP}` })
        ann = await buyer(house, 'ann')
    })
    after(() => house.close())

    const preflight = (path, method, headers = { origin: SHOP }) =>
        exchange(house.url, {
            method: 'OPTIONS',
            path,
            headers: method ? { 'access-control-request-method': method, ...headers } : headers,
        })

    test('a preflight says what may be sent', async () => {
        for (const origin of [SHOP, APP]) {
            const answer = await preflight('/v1/queue/tokens', 'POST', { origin })
            assert.deepEqual([answer.status, answer.text], [204, ''])
            const { headers } = answer
            assert.equal(headers['access-control-allow-origin'], origin)
            assert.equal(headers['access-control-allow-methods'], 'POST')
            const allowed = headers['access-control-allow-headers'].toLowerCase().split(', ')
            for (const name of ['authorization', 'content-type', 'idempotency-key', 'last-event-id'])
                assert.ok(allowed.includes(name), name)
            assert.equal(headers['access-control-allow-credentials'], undefined)
            assert.match(headers['access-control-max-age'], /^[1-9][0-9]*$/)
            assert.ok(headers['x-request-id'] && headers.vary === 'Origin')
        }
        const { headers } = await preflight('/v1/queue', 'PATCH')
        assert.equal(headers['access-control-allow-methods'], 'GET, HEAD, PATCH')
    })

    test('what is no preflight of a named origin is refused as ever', async () => {
        const refusals = [
            await preflight('/v1/queue', 'GET', { origin: 'https://evil.example' }),
            await preflight('/v1/queue', 'GET', { origin: 'null' }),
            await preflight('/v1/queue', 'GET', { origin: `${SHOP}.evil.example` }),
            await preflight('/v1/queue', 'GET', { origin: SHOP.replace('https', 'http') }),
            await preflight('/v1/queue', 'GET', {}),
        ]
        for (const answer of refusals) {
            assert.equal(answer.status, 405)
            assert.equal(answer.headers['access-control-allow-origin'], undefined)
        }
        assert.equal((await preflight('/v1/queue', null)).status, 405)
        assert.equal((await preflight('/v1/nowhere', 'GET')).status, 404)
        assert.equal((await preflight('*', 'GET')).status, 404)
    })

    test('every answer lets a named page read it, refusals too', async () => {
        const answers = [
            await ann.get('/v1/queue', { origin: SHOP }),
            await ann.get('/v1/points', { origin: SHOP }),
            await ann.get('/v1/nowhere', { origin: SHOP }),
            await house.anybody.get('/v1/points', { origin: SHOP }),
            await ann.post('/v1/queue/tokens', undefined, { origin: SHOP, 'sec-fetch-site': 'cross-site' }),
        ]
        for (const { headers, status } of answers) {
            assert.equal(headers['access-control-allow-origin'], SHOP, String(status))
            assert.equal(
                headers['access-control-expose-headers'],
                'ETag, Location, Retry-After, X-Request-Id, Idempotency-Replayed'
            )
            assert.equal(headers['access-control-allow-credentials'], undefined)
        }
        const other = await ann.get('/v1/queue', { origin: 'https://evil.example' })
        assert.equal(other.headers['access-control-allow-origin'], undefined)
        assert.equal(other.headers.vary, 'Origin')
    })

    test('a 304 and a stream too', async () => {
        const { headers } = await ann.get('/v1/queue', { origin: SHOP })
        const same = await ann.get('/v1/queue', { origin: SHOP, 'if-none-match': headers.etag })
        assert.equal(same.headers['access-control-allow-origin'], SHOP)
        const events = await Events.open(ann, 'token=current', { headers: { origin: SHOP } })
        assert.equal(events.headers['access-control-allow-origin'], SHOP)
        events.close()
    })

    test('the cookie does nothing for a page of another origin, named or not', async () => {
        const headers = { cookie: `usher_session=${ann.token}`, origin: SHOP, 'sec-fetch-site': 'cross-site' }
        const answer = await house.anybody.post('/v1/queue/tokens', undefined, headers)
        assert.equal(answer.status, 403)
        assert.equal(answer.body.code, 'cross_site')
    })
})

test('without the setting no answer says a word of it', async () => {
    const house = await House.open()
    try {
        const answer = await house.anybody.get('/v1/queue', { origin: SHOP })
        ok(answer)
        assert.deepEqual(
            Object.keys(answer.headers).filter(name => /^access-control|^vary$/.test(name)),
            []
        )
    } finally {
        await house.close()
    }
})
