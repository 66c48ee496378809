// Slow clients, silent ones and many of them: each ends by the deadline or the bound that is there
// for it, is told so where it had begun to ask, and keeps nobody else out.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { charge as chargePoints, seedBuyers, signIn } from '../api/support/people.mjs'
import { checkAnswers } from './support/answers.mjs'
import { Connection } from './support/connection.mjs'
import { byteByByte } from './support/cuts.mjs'
import { checkIdleTurns, idleTurns, processorSeconds } from './support/idle.mjs'
import { TOKEN, bodyOf, charge, chargeWith, chunked, get } from './support/requests.mjs'

const BOSS = 'boss@example.com'
const HEAD_SECONDS = 2
const IDLE_SECONDS = 6
const BYTES_PER_SECOND = 200
// A client this slow is late for every deadline; nothing can make a timer early.
const DRIP_MS = 100

class Visitors {
    constructor(house) {
        this.house = house
        this.open = []
    }
    async connect(from) {
        const connection = await Connection.open(this.house.url, { from })
        this.open.push(connection)
        return connection
    }
    // New connections that each say `text`.
    many(count, text, from) {
        return Promise.all(
            Array.from({ length: count }, async () => {
                const connection = await this.connect(from)
                await connection.send(text)
                return connection
            })
        )
    }
    leave() {
        for (const connection of this.open) connection.leave()
    }
}

const ended = connection => connection.until('its end', one => one.ended || one.over)

// The statuses that it got until the server closed it, which is no reset.
async function statusesOf(connection, { saidClose = true } = {}) {
    await ended(connection)
    assert.equal(connection.error, null)
    return checkAnswers(connection.heard, { saidClose }).map(({ status }) => status)
}

describe('deadlines', { concurrency: true }, () => {
    let house, visitors, buyers
    before(async () => {
        house = await House.prepare({
            'head-seconds': HEAD_SECONDS,
            'idle-seconds': IDLE_SECONDS,
            'body-bytes-per-second': BYTES_PER_SECOND,
        })
        buyers = await seedBuyers(house, 4)
        await house.start()
        visitors = new Visitors(house)
    })
    after(() => {
        visitors.leave()
        return house.close()
    })

    const text = (buyer, request) => Buffer.from(request.replaceAll(TOKEN, buyer.token), 'latin1')
    const notBefore = (connection, seconds) =>
        assert.ok(connection.milliseconds >= seconds * 1000 - 50, `${connection.milliseconds} ms`)

    test('a head in drips is refused', async () => {
        const connection = await visitors.connect()
        await connection.drip(
            byteByByte(Buffer.from(get('/v1/queue', `X: ${'x'.repeat(500)}`))),
            DRIP_MS
        )
        assert.deepEqual(await statusesOf(connection), [408])
        notBefore(connection, HEAD_SECONDS)
    })

    test('half a head is refused', async () => {
        const connection = await visitors.connect()
        await connection.send('GET /v1/queue HTTP/1.1\r\nHost: ho')
        assert.deepEqual(await statusesOf(connection), [408])
        notBefore(connection, HEAD_SECONDS)
    })

    test('who says nothing is let go without a word', async () => {
        const connection = await visitors.connect()
        assert.deepEqual(await statusesOf(connection), [])
        notBefore(connection, HEAD_SECONDS)
    })

    test('half a second head is refused', async () => {
        const connection = await visitors.connect()
        await connection.send(`${get()}GET /v1`)
        assert.deepEqual(await statusesOf(connection), [200, 408])
    })

    test('who was answered and asks no more is let go later, without a word', async () => {
        const connection = await visitors.connect()
        await connection.send(get())
        assert.deepEqual(await statusesOf(connection, { saidClose: false }), [200])
        notBefore(connection, IDLE_SECONDS)
    })

    const padded = letter => bodyOf(letter).padEnd(4000)

    for (const [i, [name, head, body]] of [
        ['a body', chargeWith('A', ['Content-Length: 4000'], ''), padded('A')],
        ['a body in chunks', chunked('A', ''), `fa0\r\n${padded('A')}\r\n0\r\n\r\n`],
    ].entries()) {
        test(`${name} in drips is refused, and not executed`, async () => {
            const connection = await visitors.connect()
            await connection.send(text(buyers[i], head))
            await connection.drip(byteByByte(Buffer.from(body)), DRIP_MS)
            assert.deepEqual(await statusesOf(connection), [408])
            ok(
                await buyers[i].post('/v1/points/charges', { amount: 1, reference: 'reference-A' }),
                201
            )
        })

        test(`${name} that stops is refused`, async () => {
            const connection = await visitors.connect()
            await connection.send(text(buyers[i], head), body.slice(0, 50))
            assert.deepEqual(await statusesOf(connection), [408])
        })

        // Forty times as fast as it must be, and longer than a head may take.
        test(`${name} that keeps the rate is executed`, async () => {
            const connection = await visitors.connect()
            const bytes = Buffer.from(body.replaceAll('-A', '-B'))
            const pieces = Array.from({ length: 60 }, (_, n) =>
                bytes.subarray(
                    Math.ceil((n * bytes.length) / 60),
                    Math.ceil(((n + 1) * bytes.length) / 60)
                )
            )
            await connection.send(text(buyers[2 + i], head))
            await connection.drip(pieces, 50)
            await connection.until('the answer', ({ heard }) => heard.includes('\r\n\r\n'))
            assert.match(connection.heard.toString('latin1'), /^HTTP\/1\.1 201 /)
            notBefore(connection, HEAD_SECONDS)
        })
    }
})

describe('threads while others are slow', () => {
    let house, visitors, organizer
    before(async () => {
        house = await House.open({ 'head-seconds': HEAD_SECONDS }, { organizers: [BOSS] })
        organizer = await signIn(house, BOSS)
        visitors = new Visitors(house)
    })
    after(() => {
        visitors.leave()
        return house.close()
    })

    test('do not work until the deadline', async () => {
        const post = 'POST /v1/points/charges HTTP/1.1\r\nHost: house\r\n'
        const beginnings = [
            '',
            'GET /v1/q',
            `${post}Content-Length: 9\r\n\r\n1`,
            `${post}Transfer-Encoding: chunked\r\n\r\n000`,
        ]
        const all = (await Promise.all(beginnings.map(one => visitors.many(50, one)))).flat()
        const [turns, used, began] = [
            await idleTurns(house, organizer),
            await processorSeconds(house.pid),
            performance.now(),
        ]
        await Promise.all(all.slice(0, 100).map(ended))
        const seconds = (performance.now() - began) / 1000
        checkIdleTurns(turns, await idleTurns(house, organizer), all.length)
        const busy = (await processorSeconds(house.pid)) - used
        assert.ok(busy < seconds / 2, `${busy} s of processor time in ${seconds} s`)
    })
})

describe('few connections', () => {
    const CONNECTIONS = 16
    let house, visitors, ann
    before(async () => {
        house = await House.prepare({ connections: CONNECTIONS, 'head-seconds': 60 })
        ;[ann] = await seedBuyers(house, 1)
        await house.start()
        visitors = new Visitors(house)
    })
    after(() => {
        visitors.leave()
        return house.close()
    })

    test('go to who asks: the oldest that has not asked makes room', async () => {
        await chargePoints(ann, 1) // a connection that asked and may ask again
        const slow = []
        for (let i = 0; i < 4 * CONNECTIONS; i++)
            slow.push(...(await visitors.many(1, 'GET /v1/q')))
        await chargePoints(ann, 1)
        ok(await house.anybody.get('/v1/queue', { connection: 'close' }))
        const first = slow.slice(0, 3 * CONNECTIONS)
        await Promise.all(first.map(ended))
        for (const { heard } of first)
            for (const { status } of checkAnswers(heard)) assert.ok([408, 503].includes(status))
    })
})

describe('few connections an address', () => {
    const MOST = 4
    let house, visitors
    before(async () => {
        house = await House.open({ 'connections-per-address': MOST })
        visitors = new Visitors(house)
    })
    after(() => {
        visitors.leave()
        return house.close()
    })

    const asks = async (from, count) => {
        const connections = await visitors.many(count, get(), from)
        await Promise.all(
            connections.map(one =>
                one.until(
                    'an answer or the end',
                    ({ heard, ended, over }) => heard.length > 0 || ended || over
                )
            )
        )
        return connections
    }
    const served = ({ heard }) => heard.toString('latin1').startsWith('HTTP/1.1 200 ')

    test("are each address's own", async () => {
        const mine = await asks('127.0.0.2', MOST)
        assert.ok(mine.every(served))
        const [more] = await asks('127.0.0.2', 1)
        assert.ok(!served(more))
        await ended(more)
        for (const { status } of checkAnswers(more.heard)) assert.ok([429, 503].includes(status))
        const others = await asks('127.0.0.3', MOST)
        assert.ok(others.every(served))
        // One that goes leaves its place.
        mine[0].end()
        await mine[0].until('its end', ({ over }) => over)
        const [next] = await asks('127.0.0.2', 1)
        assert.ok(served(next))
    })
})
