// A thousand connections that never finish what they began to say: whoever speaks properly is served
// as ever, and the others end by the deadlines.

import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { charge, seedBuyers } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Fired } from './support/fired.mjs'

const CONNECTIONS = 1000
const DEADLINE_SECONDS = 5
// Sanitizers make the server several times slower; a server that waits for the half-open would take
// DEADLINE_SECONDS.
const PROMPT_MS = 2500

const fired = new Fired('half-open', ['half-open connections at once', 'ends by the deadlines'])

// As much as each of them says.
const beginnings = [
    '',
    'POST /v1/po',
    'GET /v1/queue HTTP/1.1\r\nHost: hou',
    'GET /v1/queue HTTP/1.1\r\nHost: house\r\n',
    'POST /v1/points/charges HTTP/1.1\r\nHost: house\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"amou',
]

describe('half-open connections', () => {
    let house, ann
    const sockets = []
    const open = () => sockets.filter(({ readyState }) => readyState === 'open').length

    before(async () => {
        house = await House.prepare({
            'head-seconds': DEADLINE_SECONDS,
            'idle-seconds': DEADLINE_SECONDS,
        })
        ;[ann] = await seedBuyers(house, 1)
        await house.start()
        // A connection that is kept is closed as soon as it has been idle for that long, maybe while
        // its next request is on its way: so ann comes anew each time.
        house.agent.destroy()
        house.agent = new http.Agent()
    })
    after(() => {
        for (const socket of sockets) socket.destroy()
        return house.close()
    })

    const connect = i => {
        const { hostname, port } = new URL(house.url)
        const socket = net.connect(Number(port), hostname)
        socket.on('error', () => {}) // its end is what is looked at
        socket.resume()
        socket.write(beginnings[i % beginnings.length])
        sockets.push(socket)
    }

    test('do not keep others waiting', async () => {
        const begun = performance.now()
        for (let i = 0; i < CONNECTIONS; i++) connect(i)
        await until('all of them', () => open() === CONNECTIONS, { everyMs: 1 })
        let slowest = 0
        for (let i = 0; i < 50; i++) {
            const asked = performance.now()
            // A connection of its own each time, which has to be let in past the others.
            ok(await house.anybody.get('/v1/queue'))
            await charge(ann, 1)
            slowest = Math.max(slowest, performance.now() - asked)
        }
        assert.ok(slowest < PROMPT_MS, `${slowest} ms`)
        if (performance.now() - begun < DEADLINE_SECONDS * 1000) assert.equal(open(), CONNECTIONS)
        fired.add('half-open connections at once', CONNECTIONS)
    })

    test('end by the deadlines', async () => {
        await until('the end of all', () => open() === 0)
        fired.add('ends by the deadlines', CONNECTIONS)
        await charge(ann, 1)
    })

    test('and every fault happened', async () => {
        assert.equal(ok(await ann.get('/v1/points')).balance, 51)
        fired.demand()
    })
})
