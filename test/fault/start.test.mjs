// Starting and stopping: what stands in the way is said on standard error, ends the program with an
// error and changes nothing.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from '../api/support/client.mjs'
import {
    House,
    flags,
    launch,
    newDirectory,
    passwordOf,
    program,
    run,
    sql,
} from '../api/support/house.mjs'
import { metrics, signIn } from '../api/support/people.mjs'
import { until, within } from '../api/support/wait.mjs'

let scratch, good
before(async () => {
    scratch = await newDirectory()
    const house = await House.open({}, { organizers: ['boss@example.com'] })
    await house.stop()
    good = join(scratch, 'good')
    await cp(house.data, good, { recursive: true })
    await house.close()
})
after(() => rm(scratch, { recursive: true, force: true }))

let made = 0
const fresh = () => join(scratch, `data-${++made}`)
const copyOfGood = async () => {
    const path = fresh()
    await cp(good, path, { recursive: true })
    return path
}

// What a directory holds, so that any change shows. SQLite's index of its log (-shm) and empty
// files, which the lock and an empty log are, hold nothing.
async function contents(path) {
    const list = {}
    for (const name of await readdir(path)) {
        const bytes = await readFile(join(path, name))
        if (bytes.length > 0 && !name.endsWith('-shm'))
            list[name] = createHash('sha256').update(bytes).digest('hex')
    }
    return list
}

// Runs `usher serve`, which must refuse to start and say why.
async function failsToStart(data, message, settings = {}, options = {}) {
    const args = ['serve', '--data', data, ...flags({ listen: '127.0.0.1:0', ...settings })]
    const { code, signal, stdout, stderr } = await run(program, args, options)
    assert.ok(code > 0 && code < 128, `ended with ${code ?? signal}: ${stderr}`)
    assert.equal(stdout, '')
    assert.match(stderr, message)
    return stderr
}

describe('settings that are wrong', () => {
    const wrong = [
        ['hold-seconds', '0'],
        ['hold-seconds', '-5'],
        ['hold-seconds', '1.5'],
        ['hold-seconds', 'long'],
        ['hold-seconds', ''],
        ['hold-seconds', '99999999999999999999'],
        ['hold-seconds', '5 '],
        ['hold-seconds', '0x10'],
        ['max-active', '0'],
        ['max-active', '1000001'],
        ['admit-per-second', '1000001'],
        ['silent-seconds', '9'],
        ['wait-seconds', '86401'],
        ['max-seats-per-reservation', '0'],
        ['io-threads', '0'],
        ['charging', 'yes'],
        ['registration', 'half'],
        ['listen', '127.0.0.1'],
        ['listen', '127.0.0.1:65536'],
        ['listen', '127.0.0.1:http'],
        ['listen', '256.0.0.1:0'],
        ['time-zone', 'Mars/Olympus'],
        ['tls-cert', '/nonexistent.pem'],
    ]
    for (const [name, value] of wrong)
        test(`--${name} '${value}'`, async () => {
            const data = fresh()
            await failsToStart(data, new RegExp(name.startsWith('tls') ? 'tls' : name), {
                [name]: value,
            })
            await assert.rejects(stat(data), { code: 'ENOENT' })
        })

    test('by environment', async () => {
        const data = fresh()
        await failsToStart(
            data,
            /USHER_HOLD_SECONDS|hold-seconds/,
            {},
            { env: { USHER_HOLD_SECONDS: 'x' } }
        )
        await assert.rejects(stat(data), { code: 'ENOENT' })
    })

    const file = async text => {
        const path = `${fresh()}.conf`
        await writeFile(path, text)
        return path
    }
    test('by file', async () => {
        const data = fresh()
        await failsToStart(data, /hold-seconds/, { config: await file('hold-seconds 0\n') })
        await failsToStart(data, /hold-secnods/, { config: await file('hold-secnods 5\n') })
        await failsToStart(data, /nowhere\.conf/, { config: join(scratch, 'nowhere.conf') })
        await assert.rejects(stat(data), { code: 'ENOENT' })
    })

    const lines = [
        ['an unknown flag', ['serve', '--colour', 'red'], /colour/],
        ['a flag without its value', ['serve', '--hold-seconds'], /hold-seconds/],
        ['a word too many', ['serve', 'now'], /now/],
        ['an unknown command', ['conquer'], /conquer/],
        ['no command', [], /usher/],
        ['an organizer without an address', ['organizer', 'add'], /organizer|EMAIL|e-mail/i],
        ['an organizer whose address is none', ['organizer', 'add', 'boss'], /boss|e-mail/i],
    ]
    for (const [name, args, message] of lines)
        test(name, async () => {
            const data = fresh()
            const options = { cwd: scratch, env: { USHER_DATA: data }, input: 'a long password\n' }
            const { code, stdout, stderr } = await run(program, args, options)
            assert.ok(code > 0 && code < 128, `ended with ${code}`)
            assert.equal(stdout, '')
            assert.match(stderr, message)
            await assert.rejects(stat(data), { code: 'ENOENT' })
        })
})

describe('help', () => {
    test('names every setting and command', async () => {
        const { code, stdout } = await run(program, ['--help'])
        assert.equal(code, 0)
        const names = [
            'serve',
            'demo',
            'organizer add',
            'organizer password',
            'status',
            'support',
            'check',
            '--data',
            '--listen',
            '--hold-seconds',
        ]
        for (const name of [...names, '--max-active', '--charging', '--time-zone', '--config'])
            assert.ok(stdout.includes(name), name)
    })
    test('of a command tells the settings that it reads, and no others', async () => {
        const told = async (...args) => {
            const { code, stdout } = await run(program, [...args, '--help'])
            assert.equal(code, 0)
            return { names: [...stdout.matchAll(/^  --([a-z-]+)/gm)].map(([, name]) => name), stdout }
        }
        const all = (await told()).names
        assert.deepEqual((await told('check')).names, ['config', 'data'])
        assert.deepEqual((await told('status')).names, ['json', 'config', 'data'])
        const rules = ['config', 'data', 'charging', 'registration', 'max-active', 'admit-per-second']
        rules.push('silent-seconds', 'active-seconds', 'wait-seconds', 'hold-seconds', 'extend-seconds')
        rules.push('max-seats-per-reservation', 'max-seats-per-user', 'refund-until-seconds')
        const ofHouse = async (...args) => {
            const { names } = await told(...args)
            return names.filter(name => all.includes(name)).sort()
        }
        assert.deepEqual(await ofHouse('rehearse'), [...rules].sort())
        const opens = [...rules, 'reader-threads', 'password-threads'].sort()
        assert.deepEqual(await ofHouse('seed'), opens)
        assert.deepEqual(await ofHouse('organizer', 'add'), opens)
        assert.deepEqual(await ofHouse('organizer', 'password'), opens)
        for (const command of ['serve', 'demo'])
            assert.deepEqual(await ofHouse(command), [...all].sort(), command)
        const { names, stdout } = await told('id')
        assert.deepEqual(names, [])
        assert.match(stdout, /^usage: usher id TEXT$/m)
    })
    test('and the version', async () => {
        const { code, stdout } = await run(program, ['--version'])
        assert.equal(code, 0)
        assert.match(stdout, /^usher \d+\.\d+\.\d+\n$/)
    })
})

describe('a data directory that is not one', () => {
    const refuse = async (data, message) => {
        const before = await contents(data)
        await failsToStart(data, message)
        assert.deepEqual(await contents(data), before)
    }

    test('but a file', async () => {
        const path = fresh()
        await writeFile(path, 'hello')
        await failsToStart(path, new RegExp(path))
        assert.equal(await readFile(path, 'utf8'), 'hello')
    })
    test('and can not be made', async () => {
        await failsToStart('/proc/usher-data', /\/proc\/usher-data/)
        await failsToStart(join(scratch, 'a', 'b', 'c'), /a\/b\/c/)
    })
    test('but holds other things', async () => {
        const path = fresh()
        await mkdir(path)
        await writeFile(join(path, 'usher.db'), 'not a database, but notes of somebody')
        await refuse(path, new RegExp(path))
    })
    test('but a database of another program', async () => {
        const path = fresh()
        await mkdir(path)
        await sql(join(path, 'usher.db'), 'CREATE TABLE recipe (name TEXT)')
        await refuse(path, new RegExp(path))
    })
    test('for `usher check` either', async () => {
        const path = fresh()
        const { code, stderr } = await run(program, ['check', '--data', path])
        assert.ok(code > 0)
        assert.match(stderr, new RegExp(path))
        await assert.rejects(stat(path), { code: 'ENOENT' })
    })
    for (const name of ['usher.db', 'journal.db'])
        test(`whose ${name} is of a newer version`, async () => {
            const path = await copyOfGood()
            await sql(join(path, name), 'PRAGMA user_version = 999')
            await refuse(path, /newer/)
        })
    const id = `x'${'0'.repeat(31)}1'` // of a concert, a round and a seat
    const contradictions = [
        [
            'DELETE FROM user',
            /usher\.db: a row of point_account does not fit the others: the point_account user_\w{26} names a user who is not there/,
        ],
        [
            `INSERT INTO concert (id, title, description, reservation_open_at, reservation_close_at)
             VALUES (${id}, 'x', '', 1, 2);
             INSERT INTO concert_round (id, concert_id, start_time, status, total_seat_cnt)
             VALUES (${id}, ${id}, 4000000000000, 'scheduled', 2);
             INSERT INTO seat (id, concert_round_id, position, seat_number, price, status,
             placed, x, y, accessible,
             companion, restricted_view)
             VALUES (${id}, ${id}, 0, '1', 1, 'available', 0, 0, 0, 0, 0, 0)`,
            /the concert_round round_0{25}1 lacks one of its seats/,
        ],
    ]
    for (const [statement, message] of contradictions)
        test(`whose rows contradict each other: ${message.source}`, async () => {
            const path = await copyOfGood()
            await sql(join(path, 'usher.db'), statement)
            await failsToStart(path, message)
        })

    test('whose journal is missing', async () => {
        const path = await copyOfGood()
        await rm(join(path, 'journal.db'))
        for (let times = 0; times < 2; times++) await failsToStart(path, new RegExp(path))
    })
    test('whose files are cut short', async () => {
        const path = await copyOfGood()
        const file = join(path, 'usher.db')
        await writeFile(file, (await readFile(file)).subarray(0, 5000))
        await refuse(path, new RegExp(path))
    })
})

test('tables that are lost are made again from the journal', async t => {
    const house = await House.open({}, { organizers: ['boss@example.com'] })
    t.after(() => house.close())
    await house.stop()
    await rm(join(house.data, 'usher.db'))
    await house.start()
    const body = { email: 'boss@example.com', password: passwordOf('boss@example.com') }
    assert.equal(ok(await house.anybody.post('/v1/sessions', body), 201).user.role, 'organizer')
    await house.stop()
    await house.check()
})

describe('a second server', () => {
    test('on the same directory or address does not start, and the first goes on', async t => {
        const house = await House.open()
        t.after(() => house.close())
        await failsToStart(house.data, /in use|another|lock/i)
        const { host } = new URL(house.url)
        const data = fresh()
        const why = await failsToStart(data, new RegExp(host), { listen: host })
        assert.doesNotMatch(why, /engine_started/) // nobody waits for a load to hear of it
        for (const args of [['check'], ['seed', '--tokens-file', `${data}.tokens`]]) {
            const { code, stderr } = await house.usher(args)
            assert.ok(code > 0 && code < 128, `${args} ended with ${code}`)
            assert.match(stderr, /in use|another|lock/i)
        }
        ok(await house.anybody.get('/v1/queue'))
    })
})

describe('organizer add', () => {
    test('refuses a taken address, what is none, and passwords that anybody may guess', async t => {
        const house = await House.prepare({}, { organizers: ['boss@example.com'] })
        t.after(() => house.close())
        const add = (email, password) =>
            house.usher(['organizer', 'add', email], { input: `${password}\n` })
        for (const [email, password] of [
            [' BOSS@example.com', 'long enough'],
            ['b@example.com', 'short'],
            ['b@example..com', 'long enough'],
            ['b@example.com', 'password1'],
            ['b-for-boss@example.com', 'B-for-Boss'],
            ['b@example.com', '        '],
        ]) {
            const { code, stderr } = await add(email, password)
            assert.ok(code > 0 && code < 128, `${email} ended with ${code}`)
            assert.notEqual(stderr, '')
        }
        await house.start()
        const body = { email: 'boss@example.com', password: passwordOf('boss@example.com') }
        assert.equal(ok(await house.anybody.post('/v1/sessions', body), 201).user.role, 'organizer')
    })
})

describe('settings', () => {
    test('a flag wins over the environment, and that over the file', async t => {
        const config = `${fresh()}.conf`
        const text =
            '# a remark\n\nhold-seconds 11\nmax-seats-per-user 3\nmax-seats-per-reservation 2\n'
        await writeFile(config, text)
        const env = { USHER_HOLD_SECONDS: '12', USHER_MAX_SEATS_PER_USER: '5' }
        const house = await House.open({ config, 'hold-seconds': 13 }, { env })
        t.after(() => house.close())
        const { holdSeconds, maxSeatsPerUser, maxSeatsPerReservation, refundUntilSeconds } = ok(
            await house.anybody.get('/v1/settings')
        )
        assert.deepEqual(
            [holdSeconds, maxSeatsPerUser, maxSeatsPerReservation, refundUntilSeconds],
            [13, 5, 2, 86400]
        )
    })
})

describe('a signal to stop', () => {
    for (const signal of ['SIGTERM', 'SIGINT'])
        test(`${signal}: what is in flight is answered, and the program ends well`, async t => {
            const house = await House.open(
                {},
                { organizers: ['boss@example.com'], realPasswords: true }
            )
            t.after(() => house.close())
            const organizer = await signIn(house, 'boss@example.com')
            ok(await house.anybody.get('/v1/queue')) // leaves an idle connection open
            // Each takes a password hash, so they are still in flight when the signal comes.
            const signUps = ['ann', 'bob'].map(name =>
                house.anybody.post('/v1/users', {
                    name,
                    email: `${name}@example.com`,
                    password: passwordOf(name),
                })
            )
            // Both, and the one that asks.
            await until(
                'the requests to arrive',
                async () => /requests_in_flight [3-9]/.test(await metrics(organizer)),
                { everyMs: 1 }
            )
            const begun = Date.now()
            house.process.child.kill(signal)
            const answers = await within('the answers', Promise.all(signUps))
            for (const answer of answers)
                if (answer.status !== 201) refused(answer, 503, 'unavailable')
            const { code } = await within('the end', house.process.ended)
            assert.equal(code, 0)
            assert.ok(Date.now() - begun < 10_000)
            house.process = null
            await house.start()
            for (const [index, name] of ['ann', 'bob'].entries()) {
                const body = { email: `${name}@example.com`, password: passwordOf(name) }
                const { status } = await house.anybody.post('/v1/sessions', body)
                assert.equal(status, answers[index].status === 201 ? 201 : 401)
            }
        })

    test('ends a server that nobody talks to at once', async () => {
        const house = await House.open()
        const begun = Date.now()
        await house.close()
        assert.ok(Date.now() - begun < 5000)
    })
})

test('the log goes to standard error, and standard output has the one line', async () => {
    const { child, said, ended } = launch(program, [
        'serve',
        '--data',
        fresh(),
        '--listen',
        '127.0.0.1:0',
    ])
    await until('the ready line', () => said.stdout.includes('\n'))
    child.kill('SIGTERM')
    const { code, stdout } = await within('the end', ended)
    assert.equal(code, 0)
    assert.match(stdout, /^usher: listening on http:\/\/127\.0\.0\.1:\d+\n$/)
})
