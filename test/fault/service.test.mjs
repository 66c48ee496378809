// Under a service manager: it is told when the server is ready, reloads, stops and gets on; and the
// socket that it lends keeps those who connect waiting while one server goes and the next comes.

import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Client, ok } from '../api/support/client.mjs'
import { launch, newDirectory, passwordOf, program } from '../api/support/house.mjs'
import { preload, built } from '../api/support/preload.mjs'
import { until, within } from '../api/support/wait.mjs'

// Without a beat for this long the manager ends the program; it looks at itself four times in it. A
// server whose disk hangs shall be ended soon, another not because the machine is busy.
const WATCHDOG_MS = 20000
const SHORT_WATCHDOG_MS = 6000
const manager = built('manager')

// A server that such a manager runs.
class Service {
    static async start(data, { libraries = [], env = {}, watchdogMs = WATCHDOG_MS } = {}) {
        const service = new Service()
        const serve = [program, 'serve', '--data', data, '--listen', '127.0.0.1:1']
        service.process = launch(manager, [String(watchdogMs), ...serve], {
            env: preload(['quick_passwords', ...libraries], env),
        })
        await service.said('told READY=1')
        const [, address] = /^socket (.*)$/m.exec(service.process.said.stdout)
        service.url = `http://${address}`
        return service
    }

    lines(line) {
        return this.process.said.stdout.split('\n').filter(said => said === line).length
    }

    said(line, times = 1) {
        return until(`'${line}', ${times} times`, () => this.lines(line) >= times)
    }

    get pid() {
        return Number(this.process.said.stdout.match(/^started (\d+)$/gm).at(-1).split(' ')[1])
    }

    async close() {
        this.process.child.kill('SIGTERM')
        const { code, stderr } = await within('the end', this.process.ended)
        assert.equal(code, 0, stderr)
    }

    signUp(name) {
        const email = `${name}@example.com`
        const body = { name, email, password: passwordOf(email) }
        return new Client({ url: this.url }).post('/v1/users', body)
    }
}

describe('a server under a service manager', () => {
    let data, service
    before(async () => {
        data = await newDirectory()
        service = await Service.start(data)
    })
    after(async () => {
        await service?.close()
        await rm(data, { recursive: true, force: true })
    })

    test('answers on the socket that it was lent, wherever it should listen', async () => {
        ok(await new Client(service).get('/v1/queue'))
        assert.match(service.process.said.stderr, / warning listen_ignored /)
        assert.equal(service.lines(`told STATUS=Answers on ${service.url}`), 1)
    })

    test('says that it reads its settings anew, and when it has', async () => {
        const ready = service.lines('told READY=1')
        process.kill(service.pid, 'SIGHUP')
        await service.said('told RELOADING=1')
        await service.said('told READY=1', ready + 1)
        const order = service.process.said.stdout.match(/^told (RELOADING|MONOTONIC_USEC|READY)/gm)
        assert.deepEqual(order.slice(-3), [
            'told RELOADING',
            'told MONOTONIC_USEC',
            'told READY',
        ])
    })

    test('says that it gets on', () => service.said('told WATCHDOG=1'))

    test('who connects while none serves waits for the next', async () => {
        process.kill(service.pid, 'SIGTERM')
        await service.said('ended 0')
        assert.equal(service.lines('told STOPPING=1'), 1)
        let answered = false
        const people = ['ann', 'bob', 'cho'].map(name => service.signUp(name))
        people.forEach(answer => answer.then(() => (answered = true)))
        await within('connections', until('three that wait', () => waiting(service.url, 3)))
        assert.equal(answered, false)
        service.process.child.kill('SIGUSR1')
        for (const answer of await Promise.all(people)) ok(answer, 201)
        ok(await service.signUp('dan'), 201)
    })
})

// Whether so many connections to the address are established: nobody has to have accepted them.
async function waiting(url, count) {
    const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0')
    const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1)
    const there = rows.map(row => row.trim().split(/\s+/)).filter(([, local, , state]) => {
        return state === '01' && local?.endsWith(`:${port}`)
    })
    return there.length >= count
}

test('a server whose disk hangs is ended, and the next has all that was answered', async t => {
    const data = await newDirectory()
    const stuck = join(data, 'stuck')
    t.after(() => rm(data, { recursive: true, force: true }))
    const service = await Service.start(join(data, 'house'), {
        libraries: ['stuck_disk'],
        env: { STUCK_DISK: stuck },
        watchdogMs: SHORT_WATCHDOG_MS,
    })
    t.after(() => service.close())
    ok(await service.signUp('ann'), 201)
    await service.said('told WATCHDOG=1')
    await writeFile(stuck, '')
    const lost = service.signUp('bob').then(
        () => assert.fail('nothing was written down'),
        () => 'gone'
    )
    await service.said('ended 134') // 128 and SIGABRT
    assert.match(service.process.said.stderr, / error engine_stands watchdog_ms=6000\n/)
    assert.equal(await lost, 'gone')
    await rm(stuck)
    service.process.child.kill('SIGUSR1')
    await service.said('told READY=1', 2)
    const { status } = await service.signUp('ann')
    assert.equal(status, 409)
    ok(await service.signUp('cho'), 201)
})

test('sockets that cannot be used are told of', async t => {
    const data = await newDirectory()
    t.after(() => rm(data, { recursive: true, force: true }))
    for (const [variables, complaint] of [
        ['LISTEN_FDS=2', /2 sockets were lent; usher takes one, and one named metrics/],
        ['LISTEN_FDS=17', /LISTEN_FDS is no number from 1 to 16/],
        ['LISTEN_FDS=1', /descriptor 3 is no TCP socket that listens/],
    ]) {
        const lines = [
            `export LISTEN_PID=$$ ${variables}`,
            `exec ${program} serve --data ${data} 3< /dev/null 4< /dev/null`,
        ]
        const { code, stderr } = await launch('sh', ['-c', lines.join('\n')]).ended
        assert.equal(code, 1, stderr)
        assert.match(stderr, complaint)
    }
})
