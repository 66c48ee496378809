// A server with as many connections as it may have: who comes next gets the place of who has asked
// nothing for the longest time.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'

import { House } from './support/house.mjs'

const CONNECTIONS = 16

let house
before(async () => {
    house = await House.open({ connections: CONNECTIONS, 'io-threads': 1 }, {})
})
after(() => house?.close())

async function ask() {
    const { hostname, port } = new URL(house.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write('GET /healthz HTTP/1.1\r\nHost: usher\r\n\r\n')
    return socket
}

const answered = async socket => {
    const [bytes] = await once(socket, 'data', { signal: AbortSignal.timeout(20_000) })
    assert.match(bytes.toString(), /^HTTP\/1.1 200 /)
}

test('who comes next takes the places of those that are idle the longest', async () => {
    for (let round = 0; round < 5; round++) {
        const inside = []
        for (let i = 0; i < CONNECTIONS; i++) {
            inside.push(await ask())
            await answered(inside[i])
        }
        const closed = inside.map(socket => once(socket, 'close'))
        inside.forEach(socket => socket.resume())
        const late = []
        for (let i = 0; i < 3; i++) {
            late.push(await ask())
            await answered(late[i])
            await closed[i]
        }
        assert.ok(inside.slice(3).every(socket => !socket.closed))
        for (const socket of [...inside, ...late]) socket.destroy()
        await Promise.all(closed)
    }
    assert.equal((await house.anybody.get('/healthz')).status, 200)
})
