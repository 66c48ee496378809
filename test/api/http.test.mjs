// What the API owes to HTTP itself: methods, headers, connections, sessions by header and cookie.

import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, test } from 'node:test'

import { Client, exchange, ok, refused } from './support/client.mjs'
import { routes } from './support/contract.mjs'
import { document } from './support/document.mjs'
import { passwordOf } from './support/house.mjs'
import { buyer, makeConcert, makeRound, nobody, openHouse, signIn } from './support/people.mjs'
import { speak, statuses } from './support/wire.mjs'

let house, organizer, ann, round
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
    round = await makeRound(organizer, await makeConcert(organizer))
})
after(() => house.close())

describe('methods', () => {
    for (const { path, answers } of routes)
        test(`of ${path}`, async () => {
            const methods = Object.keys(answers)
            const where = path.replace(/\{([a-z]+)\}/, (_, prefix) => nobody(prefix))
            const allowed = [...methods, ...('GET' in answers ? ['HEAD'] : [])].sort()
            for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'BREW']) {
                if (methods.includes(method)) continue
                // Node refuses to send methods that it does not know.
                const answer =
                    method === 'BREW'
                        ? await brew(where)
                        : refused(
                              await house.anybody.request(method, where),
                              405,
                              'method_not_allowed'
                          ) && (await house.anybody.request(method, where)).headers.allow
                const listed = answer.split(', ').filter(name => name !== 'OPTIONS')
                assert.deepEqual(listed.sort(), allowed, `${method} ${where}`)
            }
        })

    const brew = async path => {
        const request = `BREW ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
        const text = await speak(house.url, request)
        assert.deepEqual(statuses(text), [405], text)
        return /^allow: (.*)\r$/im.exec(text)[1]
    }

    test('HEAD where GET is private', async () => {
        for (const path of ['/v1/users/me', '/v1/points', '/v1/reservations', '/v1/payments']) {
            const head = await ann.head(path)
            assert.deepEqual([head.status, head.text], [200, ''], path)
            assert.equal((await house.anybody.head(path)).status, 401)
        }
        assert.equal((await ann.head(`/v1/payments/${nobody('payment')}`)).status, 404)
        assert.equal((await ann.head('/v1/incidents')).status, 405)
    })
})

describe('paths', () => {
    const unknown = [
        '/v1',
        '/v1/',
        '/v2/queue',
        '/v1/queue/',
        '/v1//queue',
        '/v1/queue/nothing',
        '/V1/queue',
        '/v1/queue%2ftokens',
        '/v1/concerts/../queue',
        '/v1/nowhere?at=all',
        '/v1/reservations/x/cancel/y',
        '/../../etc/passwd',
    ]
    for (const path of unknown)
        test(`${path} is nowhere`, async () => {
            refused(await house.anybody.get(path), 404, 'not_found')
            refused(await ann.post(path, {}), 404, 'not_found')
        })
    test('one with an escape that is none, or stands for NUL, is no path', async () => {
        for (const path of ['/v1/queue%00', '/v1/queue%', '/v1/queue%4', '/v1/queue?a=%zz'])
            refused(await house.anybody.get(path), 400, 'bad_request')
    })
    test('one may escape what needs no escape', async () => {
        ok(await house.anybody.get('/v1/%71ueue'))
    })
    test('one of 2,000 characters', async () => {
        refused(await house.anybody.get(`/v1/${'x'.repeat(2000)}`), 404, 'not_found')
    })
    test('one of 200,000 characters is turned away and the next caller served', async () => {
        const request = `GET /v1/${'x'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`
        const [status] = statuses(await speak(house.url, request))
        assert.ok(status >= 400 && status < 500, `status ${status}`)
        ok(await house.anybody.get('/v1/queue'))
    })
    test('the problems are explained to people, and listed for programs', async () => {
        const { items } = ok(await house.anybody.get('/problems'))
        const described = Object.entries(document.components.schemas)
            .filter(([, { properties }]) => properties?.code?.const)
            .map(([, { properties }]) => properties.code.const)
        assert.deepEqual(new Set(items.map(({ code }) => code)), new Set(described))
        for (const { type, title, status } of items) {
            const page = await house.anybody.get(type)
            assert.equal(page.status, 200)
            assert.ok(page.text.includes(`<h1>${status} ${title}</h1>`), page.text)
        }
        const busy = items.find(({ code }) => code === 'busy')
        assert.deepEqual(busy, {
            type: '/problems/busy',
            code: 'busy',
            status: 503,
            title: 'Busy',
            detail: 'A line inside the server is full. Nothing was done; try again shortly.',
            retryLater: true,
        })
        refused(await house.anybody.get('/problems/none_such'), 404, 'not_found')
    })
})

describe('operations', () => {
    test('health, readiness and metrics', async () => {
        assert.equal((await house.anybody.get('/healthz')).status, 200)
        assert.equal((await house.anybody.get('/readyz')).status, 200)
        const metrics = await organizer.get('/metrics')
        assert.equal(metrics.status, 200)
        assert.match(metrics.headers['content-type'], /^text\/plain; version=0\.0\.4/)
        const line =
            /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [-+0-9.eEinfaN]+)$/
        for (const text of metrics.text.trimEnd().split('\n')) assert.match(text, line)
    })
    test('metrics are the organizer’s', async () => {
        refused(await house.anybody.get('/metrics'), 401, 'unauthenticated')
        refused(await ann.get('/metrics'), 403, 'forbidden')
        assert.equal((await organizer.head('/metrics')).status, 200)
    })
})

describe('X-Request-Id', () => {
    const ask = async id =>
        (await house.anybody.get('/v1/queue', { 'x-request-id': id })).headers['x-request-id']
    test('comes back when it is a fit one', async () => {
        for (const id of ['a', 'A-b_c.9', 'x'.repeat(64)]) assert.equal(await ask(id), id)
        const answer = await house.anybody.get('/v1/nowhere', { 'x-request-id': 'trace-7' })
        assert.equal(answer.body.requestId, 'trace-7')
    })
    test('is replaced when it is not', async () => {
        for (const id of ['', 'x'.repeat(65), 'a b', 'a"b', '<a>', 'é'])
            assert.notEqual(await ask(id), id)
    })
    test('is new for each request', async () => {
        const ids = new Set()
        for (let i = 0; i < 20; i++)
            ids.add((await house.anybody.get('/v1/queue')).headers['x-request-id'])
        assert.equal(ids.size, 20)
    })
})

describe('a connection', () => {
    test('goes on after errors', async () => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
        const lines = [
            ['GET', '/v1/nowhere', undefined, 404],
            ['PUT', '/v1/queue', undefined, 405],
            ['POST', '/v1/users', '{', 400],
            ['POST', '/v1/users', '{}', 422],
            ['GET', '/v1/points', undefined, 401],
            ['GET', '/v1/queue', undefined, 200],
        ]
        const sockets = new Set()
        agent.on('free', socket => sockets.add(socket.localPort))
        for (const [method, path, raw, status] of lines)
            assert.equal((await house.anybody.request(method, path, { raw, agent })).status, status)
        assert.equal(sockets.size, 1)
        agent.destroy()
    })

    test('takes requests one after the other without waiting for answers', async () => {
        const get = 'GET /v1/queue HTTP/1.1\r\nHost: x\r\n'
        const text = await speak(house.url, `${get}\r\n${get}\r\n${get}Connection: close\r\n\r\n`)
        assert.deepEqual(statuses(text), [200, 200, 200])
    })

    const broken = [
        ['no request', 'hello\r\n\r\n'],
        ['no host', 'GET /v1/queue HTTP/1.1\r\n\r\n'],
        [
            'two lengths',
            'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
        ],
        [
            'a length of letters',
            'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n{}',
        ],
        ['a negative length', 'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: -2\r\n\r\n{}'],
        [
            'bad chunks',
            'POST /v1/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
        ],
        ['a folded header', 'GET /v1/queue HTTP/1.1\r\nHost: x\r\n\tCookie: y\r\n\r\n'],
    ]
    for (const [name, bytes] of broken)
        test(`with ${name} is answered 4xx or closed, and others are served`, async () => {
            const text = await speak(house.url, bytes, { until: /\r\n\r\n/ })
            for (const status of statuses(text)) assert.ok(status >= 400 && status < 500, text)
            ok(await house.anybody.get('/v1/queue'))
        })

    test('may ask before it sends', async () => {
        const head =
            'POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
            'Content-Length: 2\r\nExpect: 100-continue\r\n\r\n'
        const text = await speak(house.url, head, { until: /^HTTP\/1\.1 \d+/ })
        assert.deepEqual(statuses(text), [100])
        const whole = await speak(house.url, `${head}{}`, { until: /HTTP\/1\.1 4[\s\S]*\}$/ })
        assert.deepEqual(statuses(whole), [100, 422])
    })
})

describe('sessions', () => {
    // Signing in as `exchange` shows it, with the cookie.
    const cookieOf = async email => {
        const body = JSON.stringify({ email, password: passwordOf(email) })
        const headers = { 'content-type': 'application/json' }
        const answer = await exchange(house.url, {
            method: 'POST',
            path: '/v1/sessions',
            headers,
            body,
        })
        assert.equal(answer.status, 201)
        const [cookie] = answer.headers['set-cookie']
        assert.equal(answer.headers['set-cookie'].length, 1)
        return { cookie: cookie.split(';')[0], attributes: cookie.split('; ').slice(1), answer }
    }

    test('come with a cookie that only this site and no script can use', async () => {
        const { cookie, attributes, answer } = await cookieOf('ann@example.com')
        assert.equal(cookie, `usher_session=${answer.body.token}`)
        assert.ok(attributes.includes('HttpOnly'))
        assert.ok(attributes.includes('SameSite=Strict'))
        assert.ok(attributes.includes('Path=/'))
        assert.ok(!attributes.includes('Secure')) // not over TLS
        const age = Date.parse(answer.body.expiresAt) - Date.now()
        assert.ok(Math.abs(age - 30 * 86_400_000) < 60_000)
        assert.equal(answer.headers['cache-control'], 'no-store')
        const quoted = cookie.replace(/=(.*)/, '="$1"')
        for (const sent of [`a=b; ${cookie}; c=d`, `a="b"; ${quoted}; c=d`]) {
            const me = await house.anybody.get('/v1/users/me', { cookie: sent })
            assert.equal(ok(me).id, ann.user.id)
        }
        ok(
            await house.anybody.request('DELETE', '/v1/sessions/current', { headers: { cookie } }),
            204
        )
        refused(await house.anybody.get('/v1/users/me', { cookie }), 401, 'unauthenticated')
    })

    test('the header wins over the cookie', async () => {
        const cookie = `usher_session=${ann.token}`
        assert.equal(ok(await organizer.get('/v1/users/me', { cookie })).id, organizer.user.id)
        const headers = { cookie, authorization: 'Bearer nonsense' }
        refused(await house.anybody.get('/v1/users/me', headers), 401, 'unauthenticated')
    })

    test('the scheme may be written in any case', async () => {
        ok(await house.anybody.get('/v1/users/me', { authorization: `bearer ${ann.token}` }))
    })

    test('end one by one, and all at once', async () => {
        const email = 'boss@example.com'
        const [first, second, third] = [
            await signIn(house, email),
            await signIn(house, email),
            await signIn(house, email),
        ]
        ok(await first.delete('/v1/sessions/current'), 204)
        refused(await first.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await first.delete('/v1/sessions/current'), 401, 'unauthenticated')
        ok(await second.get('/v1/users/me'))
        ok(await second.delete('/v1/sessions'), 204)
        for (const client of [second, third, organizer])
            refused(await client.get('/v1/users/me'), 401, 'unauthenticated')
        ok(await ann.get('/v1/users/me'))
        await house.restart()
        refused(await third.get('/v1/users/me'), 401, 'unauthenticated')
        organizer = await signIn(house, email)
    })

    test('of ten, the oldest goes when an eleventh comes', async () => {
        const clients = [ann]
        for (let i = 0; i < 9; i++) clients.push(await signIn(house, 'ann@example.com'))
        for (const client of clients) ok(await client.get('/v1/users/me'))
        clients.push(await signIn(house, 'ann@example.com'))
        refused(await ann.get('/v1/users/me'), 401, 'unauthenticated')
        for (const client of clients.slice(1)) ok(await client.get('/v1/users/me'))
        const { token } = clients.at(-1)
        assert.equal(new Set(clients.map(client => client.token)).size, 11)
        ok(await new Client(house, { token }).get('/v1/users/me'))
    })
})
