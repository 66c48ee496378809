// Clients that go at any byte, that never read, that send what has no end: the server goes on
// serving others, executes nothing that was not whole, and no thread of it works for nothing.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { charge as chargePoints, seedBuyers, signIn } from '../api/support/people.mjs'
import { checkAnswers } from './support/answers.mjs'
import { Connection } from './support/connection.mjs'
import { checkIdleTurns, idleTurns } from './support/idle.mjs'
import { TOKEN, bodyOf, charge, chargeWith, chunked, chunks, get } from './support/requests.mjs'

const AT_ONCE = 16
const BOSS = 'boss@example.com'

describe('nasty clients', () => {
    let house, buyers, organizer
    const open = []

    before(async () => {
        house = await House.prepare({}, { organizers: [BOSS] })
        buyers = await seedBuyers(house, AT_ONCE)
        await house.start()
        organizer = await signIn(house, BOSS)
    })
    after(() => {
        for (const connection of open) connection.leave()
        return house.close()
    })

    const connect = async () => {
        const connection = await Connection.open(house.url)
        open.push(connection)
        return connection
    }

    // Runs `act` with a buyer for every length from 0 to that of `text`, several at once.
    async function sweep(text, act) {
        let next = 0
        const work = async buyer => {
            const bytes = Buffer.from(text.replaceAll(TOKEN, buyer.token), 'latin1')
            for (let cut = next++; cut <= bytes.length; cut = next++) await act(buyer, bytes, cut)
        }
        const turns = await idleTurns(house, organizer)
        await Promise.all(buyers.map(work))
        checkIdleTurns(turns, await idleTurns(house, organizer), next)
        await chargePoints(buyers[0], 1)
    }

    // A charge of a reference of its own is the first of its kind, unless it was executed before.
    async function checkCharged(buyer, reference, expected) {
        const { status } = await buyer.post('/v1/points/charges', { amount: 1, reference })
        assert.equal(status, expected ? 200 : 201, reference)
    }

    const own = (bytes, kind, cut) => {
        const reference = `${kind}${String(cut).padStart(10, '0')}` // as long as what it replaces
        const text = bytes.toString('latin1').replaceAll('reference-A', reference)
        return { reference, part: Buffer.from(text, 'latin1').subarray(0, cut) }
    }

    const texts = {
        'a charge': charge('A'),
        'a charge in chunks': chunked('A', chunks(bodyOf('A').slice(0, 9), bodyOf('A').slice(9))),
    }

    for (const [i, [name, text]] of Object.entries(texts).entries()) {
        test(`${name} that ends after any byte`, () =>
            sweep(text, async (buyer, bytes, cut) => {
                const { reference, part } = own(bytes, 'ac'[i], cut)
                const connection = await connect()
                await connection.send(part)
                connection.end()
                await connection.until('the end', ({ over }) => over)
                assert.equal(connection.error, null, `cut at ${cut}`)
                const finals = checkAnswers(connection.heard, { saidClose: false })
                const expected = cut === 0 ? [] : [cut === bytes.length ? 201 : 400]
                assert.deepEqual(
                    finals.map(({ status }) => status),
                    expected,
                    `cut at ${cut}`
                )
                await checkCharged(buyer, reference, cut === bytes.length)
            }))

        test(`${name} that is reset after any byte`, () =>
            sweep(text, async (buyer, bytes, cut) => {
                const { reference, part } = own(bytes, 'bd'[i], cut)
                const connection = await connect()
                await connection.send(part)
                connection.reset()
                await connection.until('its end', ({ over }) => over)
                // What was whole may have been done before its client went.
                if (cut < bytes.length) await checkCharged(buyer, reference, false)
            }))
    }

    test('clients that ask much and never read', async () => {
        const turns = await idleTurns(house, organizer)
        const connections = await Promise.all(Array.from({ length: AT_ONCE }, connect))
        // More than the system holds for a reader, so that the server has to wait for each.
        const requests = Buffer.from(get().repeat(10_000), 'latin1')
        for (const connection of connections) {
            connection.deaf()
            connection.socket.write(requests)
        }
        for (let i = 0; i < 50; i++) {
            ok(await house.anybody.get('/v1/queue', { connection: 'close' }))
            await chargePoints(buyers[i % AT_ONCE], 1)
        }
        checkIdleTurns(turns, await idleTurns(house, organizer), AT_ONCE)
        for (const connection of connections) connection.reset()
        await chargePoints(buyers[0], 1)
    })

    test('clients that send what has no end', async () => {
        const endless = [
            'GET /v1/queue HTTP/1.1\r\nHost: house\r\nX: ',
            chunked('A', '0'),
            chunked('A', '1;a'),
            'GET ',
        ]
        const turns = await idleTurns(house, organizer)
        const more = Buffer.alloc(40_000, '0')
        for (const beginning of endless) {
            const connection = await connect()
            await connection.send(beginning.replace(TOKEN, buyers[0].token))
            // It is answered while the client writes, and the rest is read on until the server has
            // had enough of it.
            await connection.send(more)
            await connection.until('the answer', ({ ended, over }) => ended || over)
            const [refusal, ...others] = checkAnswers(connection.heard)
            assert.ok([400, 414, 431].includes(refusal.status), beginning)
            assert.equal(others.length, 0)
            connection.leave()
        }
        checkIdleTurns(turns, await idleTurns(house, organizer), endless.length)
        await chargePoints(buyers[0], 1)
    })

    // 100 is said before the body comes, and only to one whose body is going to be read.
    for (const { name, request, statuses } of [
        { name: 'is told to go on', request: charge('A', 'Expect: 100-continue'), statuses: [100] },
        {
            name: 'is refused before it sends',
            request: charge('A', 'Expect: 100-continue').replace('/charges', '/chargez'),
            statuses: [404],
        },
        {
            name: 'is refused for its length before it sends',
            request: charge('A', 'Expect: 100-continue').replace(/Length: \d+/, 'Length: 70000'),
            statuses: [413],
        },
    ])
        test(`who expects 100-continue ${name}`, async () => {
            const [buyer] = buyers
            const head = request.slice(0, request.indexOf('\r\n\r\n') + 4)
            const connection = await connect()
            await connection.send(head.replace(TOKEN, buyer.token))
            await connection.until('a word', ({ heard }) => heard.includes('\r\n\r\n'))
            const said = connection.heard.toString('latin1')
            assert.deepEqual(
                [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, one]) => Number(one)),
                statuses
            )
            if (statuses[0] === 100) {
                await connection.send(bodyOf('A').replace('reference-A', 'continue-00'))
                await connection.until('the answer', ({ heard }) => heard.includes(' 201 '))
            }
            connection.leave()
        })

    // It writes as fast as it can, and reads only when it has written all.
    test('a client that is still writing sees its refusal', async () => {
        const body = Buffer.alloc(5 * 1024 * 1024, ' ')
        const head = chargeWith('A', [`Content-Length: ${body.length}`], '')
        const all = await Promise.all(
            Array.from({ length: AT_ONCE }, async () => {
                const connection = await connect()
                await connection.send(head, body)
                connection.end()
                await connection.until('the end', ({ over }) => over)
                return connection
            })
        )
        for (const { heard, error } of all) {
            assert.equal(error, null)
            assert.deepEqual(
                checkAnswers(heard, { saidClose: false }).map(({ status }) => status),
                [413]
            )
        }
    })
})
