// How many connections one address may have: one machine does not fill the house, and a proxy that
// speaks for many is not taken for one.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'

import { House } from './support/house.mjs'
import { until } from './support/wait.mjs'

const MOST = 4
const MORE = 3

// Opens connections that each ask once; how each fares.
async function crowd(t, settings) {
    const house = await House.open({ 'connections-per-address': MOST, ...settings })
    t.after(() => house.close())
    const { hostname, port } = new URL(house.url)
    const clients = Array.from({ length: MOST + MORE }, () => {
        const client = { socket: connect(Number(port), hostname), answered: false, closed: false }
        client.socket.on('error', () => {}) // one that is turned away may find it closed
        client.socket.on('data', () => (client.answered = true))
        client.socket.on('close', () => (client.closed = true))
        client.socket.write('GET /healthz HTTP/1.1\r\nHost: usher\r\n\r\n')
        return client
    })
    t.after(() => clients.forEach(({ socket }) => socket.destroy()))
    await until('all to be answered or turned away', () =>
        clients.every(({ answered, closed }) => answered || closed)
    )
    return { house, clients, answered: clients.filter(({ answered }) => answered) }
}

test('one address has so many and no more, and the log tells of it', async t => {
    const { house, clients, answered } = await crowd(t, {})
    assert.equal(answered.length, MOST)
    await until('the line', () =>
        /security event=full_house address=127\.0\.0\.1 open=\d+ why="connections-per-address"/.test(
            house.process.said.stderr
        )
    )
    // Another comes in when one leaves.
    for (const { socket } of clients) socket.destroy()
    await until('a place', async () => {
        const answer = await house.anybody.get('/healthz').catch(() => ({}))
        return answer.status === 200
    })
})

test('a trusted proxy has as many as it needs', async t => {
    const { answered } = await crowd(t, { 'trusted-proxies': '127.0.0.1' })
    assert.equal(answered.length, MOST + MORE)
})
