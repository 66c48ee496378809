// A server with as many connections as it may have: who comes next gets the place of who has asked
// nothing for the longest time, or whose body comes too slowly; for each who comes, one goes.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'

import { House } from './support/house.mjs'
import { until } from './support/wait.mjs'

const CONNECTIONS = 16
const PROBE = 'GET /healthz HTTP/1.1\r\nHost: usher\r\n\r\n'

async function say(house, text) {
    const { hostname, port } = new URL(house.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(text)
    return socket
}

const answered = async socket => {
    const [bytes] = await once(socket, 'data', { signal: AbortSignal.timeout(20_000) })
    assert.match(bytes.toString(), /^HTTP\/1.1 200 /)
}

describe('idle connections', () => {
    let house
    before(async () => {
        house = await House.open({ connections: CONNECTIONS, 'io-threads': 1 }, {})
    })
    after(() => house?.close())

    test('who comes next takes the places of those that are idle the longest', async () => {
        for (let round = 0; round < 5; round++) {
            const inside = []
            for (let i = 0; i < CONNECTIONS; i++) {
                inside.push(await say(house, PROBE))
                await answered(inside[i])
            }
            const closed = inside.map(socket => once(socket, 'close'))
            inside.forEach(socket => socket.resume())
            const late = []
            for (let i = 0; i < 3; i++) {
                late.push(await say(house, PROBE))
                await answered(late[i])
                await closed[i]
            }
            assert.ok(inside.slice(3).every(socket => !socket.closed))
            for (const socket of [...inside, ...late]) socket.destroy()
            await Promise.all(closed)
        }
        assert.equal((await house.anybody.get('/healthz')).status, 200)
    })
})

describe('idle connections of several threads', () => {
    const LATE = 6
    let house
    before(async () => {
        house = await House.open({ connections: CONNECTIONS, 'io-threads': 4 }, {})
    })
    after(() => house?.close())

    // Every thread is asked for a place, and one of them is to give it.
    test('for each who comes, one goes', async () => {
        for (let round = 0; round < 20; round++) {
            const inside = []
            for (let i = 0; i < CONNECTIONS; i++) {
                inside.push(await say(house, PROBE))
                await answered(inside[i])
            }
            inside.forEach(socket => socket.resume())
            const all = [...inside]
            const gone = () => all.filter(socket => socket.closed).length
            for (let i = 1; i <= LATE; i++) {
                const late = await say(house, PROBE)
                await answered(late)
                all.push(late.resume())
                await until('one to go', () => gone() >= i)
            }
            for (const socket of all.filter(socket => !socket.closed)) {
                socket.write(PROBE)
                await answered(socket)
            }
            assert.equal(gone(), LATE)
            for (const socket of all) socket.destroy()
            await until('all to be gone', async () =>
                /^connections: 0$/m.test((await house.usher(['status'])).stdout)
            )
        }
    })
})

describe('slow bodies', () => {
    // No body that comes as slowly as here keeps this rate, but for the first second no rate is asked.
    const GRACE_MS = 1000
    // The server's clock of a turn may have been read before the bytes of that turn came.
    const EARLY_MS = 50
    let house
    before(async () => {
        house = await House.open(
            { connections: CONNECTIONS, 'body-bytes-per-second': 100_000, 'idle-seconds': 600 },
            {}
        )
    })
    after(() => house?.close())

    test('one goes for who comes, once a second has passed', async () => {
        const begun = performance.now()
        const slow = []
        for (let i = 0; i < CONNECTIONS; i++)
            slow.push(
                await say(
                    house,
                    'POST /v1/users HTTP/1.1\r\nHost: usher\r\n' +
                        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{'
                )
            )
        slow.forEach(socket => socket.resume())
        const late = await say(house, PROBE)
        await answered(late)
        assert.ok(performance.now() - begun >= GRACE_MS - EARLY_MS)
        await until('one to go', () => slow.some(socket => socket.closed))
        late.write(PROBE)
        await answered(late)
        assert.equal(slow.filter(socket => socket.closed).length, 1)
        for (const socket of [...slow, late]) socket.destroy()
    })
})
