// What the log says of requests, and of what whoever guards the house wants to know: one line each,
// which nobody can forge and which holds no secret.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import { House, passwordOf } from './support/house.mjs'
import { buyer, charge, makeConcert, makeRound, openHouse } from './support/people.mjs'
import { until } from './support/wait.mjs'
import { speak } from './support/wire.mjs'

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`
const REQUEST = new RegExp(
    `^${TIME} info request method="([^"]*)" path="([^"]*)" status=(\\d{3}) bytes=(\\d+) us=(\\d+) ` +
        'address=(\\S+) request=([A-Za-z0-9._-]{1,64})$'
)

let house, organizer, ann
before(async () => {
    ;({ house, organizer } = await openHouse({ 'log-requests': 'on', 'trusted-proxies': '127.0.0.1' }))
    ann = await buyer(house, 'ann')
})
after(() => house?.close())

const lines = () => house.process.said.stderr.split('\n')
const from = address => ({ 'x-forwarded-for': address })

// The lines of this request, when the first is there: lines are written before the answer goes out.
async function linesOf(id) {
    const found = () => lines().filter(line => line.includes(`request=${id}`))
    await until(`the lines of ${id}`, () => found().length > 0)
    return found()
}

let asked = 0
// Asks, and returns the answer with its lines.
async function ask(client, method, path, { headers, ...options } = {}) {
    const id = `log-${asked++}`
    const answer = await client.request(method, path, {
        headers: { 'x-request-id': id, ...headers },
        ...options,
    })
    return { answer, lines: await linesOf(id) }
}
const requestOf = lines => REQUEST.exec(lines.find(line => / info request /.test(line)))
const eventOf = (lines, event) => lines.find(line => line.includes(` security event=${event} `))

describe('a request', () => {
    test('is one line', async () => {
        const { answer, lines } = await ask(house.anybody, 'GET', '/v1/concerts?limit=7', {
            headers: from('192.0.2.7'),
        })
        assert.equal(lines.length, 1)
        const [, method, path, status, bytes, us, address] = requestOf(lines)
        assert.deepEqual([method, path, status, address], ['GET', '/v1/concerts', '200', '192.0.2.7'])
        assert.equal(Number(bytes), Buffer.byteLength(answer.text))
        assert.ok(Number(us) > 0 && Number(us) < 60_000_000)
    })

    test('is a line whatever becomes of it', async () => {
        for (const [method, path, status] of [
            ['HEAD', '/v1/concerts', '200'],
            ['GET', '/nowhere', '404'],
            ['DELETE', '/v1/concerts', '405'],
            ['GET', '/v1/points', '401'],
        ]) {
            const { lines } = await ask(house.anybody, method, path)
            assert.deepEqual(requestOf(lines).slice(1, 4), [method, path, status])
        }
    })

    test('can forge no line, and ends none', async () => {
        const path =
            '/%0d%0a2026-01-01T00:00:00.000Z%20info%20request%20forged%22%20status=200%1b%5b2J/' +
            '%EA%B0%80'
        const head = (id, target) =>
            `GET ${target} HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n`
        await speak(house.url, head('forging', path))
        const [line, ...more] = await linesOf('forging')
        assert.deepEqual(more, [])
        const [, , told, status] = REQUEST.exec(line)
        assert.equal(status, '404')
        assert.ok(told.startsWith('/\\x0d\\x0a2026-01-01'), told)
        assert.ok(told.includes('forged\\x22 status=200'), told)
        assert.ok(told.includes('\\x1b[2J'), told)
        assert.equal(lines().filter(text => / info request forged/.test(text.slice(0, 60))).length, 0)
        await speak(house.url, head('long', `/${'%22'.repeat(2000)}`))
        const [long] = await linesOf('long')
        assert.match(REQUEST.exec(long)[2], /^\/(\\x22)+\.\.\.$/)
    })

    test('that is broken is a line without what could not be read', async () => {
        const broken = () => lines().filter(line => line.includes('status=400'))
        assert.equal(broken().length, 0)
        await speak(house.url, 'GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n')
        await speak(house.url, 'a"b\r\n\r\n')
        await until('their lines', () => broken().length === 2)
        const told = broken().map(line => REQUEST.exec(line).slice(1, 4))
        assert.deepEqual(told, [
            ['GET', '-', '400'],
            ['-', '-', '400'],
        ])
    })

    test('is none without log-requests', async t => {
        const silent = await House.open()
        t.after(() => silent.close())
        ok(await silent.anybody.get('/v1/queue'))
        refused(await silent.anybody.get('/v1/points'), 401, 'unauthenticated')
        const { stderr } = await silent.end('SIGTERM')
        assert.doesNotMatch(stderr, /info request /)
    })
})

describe('a line', () => {
    test('of a request is an object, where the operator wants that', async t => {
        const settings = { 'log-requests': 'on', 'log-json': 'on' }
        const told = await House.open(settings)
        t.after(() => told.close())
        const head = target => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
        await speak(told.url, head('/%22%0a%5c%EA%B0%80'))
        await speak(told.url, head(`/${'%22'.repeat(2000)}`))
        const { stderr } = await told.end('SIGTERM')
        const [line, long] = stderr.split('\n').filter(line => line.startsWith('{')).map(JSON.parse)
        assert.match(line.time, new RegExp(`^${TIME}$`))
        assert.ok(line.us > 0 && line.bytes > 0)
        assert.match(line.request, /^[A-Za-z0-9._-]{1,64}$/)
        const { level, event, method, path, status, address } = line
        assert.deepEqual(
            [level, event, method, path, status, address],
            ['info', 'request', 'GET', '/\\x22\\x0a\\x5c\\xea\\xb0\\x80', 404, '127.0.0.1']
        )
        assert.match(long.path, /^\/(\\x22)+\.\.\.$/)
    })

    test('has its level before it where the journal of the system reads it', async t => {
        const stream = 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/2) exec "$@"'
        const told = await House.prepare({ 'log-requests': 'on' }, { wrapper: ['sh', '-c', stream, 'sh'] })
        t.after(() => told.close())
        await told.start()
        const bob = await buyer(told, 'bob')
        refused(await bob.patch('/v1/queue', { paused: true }), 403, 'forbidden')
        const { stderr } = await told.end('SIGTERM')
        const lines = stderr.trimEnd().split('\n')
        for (const line of lines) assert.match(line, new RegExp(`^<[346]>${TIME} (error|warning|info) `))
        for (const [number, level] of [[4, 'warning'], [6, 'info']])
            assert.ok(lines.some(line => line.startsWith(`<${number}>`) && line.includes(` ${level} `)), level)
        for (const line of lines)
            assert.equal({ error: '3', warning: '4', info: '6' }[line.split(' ')[1]], line[1], line)
    })
})

describe('events', () => {
    test('a refused sign-in names the account by its id, and nothing that was typed', async () => {
        const tryAs = email =>
            ask(house.anybody, 'POST', '/v1/sessions', {
                body: { email, password: 'a secret of mine' },
                headers: from('192.0.2.8'),
            })
        const known = await tryAs('ann@example.com')
        refused(known.answer, 401, 'bad_credentials')
        const line = eventOf(known.lines, 'sign_in_refused')
        assert.match(line, new RegExp(`address=192\\.0\\.2\\.8 .*account=${ann.user.id}$`))
        assert.match(line, /why=bad_credentials/)
        const unknown = await tryAs('nobody@example.com')
        assert.match(eventOf(unknown.lines, 'sign_in_refused'), /account=-$/)
        const right = await ask(house.anybody, 'POST', '/v1/sessions', {
            body: { email: 'ann@example.com', password: passwordOf('ann@example.com') },
        })
        assert.equal(right.lines.length, 1)
    })

    test('what is forbidden says to whom', async () => {
        const { answer, lines } = await ask(ann, 'PATCH', '/v1/queue', { body: { paused: true } })
        refused(answer, 403, 'forbidden')
        const line = eventOf(lines, 'forbidden')
        assert.match(line, new RegExp(`why=forbidden by=${ann.user.id} method="PATCH" path="/v1/queue"$`))
        const other = await ask(house.anybody, 'POST', '/v1/queue/tokens', {
            headers: { cookie: `usher_session=${ann.token}`, 'sec-fetch-site': 'cross-site' },
        })
        refused(other.answer, 403, 'cross_site')
        assert.match(eventOf(other.lines, 'cross_site'), new RegExp(`by=${ann.user.id}`))
        assert.equal(eventOf(other.lines, 'forbidden'), undefined)
    })

    test('what staff changes is told with the verb, who and what', async () => {
        const boss = organizer.user.id
        const concert = await makeConcert(organizer)
        const round = await makeRound(organizer, concert)
        for (const [method, path, body, said] of [
            ['PATCH', `/v1/concerts/${concert.id}`, { title: 'x' }, `object=${concert.id}`],
            ['DELETE', `/v1/rounds/${round.id}`, undefined, 'verb=ROUND_DELETE'],
            ['PATCH', '/v1/queue', { maxActive: 1000 }, 'verb=QUEUE_CHANGE'],
            [
                'POST',
                '/v1/points/charges',
                { userId: ann.user.id, amount: 5 },
                `verb=POINTS_CHARGE by=${boss} path="/v1/points/charges"`,
            ],
        ]) {
            const { answer, lines } = await ask(organizer, method, path, { body })
            assert.ok(answer.status < 300, answer.text)
            const line = eventOf(lines, 'staff_change')
            assert.ok(line.includes(said), line)
            assert.ok(line.includes(`by=${boss} path="${path}"`), line)
        }
        const given = lines().filter(line => line.includes('verb=POINTS_CHARGE'))
        assert.match(given.at(-1), new RegExp(`object=entry_\\w+ owner=${ann.user.id}$`))
    })

    test('what buyers do, what was refused and what only reads is no event', async () => {
        await charge(ann, 1)
        const before = lines().filter(line => line.includes('staff_change')).length
        const refusedChange = await ask(organizer, 'PATCH', '/v1/queue', { body: { maxActive: 0 } })
        assert.equal(refusedChange.answer.status, 422)
        ok(await organizer.get('/v1/users'))
        ok(await organizer.post('/v1/queue/forecast', { admitPerSecond: 1, maxActive: 1 }))
        ok(await organizer.post('/v1/selfcheck'))
        const { lines: own } = await ask(ann, 'POST', '/v1/queue/tokens')
        assert.equal(own.length, 1)
        assert.equal(lines().filter(line => line.includes('staff_change')).length, before)
    })

    test('a flood of them is few lines, and says how many it left out', async t => {
        const flooded = await House.open()
        t.after(() => flooded.close())
        const bob = await buyer(flooded, 'bob')
        for (let i = 0; i < 200; i++)
            refused(await bob.patch('/v1/queue', { paused: true }), 403, 'forbidden')
        const { stderr } = await flooded.end('SIGTERM')
        const told = stderr.split('\n').filter(line => line.includes('event=forbidden'))
        const leftOut = told.map(line => Number(/left_out=(\d+)/.exec(line)?.[1] ?? 0))
        const written = told.filter(line => line.includes('path=')).length
        assert.ok(written >= 30 && written < 200, `${written} lines`)
        assert.equal(written + leftOut.reduce((sum, count) => sum + count, 0), 200)
    })

    test('no line holds a secret', () => {
        const { stderr } = house.process.said
        for (const secret of [ann.token, organizer.token, 'a secret of mine', 'password of', '?limit'])
            assert.ok(!stderr.includes(secret), secret)
    })
})
