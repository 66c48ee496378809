// What people paste works as it stands: the lines that `usher demo` prints, and those of the documents.

import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Client, ok } from './support/client.mjs'
import { House, launch, newDirectory, program, run } from './support/house.mjs'
import { makeConcert, makeRound, seatsOf, signIn } from './support/people.mjs'
import { until, within } from './support/wait.mjs'

// A fresh shell with nothing but the system's own tools. Each line it prints that is JSON.
async function paste(lines, cwd) {
    const environment = { PATH: process.env.PATH }
    const { code, stdout, stderr } = await run('sh', ['-u'], {
        input: lines,
        cwd,
        env: environment,
    })
    assert.equal(code, 0, stderr)
    return stdout
        .split('\n')
        .filter(line => line.startsWith('{'))
        .map(line => JSON.parse(line))
}

async function stop({ child, ended }, signal = 'SIGTERM') {
    child.kill(signal)
    const { code, stderr } = await within('the end', ended)
    assert.equal(code, 0, stderr)
}

// The organizer of a demo that printed this.
const organizerOf = said => {
    const [, url] = /listening on (\S+)/.exec(said)
    const [, email, password] = /(organizer@example\.com) +(\S+)/.exec(said)
    const house = { url }
    house.anybody = new Client(house)
    return signIn(house, email, password)
}

describe('usher demo', () => {
    const started = []
    after(() => started.forEach(({ child }) => child.kill('SIGKILL')))
    const start = async (...args) => {
        const running = launch(program, ['demo', '--listen', '127.0.0.1:0', ...args])
        started.push(running)
        await until('the last line', () =>
            /reservations\/\$reservation.*\n/.test(running.said.stdout)
        )
        return running
    }

    test('prints lines that buy a ticket, twice', async () => {
        const running = await start()
        const { stdout } = running.said
        assert.match(stdout, /^usher: listening on http:\/\/127\.0\.0\.1:\d+\n/)
        assert.match(stdout, /^Open http:\S+:\d+\/ in a browser .*\/desk as the organizer\.$/m)
        for (const email of ['organizer', 'ann', 'bob'])
            assert.match(stdout, new RegExp(`${email}@example\\.com +\\S{14}\n`))
        const lines = stdout.slice(stdout.search(/^usher=/m))
        for (const seat of ['B-1-1', 'B-1-2']) {
            const reservation = (await paste(lines)).at(-1)
            assert.equal(reservation.status, 'confirmed')
            assert.deepEqual(
                reservation.seats.map(({ seatNumber }) => seatNumber),
                [seat]
            )
        }
        const [, data] = /The data is in (\S+) and is removed/.exec(stdout)
        await stat(data)
        await stop(running)
        await assert.rejects(stat(data), { code: 'ENOENT' })
    })

    test('goes on with a directory that was given', async t => {
        const data = await newDirectory()
        t.after(() => rm(data, { recursive: true }))
        const concerts = []
        for (let times = 0; times < 2; times++) {
            const running = await start('--data', data)
            const { stdout } = running.said
            const lines = stdout.slice(stdout.search(/^usher=/m))
            assert.equal((await paste(lines)).at(-1).status, 'confirmed')
            concerts.push(/concert_[a-z0-9]+/.exec(stdout)[0])
            await stop(running)
        }
        assert.equal(concerts[0], concerts[1])
    })

    test('ends when its terminal is closed', async () => {
        const running = await start()
        const [, data] = /The data is in (\S+) and is removed/.exec(running.said.stdout)
        await stop(running, 'SIGHUP')
        await assert.rejects(stat(data), { code: 'ENOENT' })
    })

    test('a crowd buys meanwhile, and so do you, until it stops', async t => {
        const data = await newDirectory()
        t.after(() => rm(data, { recursive: true }))
        const running = await start('--data', data, '--crowd', '100', '--max-active', '10')
        const { stdout } = running.said
        assert.match(stdout, /^100 people come, line up and buy meanwhile\.$/m)
        const organizer = await organizerOf(stdout)
        const isOnItsWay = async () => {
            const { queue, sales } = ok(await organizer.get('/v1/stats'))
            return queue.waiting > 0 && sales.sold > 0
        }
        await until('a line, and seats that were bought', isOnItsWay, { deadlineMs: 120_000 })
        ok(await organizer.patch('/v1/queue', { maxActive: 1000 }))
        assert.equal((await paste(stdout.slice(stdout.search(/^usher=/m)))).at(-1).status, 'confirmed')
        await stop(running)
        const { code, stdout: violations } = await run(program, ['check', '--data', data])
        assert.equal(code, 0, violations)
    })

    test('a crowd goes home when the terminal is closed', async () => {
        const running = await start('--crowd', '300')
        const [, data] = /The data is in (\S+) and is removed/.exec(running.said.stdout)
        const organizer = await organizerOf(running.said.stdout)
        const { maxActive } = ok(await organizer.get('/v1/queue'))
        assert.equal(maxActive, 150)
        await until('people inside', async () => ok(await organizer.get('/v1/queue')).active > 0)
        await stop(running, 'SIGHUP')
        await assert.rejects(stat(data), { code: 'ENOENT' })
    })

    test('a crowd leaves the last tenth of the seats to others', async t => {
        const house = await House.open({}, { organizers: ['organizer@example.com'] })
        t.after(() => house.close())
        const boss = await signIn(house, 'organizer@example.com')
        // A tenth is free: room for so many holds that not all are of those who never pay.
        const round = await makeRound(boss, await makeConcert(boss), { rows: 20, seatsPerRow: 10 })
        const seatIds = (await seatsOf(boss, round)).slice(20).map(({ id }) => id)
        ok(await boss.post(`/v1/rounds/${round.id}/seats/block`, { seatIds }))
        await house.stop()
        const running = await start('--data', house.data, '--crowd', '20')
        const organizer = await organizerOf(running.said.stdout)
        const given = async () => {
            const { sales } = ok(await organizer.get('/v1/stats'))
            assert.equal(sales.sold, 0)
            const [back] = ok(await organizer.get('/v1/reservations?status=cancelled')).items
            return back?.cancelReason === 'left'
        }
        await until('seats given back', given, { deadlineMs: 120_000, everyMs: 500 })
        await stop(running)
    })

    for (const crowd of ['-1', '5001', 'many', ''])
        test(`no crowd of '${crowd}'`, async () => {
            const { code, stderr } = await run(program, ['demo', '--crowd', crowd])
            assert.equal(code, 2)
            assert.match(stderr, /--crowd/)
        })

    test('needs charging to be open', async () => {
        const { code, stderr } = await run(program, ['demo', '--charging', 'closed'])
        assert.equal(code, 2)
        assert.match(stderr, /charging/)
    })
})

// The blocks of a page that are for a shell, as they stand.
async function blocksOf(page) {
    const text = await readFile(new URL(`../../${page}`, import.meta.url), 'utf8')
    return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block)
}

describe('the documents', () => {
    let directory, blocks, questions, running
    before(async () => {
        const free = net.createServer().listen(0, '127.0.0.1')
        await new Promise(resolve => free.on('listening', resolve))
        const { port } = free.address()
        await new Promise(resolve => free.close(resolve))
        questions = await blocksOf('docs/operate.md')
        blocks = (await blocksOf('docs/first-sale.md')).map(text =>
            text
                .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
                .replace('--charging open', `--charging open --listen 127.0.0.1:${port}`)
        )
        directory = await newDirectory()
        await mkdir(join(directory, 'build'))
        await symlink(program, join(directory, 'build', 'usher'))
    })
    after(async () => {
        if (running) await stop(running)
        await rm(directory, { recursive: true })
    })

    test('have no lines for a shell but those that follow', async () => {
        const pages = ['README.md', 'ARCHITECTURE.md']
        for (const folder of ['docs', 'docs/decisions'])
            for (const name of await readdir(new URL(`../../${folder}`, import.meta.url)))
                if (name.endsWith('.md')) pages.push(`${folder}/${name}`)
        const counts = await Promise.all(
            pages.map(async page => [page, (await blocksOf(page)).length])
        )
        assert.deepEqual(Object.fromEntries(counts.filter(([, count]) => count > 0)), {
            'docs/first-sale.md': 6,
            'docs/operate.md': 1,
        })
    })
    test('make an organizer and serve', async () => {
        const [organizer, serve] = blocks[0].trim().split('\n')
        await paste(organizer, directory)
        running = launch('sh', ['-c', `exec ${serve}`], { cwd: directory })
        await until('the ready line', () => running.said.stdout.includes('listening'))
    })
    test('sell two seats, and charge once for a request sent twice', async () => {
        const answers = await paste(blocks.slice(1).join('\n'), directory)
        const [reservation, points, charged, now] = answers.slice(-4)
        assert.equal(reservation.status, 'confirmed')
        assert.equal(reservation.seats.length, 2)
        assert.equal(points.balance, 40000)
        assert.equal(charged.balance, 40500)
        assert.equal(now.balance, 40500)
    })
    test('find them with sqlite3 while the server runs', async () => {
        await until('the tables to follow', async () => {
            const { code, stdout } = await run('sh', ['-c', questions[0]], { cwd: directory })
            return (
                code === 0 &&
                /^reservation_\w+\|confirmed\|160000\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/m.test(
                    stdout
                ) &&
                /^sold\|2\|160000$/m.test(stdout) &&
                /^payment\|-160000\|40000$/m.test(stdout)
            )
        })
    })
})
