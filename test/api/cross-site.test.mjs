// What another site's page can make a visitor's browser do: nothing. Browsers are played by the
// headers that they send.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { exchange, ok, refused } from './support/client.mjs'
import { House, passwordOf } from './support/house.mjs'
import { balance, buyer } from './support/people.mjs'
import { speak } from './support/wire.mjs'

const PUBLIC = 'https://tickets.example'

// Signs in as a browser does; the cookies that it is told, as a Cookie header.
async function signIn(house, email, headers = {}) {
    const answer = await exchange(house.url, {
        method: 'POST',
        path: '/v1/sessions',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ email, password: passwordOf(email) }),
    })
    ok(answer, 201)
    const cookies = answer.headers['set-cookie'].map(cookie => cookie.split('; '))
    const kept = cookies.filter(([, ...attributes]) => !attributes.includes('Max-Age=0'))
    return { answer, cookies, cookie: kept.map(([pair]) => pair).join('; ') }
}

const charge = (house, headers) =>
    house.anybody.request('POST', '/v1/points/charges', { body: { amount: 1 }, headers })

describe('where browsers come straight to the server', () => {
    let house, ann, cookie
    before(async () => {
        house = await House.open()
        ann = await buyer(house, 'ann')
        ;({ cookie } = await signIn(house, 'ann@example.com'))
    })
    after(() => house?.close())

    const foreign = () => [
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site', origin: 'https://shop.tickets.example' },
        { 'sec-fetch-site': 'none' },
        { 'sec-fetch-site': 'cross-site', origin: house.url }, // the first counts
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: house.url.replace('http:', 'https:') },
        { origin: `${house.url}1` },
    ]

    test('a write with the cookie from another origin is refused', async () => {
        const before = await balance(ann)
        for (const headers of foreign())
            refused(await charge(house, { cookie, ...headers }), 403, 'cross_site')
        assert.equal(await balance(ann), before)
        const headers = { cookie, 'sec-fetch-site': 'cross-site' }
        const ask = (method, path) => house.anybody.request(method, path, { headers })
        refused(await ask('POST', '/v1/queue/tokens'), 403, 'cross_site')
        refused(await ask('DELETE', '/v1/sessions'), 403, 'cross_site')
    })

    test('from our own pages, or from no browser, it is done', async () => {
        const before = await balance(ann)
        const own = [
            { 'sec-fetch-site': 'same-origin', origin: house.url },
            { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5173' },
            { origin: house.url },
            {},
        ]
        for (const headers of own) ok(await charge(house, { cookie, ...headers }), 201)
        assert.equal(await balance(ann), before + own.length)
    })

    test('reading, a bearer token and no cookie are nobody’s business', async () => {
        for (const headers of foreign()) {
            ok(await house.anybody.get('/v1/points', { cookie, ...headers }))
            const bearer = { authorization: `Bearer ${ann.token}`, ...headers }
            ok(await charge(house, { cookie, ...bearer }), 201)
            refused(await charge(house, headers), 401, 'unauthenticated')
            refused(await charge(house, { cookie: 'a=b', ...headers }), 401, 'unauthenticated')
        }
    })

    test('what the route says comes first', async () => {
        const headers = { cookie, 'sec-fetch-site': 'cross-site' }
        const ask = (method, path, more) => house.anybody.request(method, path, { headers, ...more })
        refused(await ask('POST', '/v1/nowhere'), 404, 'not_found')
        refused(await ask('POST', '/v1/points'), 405, 'method_not_allowed')
        const text = { raw: '{"amount":1}', headers: { ...headers, 'content-type': 'text/plain' } }
        refused(await ask('POST', '/v1/points/charges', text), 415, 'unsupported_media_type')
        refused(await ask('POST', '/v1/points/charges', { body: {} }), 403, 'cross_site')
    })

    // Nobody is signed in to an account that is not their own either: a form of another site has no
    // way to say JSON, and a script must ask first.
    test('another site’s page signs nobody in', async () => {
        const body = JSON.stringify({
            email: 'ann@example.com',
            password: passwordOf('ann@example.com'),
        })
        for (const type of [
            'text/plain',
            'application/x-www-form-urlencoded',
            'multipart/form-data; boundary=x',
        ])
            for (const path of ['/v1/sessions', '/v1/users']) {
                const headers = { 'content-type': type, 'sec-fetch-site': 'cross-site' }
                const answer = await house.anybody.request('POST', path, { raw: body, headers })
                refused(answer, 415, 'unsupported_media_type')
                assert.equal(answer.headers['set-cookie'], undefined)
            }
        const text = await speak(
            house.url,
            'OPTIONS /v1/sessions HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n' +
                'Access-Control-Request-Method: POST\r\nConnection: close\r\n' +
                'Access-Control-Request-Headers: content-type\r\n\r\n'
        )
        assert.match(text, /^HTTP\/1\.1 405 /)
        assert.doesNotMatch(text, /access-control/i)
    })

    test('pages are of text alone and inside of nobody’s, and https is not promised', async () => {
        const { headers } = await house.anybody.get('/problems/not_found')
        assert.match(headers['content-security-policy'], /^default-src 'none';/)
        assert.match(headers['content-security-policy'], /frame-ancestors 'none'/)
        assert.equal(headers['strict-transport-security'], undefined)
        const api = await house.anybody.get('/v1/queue')
        assert.equal(api.headers['content-security-policy'], undefined)
    })
})

describe('where browsers come by https, through a proxy', () => {
    let house, ann
    before(async () => {
        house = await House.open({ 'public-url': PUBLIC })
        ann = await buyer(house, 'ann')
    })
    after(() => house?.close())

    test('the public origin is ours, and the one we listen at is not', async () => {
        const { cookie } = await signIn(house, 'ann@example.com')
        ok(await charge(house, { cookie, origin: PUBLIC }), 201)
        refused(await charge(house, { cookie, origin: house.url }), 403, 'cross_site')
        refused(await charge(house, { cookie, origin: `${PUBLIC}:444` }), 403, 'cross_site')
    })

    test('the cookie is this host’s alone', async () => {
        const { answer, cookies, cookie } = await signIn(house, 'ann@example.com')
        assert.equal(cookie, `__Host-usher_session=${answer.body.token}`)
        for (const [, ...attributes] of cookies) {
            assert.ok(attributes.includes('Secure') && attributes.includes('Path=/'))
            assert.ok(attributes.includes('HttpOnly') && attributes.includes('SameSite=Strict'))
            assert.ok(!attributes.some(attribute => attribute.startsWith('Domain')))
        }
        assert.equal(ok(await house.anybody.get('/v1/users/me', { cookie })).id, ann.user.id)
    })

    test('who signed in under the plain name stays so, and it never wins', async () => {
        const plain = `usher_session=${ann.token}`
        assert.equal(ok(await house.anybody.get('/v1/users/me', { cookie: plain })).id, ann.user.id)
        const bob = await buyer(house, 'bob')
        const both = `${plain}; __Host-usher_session=${bob.token}`
        assert.equal(ok(await house.anybody.get('/v1/users/me', { cookie: both })).id, bob.user.id)
        const other = { cookie: plain, 'sec-fetch-site': 'cross-site' }
        refused(await charge(house, other), 403, 'cross_site')
    })

    test('signing out takes both names away', async () => {
        const { cookie } = await signIn(house, 'ann@example.com')
        const answer = await house.anybody.request('DELETE', '/v1/sessions/current', {
            headers: { cookie },
        })
        ok(answer, 204)
        const gone = answer.headers['set-cookie'].map(text => {
            assert.ok(text.includes('Max-Age=0'), text)
            return text.split(';')[0]
        })
        assert.deepEqual(gone, ['__Host-usher_session=', 'usher_session='])
        refused(await house.anybody.get('/v1/users/me', { cookie }), 401, 'unauthenticated')
    })

    test('https is promised on every answer', async () => {
        for (const path of ['/v1/queue', '/v1/points', '/problems/busy', '/nowhere']) {
            const { headers } = await house.anybody.get(path)
            assert.equal(headers['strict-transport-security'], 'max-age=31536000')
        }
    })
})

describe('where browsers come by http', () => {
    test('the secure name is nobody’s', async t => {
        const house = await House.open()
        t.after(() => house.close())
        const ann = await buyer(house, 'ann')
        const { cookie, cookies } = await signIn(house, 'ann@example.com')
        assert.match(cookie, /^usher_session=/)
        assert.equal(cookies.length, 1)
        const other = { cookie: `__Host-usher_session=${ann.token}` }
        refused(await house.anybody.get('/v1/users/me', other), 401, 'unauthenticated')
    })
})
