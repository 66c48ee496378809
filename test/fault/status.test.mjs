// `usher status`: what the server of a data directory tells over its socket, and that the socket is
// there exactly while it serves.

import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House, newDirectory, program, run } from '../api/support/house.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    pay,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'
import { until, within } from '../api/support/wait.mjs'

// What a server tells, by name.
async function status(house) {
    const { code, stdout, stderr } = await house.usher(['status'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^([a-z0-9 ]+: .+\n)+$/)
    return Object.fromEntries(
        stdout
            .trim()
            .split('\n')
            .map(line => /^([^:]+): (.*)$/.exec(line).slice(1))
    )
}

async function refuses(data, message) {
    const { code, stdout, stderr } = await run(program, ['status', '--data', data])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, message)
}

const socketOf = house => join(house.data, 'usher.sock')
const isThere = path =>
    stat(path).then(
        () => true,
        () => false
    )

describe('usher status', { concurrency: true }, () => {
    test('tells what goes on', async t => {
        const house = await House.open({ 'max-active': 2 }, { organizers: ['boss@example.com'] })
        t.after(() => house.close())
        const empty = await status(house)
        assert.match(empty.version, /^\d+\.\d+\.\d+$/)
        assert.equal(empty.listening, house.url)
        assert.equal(empty.state, 'ready')
        assert.ok(Math.abs(Date.now() - Date.parse(empty.since)) < 30_000)
        assert.equal(empty.clock, 'right')
        assert.match(empty['clock offset'], /^-?0\.\d{3} s$/)
        assert.equal(empty.connections, '0')
        assert.equal(empty.wrong, 'nothing')
        assert.match(empty.memory, /^\d+\.\d MiB$/)
        assert.match(empty['tables behind'], /^\d+\.\d{3} s$/)
        assert.match(empty.journal, /^batch \d+, \d+ rows not in the tables yet$/)

        const organizer = await signIn(house, 'boss@example.com')
        const round = await makeRound(organizer, await makeConcert(organizer))
        const seats = await seatsOf(organizer, round)
        const [ann, bob, cleo] = await buyers(house, 'ann', 'bob', 'cleo')
        await charge(ann, 1000)
        await admitted(ann)
        await admitted(bob)
        ok(await cleo.post('/v1/queue/tokens'), 201) // both places are taken
        const two = ok(await hold(ann, round, ...seats.slice(0, 2)), 201)
        const one = ok(await hold(ann, round, seats[2]), 201)
        ok(await pay(ann, two), 201)
        ok(await hold(bob, round, ...seats.slice(3, 6)), 201)
        const socket = net.connect(Number(new URL(house.url).port), '127.0.0.1')
        await within('a connection', new Promise(resolve => socket.on('connect', resolve)))
        house.agent.destroy()
        const full = await until('the connections to be gone', async () => {
            const told = await status(house)
            return told.connections === '1' && told
        })
        socket.destroy()
        assert.equal(full['seats held'], '4')
        assert.equal(full['seats sold'], '2')
        assert.equal(full.active, '2')
        assert.equal(full.waiting, '1')
        ok(await pay(ann, one), 201)
        const { 'seats sold': sold, round: told } = await status(house)
        assert.equal(sold, '3')
        assert.match(told, new RegExp(`^${round.id} of \\S+Z: 3 held, 3 sold, \\d+ free, 0 blocked$`))
        const { stdout } = await house.usher(['status', '--json'])
        const page = JSON.parse(stdout)
        assert.deepEqual(
            [page.state, page.wrong, page.seatsSold, page.seatsHeld, page.waiting, page.active],
            ['ready', [], 3, 3, 0, 2]
        )
        assert.deepEqual(
            page.rounds.map(({ id, held, sold }) => [id, held, sold]),
            [[round.id, 3, 3]]
        )
        assert.ok(page.descriptors > 5 && page.descriptors < page.descriptorsMax)
        assert.ok(page.memoryBytes > 1e6 && page.lagSeconds < 60)
        assert.equal(full.since, empty.since)
    })

    test('tells of a disk that takes no writes, and that it is over', async t => {
        const house = await House.open({}, { organizers: ['boss@example.com'] })
        t.after(() => house.close())
        const limit = async bytes => {
            const args = ['--pid', String(house.pid), `--fsize=${bytes}:`]
            assert.equal((await run('prlimit', args)).code, 0)
        }
        const boss = await signIn(house, 'boss@example.com')
        const before = await status(house)
        await limit(4096)
        await boss.post('/v1/concerts', {
            title: 'Lost',
            description: '',
            reservationOpenAt: '2030-01-01T00:00:00Z',
            reservationCloseAt: '2030-02-01T00:00:00Z',
        })
        const during = await until('the state', async () => {
            const told = await status(house)
            return told.state === 'degraded (read only)' && told
        })
        assert.match(during.wrong, /appends failed|takes no writes/)
        assert.ok(during.since > before.since)
        await limit('unlimited')
        await until('ready again', async () => {
            const told = await status(house)
            return told.state === 'ready' && told.since > during.since
        })
    })

    test('is heard by its owner alone, while the server serves', async t => {
        const house = await House.open()
        t.after(() => house.close())
        assert.equal((await stat(socketOf(house))).mode & 0o7777, 0o600)
        await house.stop()
        assert.ok(!(await isThere(socketOf(house))))
        await refuses(house.data, /^usher: nobody serves \S+\n$/)
        await house.start()
        await house.end('SIGKILL')
        assert.ok(await isThere(socketOf(house)))
        await refuses(house.data, /^usher: nobody serves \S+\n$/)
        await house.check()
        await house.start() // in the place of what was left
        assert.equal((await status(house)).listening, house.url)
        // A second server does not get as far as to take the socket away.
        const second = await house.usher(['serve', '--listen', '127.0.0.1:0'])
        assert.match(second.stderr, /in use by another usher/)
        assert.equal((await status(house)).listening, house.url)
    })

    test('of a directory that is not there, or nobody serves', async t => {
        const scratch = await newDirectory()
        t.after(() => rm(scratch, { recursive: true, force: true }))
        await refuses(join(scratch, 'nothing'), /No such file or directory/)
        await refuses(scratch, /nobody serves/)
        assert.deepEqual(await readdir(scratch), [])
    })

    test('of a directory whose name is longer than a socket may have', async t => {
        const house = await House.prepare()
        t.after(() => house.close())
        const scratch = house.data
        house.data = join(scratch, 'a'.repeat(200), 'b'.repeat(200))
        await mkdir(house.data, { recursive: true })
        await house.start()
        assert.equal((await status(house)).listening, house.url)
        await house.stop()
        await rm(scratch, { recursive: true })
    })

    test('is not kept waiting by clients that do not read', async t => {
        const house = await House.open()
        t.after(() => house.close())
        const silent = Array.from({ length: 20 }, () =>
            net.connect({ path: socketOf(house), allowHalfOpen: true }).pause()
        )
        for (const socket of silent) socket.on('error', () => {})
        for (let i = 0; i < 5; i++) assert.equal((await status(house)).state, 'ready')
        for (const socket of silent) socket.destroy()
        await house.stop()
    })

    test("takes nobody's file away, and selling goes on without it", async t => {
        const house = await House.prepare()
        t.after(() => house.close())
        await writeFile(socketOf(house), 'mine')
        await house.start()
        ok(await house.anybody.get('/v1/queue'))
        assert.match(house.process.said.stderr, / warning control_unavailable reason=".*usher\.sock/)
        await refuses(house.data, /nobody serves/)
        await house.stop()
        assert.equal(await readFile(socketOf(house), 'utf8'), 'mine')
    })
})
