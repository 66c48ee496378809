// Handovers: another system sends a buyer's browser here, signed in, by an address that works once.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import vm from 'node:vm'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { House } from './support/house.mjs'
import { buyer, nobody, openHouse } from './support/people.mjs'

const ORIGIN = 'https://shop.example'

describe('a handover', () => {
    let house, organizer, ann, bob
    before(async () => {
        const settings = { 'return-origins': `${ORIGIN}, http://localhost:3000` }
        ;({ house, organizer } = await openHouse(settings, { others: ['ole@example.com'] }))
        ann = ok(await organizer.post('/v1/users', { name: 'Ann', externalId: 'ann' }), 201)
        bob = await buyer(house, 'bob')
    })
    after(() => house.close())

    const handing = (client, change) =>
        client.post('/v1/handovers', { userId: ann.id, to: '/concerts', ...change })
    const make = async change => {
        const { url, expiresAt } = ok(await handing(organizer, change), 201)
        return { url: new URL(url), code: new URL(url).hash.slice(1), expiresAt }
    }
    const redeem = (code, headers, more) =>
        house.anybody.post('/v1/handovers/redeem', { code, ...more }, headers)
    const tokenOf = answer => /usher_session=(usher_[^;]+);/.exec(answer.headers['set-cookie'])?.[1]

    for (const to of [
        '',
        'concerts',
        '//evil.example/',
        '/\\evil.example',
        'https://evil.example/',
        `${ORIGIN}.evil.example/`,
        `${ORIGIN}:444/`,
        `${ORIGIN}@evil.example/`,
        'http://shop.example/',
        'http://localhost:3001/',
        'javascript:alert(1)',
        '/a b',
        '/<b>',
        '/\u00e9',
        7,
        `/${'a'.repeat(2000)}`,
    ])
        test(`does not lead to ${JSON.stringify(to).slice(0, 32)}`, async () => {
            invalid(await handing(organizer, { to }), '/to')
        })

    for (const to of ['/', '/concerts?a=1#b', `${ORIGIN}`, `${ORIGIN}/back?x=%20'()`, 'http://localhost:3000/'])
        test(`leads to ${to}`, async () => {
            const { code } = await make({ to })
            assert.deepEqual(ok(await redeem(code)), { to })
        })

    test('is for buyers, from organizers', async () => {
        refused(await handing(house.anybody), 401, 'unauthenticated')
        refused(await handing(bob), 403, 'forbidden')
        const { items } = ok(await organizer.get('/v1/users?email=ole%40example.com'))
        refused(await handing(organizer, { userId: items[0].id }), 403, 'forbidden')
        refused(await handing(organizer, { userId: nobody('user') }), 404, 'not_found')
        invalid(await handing(organizer, { userId: 'ann' }), '/userId')
    })

    test('signs a browser in, once', async () => {
        const { url, code, expiresAt } = await make()
        assert.equal(url.origin, house.anybody.url ?? url.origin)
        assert.equal(url.pathname, '/handover')
        const { serverTime } = ok(await house.anybody.get('/v1/settings'))
        const left = Date.parse(expiresAt) - Date.parse(serverTime)
        assert.ok(left > 0 && left <= 60_000, `${left}`)
        const answer = await redeem(code)
        assert.deepEqual(ok(answer), { to: '/concerts' })
        const browser = new Client(house, { token: tokenOf(answer) })
        assert.deepEqual(ok(await browser.get('/v1/users/me')), ann)
        refused(await redeem(code), 410, 'handover_used')
        assert.equal(tokenOf(await redeem(code)), undefined)
        await house.restart()
        assert.deepEqual(ok(await browser.get('/v1/users/me')), ann)
        refused(await redeem(code), 410, 'handover_used')
    })

    test('outlives the server, and ends with a newer one', async () => {
        const first = await make()
        await house.restart()
        const second = await make()
        refused(await redeem(first.code), 410, 'handover_used')
        await house.restart()
        ok(await redeem(second.code))
    })

    test('is redeemed by one of many at once', async () => {
        const { code } = await make()
        const answers = await Promise.all(Array.from({ length: 6 }, () => redeem(code)))
        assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 410, 410, 410, 410, 410])
    })

    test('is not changed on its way', async () => {
        const { code } = await make()
        const dot = code.indexOf('.')
        for (const changed of [
            `${code.slice(0, dot)}./elsewhere`,
            `${code}x`,
            code.slice(0, dot),
            `A${code.slice(1)}`,
            code.replace('usher_handover_', 'usher_'),
            'x',
        ])
            refused(await redeem(changed), 410, 'handover_used')
        invalid(await redeem(''), '/code')
        invalid(await redeem(undefined), '/code')
        invalid(await redeem(code, {}, { replace: 'yes' }), '/replace')
        refused(await organizer.get('/v1/users/me', { authorization: `Bearer ${code}` }), 401, 'unauthenticated')
        ok(await redeem(code))
    })

    test('is redeemed from a page of ours', async () => {
        const { code } = await make()
        for (const headers of [
            { 'sec-fetch-site': 'cross-site' },
            { 'sec-fetch-site': 'same-site' },
            { origin: 'https://evil.example' },
            { origin: ORIGIN },
        ])
            refused(await redeem(code, headers), 403, 'cross_site')
        ok(await redeem(code, { 'sec-fetch-site': 'same-origin' }))
    })

    test('asks before it takes the place of somebody else', async () => {
        const { code } = await make()
        const other = { cookie: `usher_session=${bob.token}` }
        refused(await redeem(code, other), 409, 'other_signed_in')
        refused(await redeem(code, other, { replace: false }), 409, 'other_signed_in')
        const answer = await redeem(code, other, { replace: true })
        ok(answer)
        ok(await bob.get('/v1/users/me'))
        const again = await make()
        const same = { cookie: `usher_session=${tokenOf(answer)}` }
        ok(await redeem(again.code, same))
    })

    test('is not used up by who looks at its page', async () => {
        const { url, code } = await make()
        const page = await house.anybody.get(url.pathname)
        assert.equal(page.status, 200)
        assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
        const policy = page.headers['content-security-policy'].split('; ')
        for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
            assert.ok(policy.includes(rule), policy.join())
        assert.doesNotMatch(policy.join(), /unsafe|https?:|\*/)
        assert.doesNotMatch(page.text, /<script(?! src="\/handover\.js")|https?:|\son[a-z]+=|style=/)
        assert.equal(page.headers['set-cookie'], undefined)
        ok(await redeem(code))
    })
})

describe('the page of a handover', () => {
    let house, organizer, bob
    before(async () => {
        ;({ house, organizer } = await openHouse())
        bob = await buyer(house, 'bob')
    })
    after(() => house.close())

    // What the page's script does in a browser that has this cookie, until it goes on or has told
    // something; and what a person then clicks.
    async function visit(hash, cookie) {
        const script = await house.anybody.get('/handover.js')
        assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8')
        const parts = {}
        const part = name => (parts[name] ??= { hidden: name === 'choice', textContent: '' })
        const gone = { to: null, left: null }
        const pending = []
        const scope = {
            document: { getElementById: part },
            location: { hash, pathname: '/handover', replace: to => (gone.to = to) },
            history: { replaceState: (_, __, path) => (gone.left = path) },
            fetch: (path, { method, headers, body }) => {
                assert.deepEqual([method, { ...headers }], ['POST', { 'Content-Type': 'application/json' }])
                const asked = house.anybody.post(path, JSON.parse(body), cookie ? { cookie } : {})
                pending.push(asked)
                return asked.then(answer => ({ ok: answer.status < 300, json: async () => answer.body }))
            },
        }
        vm.runInNewContext(script.text, scope)
        const settle = async () => {
            await Promise.all(pending)
            await new Promise(resolve => setImmediate(resolve))
        }
        await settle()
        return { parts, gone, settle }
    }
    const hashOf = async to =>
        new URL(ok(await organizer.post('/v1/handovers', { userId: bob.user.id, to }), 201).url).hash

    test('goes on, and leaves no code behind', async () => {
        const { gone } = await visit(await hashOf('/seats?a=1'))
        assert.deepEqual(gone, { to: '/seats?a=1', left: '/handover' })
    })

    test('tells that the code was used', async () => {
        const hash = await hashOf('/')
        await visit(hash)
        const { parts, gone } = await visit(hash)
        assert.equal(gone.to, null)
        assert.match(parts.state.textContent, /was used/)
        assert.equal((await visit('')).parts.state.textContent, 'This address signs nobody in.')
    })

    test('asks whoever is signed in as somebody else', async () => {
        const cookie = `usher_session=${organizer.token}`
        const first = await visit(await hashOf('/'), cookie)
        assert.equal(first.gone.to, null)
        assert.equal(first.parts.choice.hidden, false)
        first.parts.replace.onclick()
        await first.settle()
        assert.equal(first.gone.to, '/')
        const second = await visit(await hashOf('/elsewhere'), cookie)
        second.parts.stay.onclick()
        assert.equal(second.gone.to, '/')
    })
})

test('a house that a proxy stands before hands over to its public address', async () => {
    const { house, organizer } = await openHouse({ 'public-url': 'https://tickets.example' })
    try {
        const bob = await buyer(house, 'bob')
        const made = ok(await organizer.post('/v1/handovers', { userId: bob.user.id, to: '/' }), 201)
        assert.ok(made.url.startsWith('https://tickets.example/handover#usher_handover_'), made.url)
    } finally {
        await house.close()
    }
})

test('return-origins are origins', async () => {
    const house = await House.open()
    await house.stop()
    try {
        for (const value of ['shop.example', 'https://shop.example/path', 'https://a.example,']) {
            const { code, stderr } = await house.usher(['serve', '--return-origins', value])
            assert.equal(code, 2, stderr)
            assert.match(stderr, /return-origins/)
        }
    } finally {
        await house.close()
    }
})
