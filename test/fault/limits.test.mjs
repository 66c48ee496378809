// Limits that the system sets: few file descriptors, little memory. usher refuses what it has no
// room for, or to start, in words; it keeps what it answered, and is as before when there is room.

import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House, passwordOf, run } from '../api/support/house.mjs'
import { charge, fromNow, seedBuyers } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'
import { sanitized } from './support/sanitized.mjs'

const ROUNDS = Number(process.env.USHER_SHORTAGES ?? 2)
const DESCRIPTORS = 64
const CLIENTS = 200
const PEOPLE = 12
const MIB = 1024 * 1024
// Address space, most of which no thread ever touches: a house without a crowd starts within it.
const MEBIBYTES_MOST = 384

const fired = new Fired('limits', [
    'clients without a descriptor for them',
    ...(sanitized
        ? []
        : [
              'starts refused for want of memory',
              'starts with little memory',
              'requests refused for want of memory',
          ]),
])

describe(`${DESCRIPTORS} descriptors and ${CLIENTS} clients`, () => {
    let house, ann
    const clients = []

    before(async () => {
        house = await House.prepare(
            {},
            { wrapper: ['prlimit', `--nofile=${DESCRIPTORS}`], realPasswords: true }
        )
        ;[ann] = await seedBuyers(house, 1)
        await house.start()
        // One that asks nothing makes room for others, also at the moment in which it asks again: so
        // ann comes anew each time.
        house.agent.destroy()
        house.agent = new http.Agent()
    })
    after(() => {
        for (const { socket } of clients) socket.destroy()
        return house.close()
    })

    const connect = () => {
        const { hostname, port } = new URL(house.url)
        const socket = net.connect(Number(port), hostname)
        const client = { socket, answers: 0, gone: false }
        socket.on('error', () => {}) // one that is turned away has had no answer
        socket.on('close', () => (client.gone = true))
        socket.setEncoding('latin1').on('data', text => {
            client.answers += text.split('HTTP/1.1 200 ').length - 1
        })
        clients.push(client)
        ask(client)
    }
    const here = ({ gone }) => !gone
    const ask = ({ socket }) => socket.write('GET /v1/queue HTTP/1.1\r\nHost: house\r\n\r\n')

    test('serves as many as it can', async () => {
        assert.match(house.process.said.stderr, /connections_lowered/)
        await charge(ann, 1)
        for (let i = 0; i < CLIENTS; i++) connect()
        // Whoever has been answered makes room for the next, so all get their turn, but for one that
        // was so slow with its request that it had to make room itself.
        await until('all to have had their turn', () =>
            clients.every(({ answers, gone }) => answers === 1 || gone)
        )
        assert.ok(clients.filter(({ answers }) => answers === 1).length > DESCRIPTORS)
        await until('some to make room', () => clients.filter(here).length < DESCRIPTORS)
        const staying = clients.filter(here)
        fired.add('clients without a descriptor for them', CLIENTS - staying.length)
        for (const client of staying) ask(client)
        await until('second answers', () =>
            staying.every(({ answers, gone }) => answers === 2 || gone)
        )
        assert.ok(staying.some(({ answers }) => answers === 2))
        for (let i = 0; i < 20; i++) await charge(ann, 1)
    })

    test('serves others when those are gone', async () => {
        for (const { socket } of clients.splice(0)) socket.destroy()
        await charge(ann, 1)
        await Promise.all(Array.from({ length: 16 }, () => house.anybody.get('/v1/queue').then(ok)))
        const { balance } = ok(await ann.get('/v1/points'))
        await house.end('SIGKILL')
        house.wrapper = []
        await house.start()
        assert.equal(ok(await ann.get('/v1/points')).balance, balance)
        assert.ok(balance >= 22)
        await house.stop()
        await house.check()
    })
})

// A sanitizer needs memory without end, and ends when it gets none: these are for the other builds.
if (!sanitized)
    describe(`little memory (USHER_FAULT_SEED=${seed})`, () => {
        test('refuses to start, and says so, or starts', async t => {
            const house = await House.prepare(
                {},
                { organizers: ['boss@example.com'], realPasswords: true }
            )
            t.after(() => house.close())
            let starts = 0
            for (let mebibytes = 24; starts < 2 && mebibytes <= MEBIBYTES_MOST; mebibytes += 24) {
                house.wrapper = ['prlimit', `--as=${mebibytes * MIB}`]
                try {
                    await house.start()
                    fired.add('starts with little memory')
                    starts++
                    ok(await house.anybody.get('/v1/queue'))
                    await house.stop()
                } catch (error) {
                    assert.match(
                        error.message,
                        /ended with 1: .*usher: (no |cannot )[a-zA-Z ]+\n$/s
                    )
                    fired.add('starts refused for want of memory')
                }
            }
            assert.equal(starts, 2, 'starts of a house without a crowd')
            await house.check()
        })

        const dice = new Dice(seed, 7000)
        let crowd, house
        before(async () => {
            crowd = await Crowd.prepare(PEOPLE, dice)
            house = crowd.house
            await house.start()
            await crowd.open()
        })
        after(() => crowd.close())

        const status = async name => {
            const text = await readFile(`/proc/${house.pid}/status`, 'utf8')
            return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) * 1024
        }
        const limitMemory = async bytes => {
            const { code, stderr } = await run('prlimit', [
                '--pid',
                String(house.pid),
                `--as=${bytes}:`,
            ])
            assert.equal(code, 0, stderr)
        }
        const grantedOrRefused = answer => {
            if (answer.status === 201) return
            assert.equal(answer.status, 503, answer.text)
            fired.add('requests refused for want of memory')
        }

        // What takes much memory: a password's hash 64 MiB, a round of many seats more.
        async function devour() {
            const startTime = fromNow(30 * 86_400_000)
            const count = 20_000 * (1 + dice.below(5))
            const seats = Array.from({ length: count }, (_, i) => ({
                seatNumber: `${i}`,
                price: 1,
                section: 'A',
                row: '1',
                number: `${i}`,
            }))
            const path = `/v1/concerts/${crowd.concert.id}/rounds`
            grantedOrRefused(await crowd.organizer.post(path, { startTime, seats }))
            const email = 'boss@example.com'
            const body = { email, password: passwordOf(email) }
            grantedOrRefused(await house.anybody.post('/v1/sessions', body))
        }

        for (let round = 1; round <= ROUNDS; round++)
            test(`is refused while people buy, number ${round} of ${ROUNDS}`, async () => {
                await crowd.offer({ rows: 10, seatsPerRow: 100 })
                await crowd.shopUntil(async () => {
                    await crowd.answers(100)
                    await limitMemory((await status('VmSize')) + dice.below(8) * MIB)
                    await devour()
                    await devour()
                    await crowd.answers(500)
                    assert.equal((await house.anybody.get('/healthz')).status, 200)
                    await limitMemory('unlimited')
                    await crowd.answers(100)
                    await house.end('SIGKILL')
                })
                const found = await crowd.examine()
                await house.start()
                await crowd.compare(found)
                await crowd.settle()
            })

        test('and the books are right', async () => {
            await house.stop()
            await crowd.examine()
        })
    })

test('every fault happened', () => fired.demand())
