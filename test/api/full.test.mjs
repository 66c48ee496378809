// A server with as many connections as it may have: who comes next waits, and gets in when others go.

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

test('those in line are served when the others leave, however often that happens', async () => {
    for (let round = 0; round < 5; round++) {
        const inside = await Promise.all(Array.from({ length: CONNECTIONS }, ask))
        await Promise.all(inside.map(answered))
        const waiting = await Promise.all(Array.from({ length: 3 }, ask))
        for (const socket of inside) socket.destroy()
        await Promise.all(waiting.map(answered))
        for (const socket of waiting) socket.destroy()
    }
    assert.equal((await house.anybody.get('/healthz')).status, 200)
})
