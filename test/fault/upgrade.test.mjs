// A data directory of version 2, whose ids were text, taken up: old/sold has its files as that usher
// left them when it was killed (as sqlite3 dumps them, with the marks in a file's header that a dump
// leaves out), with a tail of the journal that is not in the tables, and what it had told over HTTP
// until then. What happens to the process, the power and the disk meanwhile changes nothing of it.

import assert from 'node:assert/strict'
import { access, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Client, ok } from '../api/support/client.mjs'
import { House, run, sql } from '../api/support/house.mjs'
import { until, within } from '../api/support/wait.mjs'
import { Dice, seed } from './support/dice.mjs'
import { libfaketime, startingAt } from './support/faketime.mjs'
import { Fired } from './support/fired.mjs'
import { preload } from '../api/support/preload.mjs'
import { KIND, Power, readTape } from './support/power.mjs'
import { Tmpfs } from './support/tmpfs.mjs'

// How many moments of a start that takes up old tables are tried, each with a kill and with a power
// cut, besides those around the new file's coming into its place. 0: every moment.
const MOMENTS = Number(process.env.USHER_UPGRADE_MOMENTS ?? 4)
const AROUND_PLACING = 3
// The first of what comes after, in which journal and tables are opened, is the same in every start.
const AFTER_PLACING = 12
const KILLS = Number(process.env.USHER_UPGRADE_KILLS ?? 3)
const PEOPLE = 20_000
const DISK_BYTES = 64 * 1024 * 1024

const fired = new Fired('upgrade', [
    'kills while taking up',
    'power cuts while taking up',
    'unsynced writes lost',
    'old tables found after it',
    'new tables found after it',
    'kills at any time while many are taken up',
    'disks that were full meanwhile',
])

const recorded = file => readFile(new URL(`old/sold/${file}`, import.meta.url), 'utf8')

// The version of the tables that this usher makes.
const source = await readFile(new URL('../../src/record/record.h', import.meta.url), 'utf8')
const NEWEST = Number(/^#define SCHEMA_VERSION (\d+)$/m.exec(source)[1])

// Of an answer what was told before: more is told since.
function asTold(value, told) {
    if (Array.isArray(value) && Array.isArray(told)) return value.map((each, i) => asTold(each, told[i]))
    if (!value || !told || typeof value !== 'object' || typeof told !== 'object') return value
    return Object.fromEntries(Object.keys(told).map(key => [key, asTold(value[key], told[key])]))
}

// Deadlines wait while nobody serves, so they differ.
const DIFFERENT = ['expiresAt', 'serverTime', 'requestId']
const comparable = value =>
    JSON.parse(JSON.stringify(value), (key, inner) => (DIFFERENT.includes(key) ? undefined : inner))

// The end of a server that ends by itself.
async function ended(house) {
    const end = await within('the end', house.process.ended)
    house.process = null
    return end
}

class OldHouse {
    // A stopped house whose data version 2 left; the clock stands where it stood then.
    static async prepare(t) {
        const old = new OldHouse()
        old.told = JSON.parse(await recorded('told.json'))
        old.house = await House.prepare({ 'hold-seconds': 3600, 'max-active': 6 })
        t?.after(() => old.house.close())
        old.clock = libfaketime()
        old.house.env = {
            ...startingAt(new Date(old.told.recordedAt)),
            ...preload([old.clock]),
        }
        for (const file of ['journal', 'usher'])
            await sql(join(old.house.data, `${file}.db`), await recorded(`${file}.sql`))
        return old
    }

    file(name) {
        return join(this.house.data, name)
    }

    // Of the tables, without disturbing them: user_version stands at byte 60 of the file.
    async version() {
        return (await readFile(this.file('usher.db'))).readUInt32BE(60)
    }

    // It serves, and tells what it told.
    async compare() {
        const { house, told } = this
        for (const [name, answers] of Object.entries(told.answers)) {
            const client = new Client(house, { token: told.tokens[name] })
            for (const [path, { status, body }] of Object.entries(answers)) {
                const answer = await client.get(path)
                assert.equal(answer.status, status, `${name} ${path}: ${answer.text}`)
                assert.deepEqual(comparable(asTold(answer.body, body)), comparable(body))
            }
        }
        for (const { path, key, body, answer } of told.replays) {
            const ann = new Client(house, { token: told.tokens.ann })
            const again = await ann.post(path, body, { 'idempotency-key': key })
            assert.equal(again.headers['idempotency-replayed'], 'true', again.text)
            assert.deepEqual(asTold(ok(again, 201), answer), answer)
        }
    }

    // The same from a start to a stop, with the books right and nothing left over.
    async goOn() {
        await this.house.start()
        await this.compare()
        await this.house.stop()
        assert.equal(await this.version(), NEWEST)
        await assert.rejects(access(this.file('usher.db.new')))
        await this.house.check()
    }
}

describe('tables of version 2', () => {
    let old
    before(async () => {
        old = await OldHouse.prepare()
    })
    after(() => old.house.close())

    test('are refused by every other command, and left as they are', async () => {
        const { house } = old
        const seedTokens = ['seed', '--tokens-file', `${house.data}.tokens`]
        for (const args of [['check'], ['organizer', 'add', 'x@example.com'], seedTokens]) {
            const input = 'a good password\n'
            const { code, stderr } = await house.usher(args, { input, env: house.env })
            assert.equal(code, 1, stderr)
            assert.match(stderr, /written by an older usher.*start `usher serve` on it once/)
        }
        assert.equal(await old.version(), 2)
    })

    test('are taken up, and what was told is told again', async () => {
        await old.house.start()
        const lines = old.house.process.said.stderr.split('\n').filter(line => /upgrade_/.test(line))
        const begins = ` info upgrade_begins from=2 to=${NEWEST} rows=106 bytes_needed=\\d+ `
        assert.match(lines[0], new RegExp(begins))
        assert.match(lines[0], /bytes_free=\d+ about_seconds=\d+$/)
        assert.match(lines.at(-1), new RegExp(` info upgrade_done to=${NEWEST} rows=106$`))
        assert.ok(lines.length <= 14, lines.join('\n'))
        await old.compare()
    })

    test('have a ticket for each seat that was sold, and the same after a start', async () => {
        const boss = new Client(old.house, { token: old.told.tokens.boss })
        // Deadlines are shown by the wall, which has another distance from the house's time at each start.
        const all = async () =>
            ok(await boss.get('/v1/reservations?limit=200')).items.map(one => ({ ...one, expiresAt: null }))
        const reservations = await until('the tickets', async () => {
            const now = await all()
            const sold = now.filter(({ status }) => status === 'confirmed')
            return sold.every(({ seats, tickets }) => tickets.length === seats.length) && now
        })
        const valid = reservations.flatMap(({ tickets }) => tickets).filter(({ status }) => status === 'valid')
        const { items } = ok(await boss.get('/v1/tickets?limit=200'))
        assert.deepEqual(items.map(({ id }) => id).sort(), valid.map(({ id }) => id).sort())
        const serials = items.map(({ serial }) => serial).sort((a, b) => a - b)
        assert.ok(serials.length > 0)
        assert.deepEqual(serials, serials.map((_, i) => i + 1))
        await old.house.stop()
        await old.house.check()
        await old.house.start()
        assert.deepEqual(await all(), reservations)
    })

    test('once: later starts find new ones, and so do the other commands', async () => {
        await old.house.stop()
        await old.goOn()
        await old.house.start()
        assert.doesNotMatch(old.house.process.said.stderr, /upgrade_/)
        await old.compare()
    })
})

// ---- At each moment ----

// A moment is a number of entries on the tape.
async function momentsToTry(old, power, dice) {
    await old.house.start()
    const entries = readTape(await readFile(power.tape))
    await old.house.end('SIGKILL')
    const placed = 1 + entries.findIndex(({ kind }) => kind === KIND.renamed)
    assert.ok(placed > 0)
    const all = Array.from({ length: placed + AFTER_PLACING }, (_, i) => i + 1)
    if (MOMENTS === 0) return all
    const around = all.filter(moment => Math.abs(moment - placed) <= AROUND_PLACING)
    return [...new Set([...around, ...Array.from({ length: MOMENTS }, () => dice.pick(all))])]
}

async function endAt(old, moment) {
    old.house.env.POWER_LOSS_AT = String(moment)
    old.house.launch()
    const { signal, stderr } = await ended(old.house)
    delete old.house.env.POWER_LOSS_AT
    assert.equal(signal, 'SIGKILL', stderr)
    return { done: /upgrade_done/.test(stderr) }
}

// What was said to be done stays done.
async function find(old, done) {
    const found = await old.version()
    assert.ok(found === NEWEST || (found === 2 && !done), `version ${found}, done ${done}`)
    fired.add(`${found === 2 ? 'old' : 'new'} tables found after it`)
}

for (const cut of [false, true])
    describe(`${cut ? 'power cuts' : 'kills'} while taking up (USHER_FAULT_SEED=${seed})`, () => {
        test('leave the old tables or the new ones, whole', async t => {
            const dice = new Dice(seed, cut ? 5001 : 5000)
            const whole = await OldHouse.prepare(t)
            const power = await Power.over(whole.house, [whole.clock])
            t.after(() => power.close())
            for (const moment of await momentsToTry(whole, power, dice)) {
                await t.test(`at moment ${moment}`, async t => {
                    const old = await OldHouse.prepare(t)
                    const power = await Power.over(old.house, [old.clock])
                    t.after(() => power.close())
                    const { done } = await endAt(old, moment)
                    fired.add(cut ? 'power cuts while taking up' : 'kills while taking up')
                    if (cut) {
                        const { writes, torn } = await power.cut(dice)
                        fired.add('unsynced writes lost', writes + torn)
                    }
                    await find(old, done)
                    await old.goOn()
                })
            }
        })
    })

// ---- Many people, any time ----

const many = `
    CREATE TEMP TABLE number AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
        WHERE i < ${PEOPLE}) SELECT i FROM n;
    INSERT INTO user SELECT printf('user_%026d', i), 'P' || i, 'p' || i || '@example.com', 'buyer',
        NULL, NULL, i FROM number;
    INSERT INTO point_account SELECT printf('user_%026d', i), 0, 0 FROM number;
    INSERT INTO session SELECT printf('session_%026d', i), printf('user_%026d', i), randomblob(32),
        1795900000000, 4000000000000 FROM number;`

// What a user had then.
const user = 'id, name, email, role, external_id, created_at'

const sameRows = kept => `ATTACH '${kept}' AS kept;
    SELECT count(*) FROM (SELECT ${user} FROM kept.user_readable EXCEPT SELECT ${user} FROM user_readable);
    SELECT count(*) FROM (SELECT secret_hash FROM kept.session EXCEPT SELECT secret_hash FROM session);
    SELECT count(*) FROM session;`

describe(`many people, killed at any time (USHER_FAULT_SEED=${seed})`, () => {
    test('are all there in the end', async t => {
        const dice = new Dice(seed, 5002)
        const old = await OldHouse.prepare(t)
        const { house } = old
        await sql(old.file('usher.db'), many)
        const kept = `${house.data}.kept`
        await run('cp', [old.file('usher.db'), kept])
        t.after(() => rm(kept, { force: true }))
        for (let kill = 0, span = 1000; kill < KILLS;) {
            const { over, said } = house.launch()
            const begun = () => /upgrade_begins/.test(said.stderr)
            const ready = () => /listening on/.test(said.stdout)
            await until('the beginning', () => begun() || ready() || over())
            const end = performance.now() + (dice.below(1000) / 1000) * span
            await until('the moment', () => performance.now() >= end || over(), { everyMs: 1 })
            const early = begun() && !/upgrade_done/.test(said.stderr)
            await house.end('SIGKILL')
            if (!early) {
                // It was quicker than that, or the kill before came when the new tables had their place and
                // nobody was told yet: begin with the old ones again.
                span /= 2
                for (const name of ['usher.db', 'usher.db-wal', 'usher.db-shm'])
                    await rm(old.file(name), { force: true })
                await run('cp', [kept, old.file('usher.db')])
                continue
            }
            kill++
            fired.add('kills at any time while many are taken up')
        }
        await old.goOn()
        const answer = await sql(old.file('usher.db'), sameRows(kept))
        assert.deepEqual(answer.split('\n'), ['0', '0', String(PEOPLE + 9)])
    })
})

// ---- Room ----

async function onSmallDisk(t, bytes) {
    const old = await OldHouse.prepare(t)
    const disk = await Tmpfs.under(old.house, bytes)
    t.after(() => disk.close())
    return { old, disk }
}

// From outside of the disk's namespace.
const versionOn = async disk => (await readFile(join(disk.path, 'usher.db'))).readUInt32BE(60)

describe('a disk', () => {
    test('with too little room is told so beforehand, and nothing is changed', async t => {
        const { old, disk } = await onSmallDisk(t, 8 * 1024 * 1024)
        old.house.launch()
        const { code, stderr } = await ended(old.house)
        assert.equal(code, 1)
        assert.match(stderr, /needs 17 MB of room beside them, and there are 7 MB: make room/)
        assert.doesNotMatch(stderr, /upgrade_/)
        assert.equal(await versionOn(disk), 2)
        await assert.rejects(access(join(disk.path, 'usher.db.new')))
    })

    test('that fills up meanwhile leaves the old tables', async t => {
        const { old, disk } = await onSmallDisk(t, DISK_BYTES)
        const { house } = old
        const power = await Power.over(house, [old.clock])
        t.after(() => power.close())
        const hold = `${house.data}.hold`
        await run('mkfifo', [hold])
        t.after(() => rm(hold))
        // Some entry of the new file's; which one exactly does not matter.
        Object.assign(house.env, { POWER_LOSS_HOLD: hold, POWER_LOSS_AT: '20' })
        const { said } = house.launch()
        await until('the beginning', () => /upgrade_builds/.test(said.stderr))
        await disk.fill()
        await run('sh', ['-c', `: > '${hold}'`])
        const { code, stderr } = await ended(house)
        assert.equal(code, 1)
        assert.match(stderr, /full|No space left/)
        fired.add('disks that were full meanwhile')
        assert.equal(await versionOn(disk), 2)
        await assert.rejects(access(join(disk.path, 'usher.db.new')))
        await disk.empty()
        Object.assign(house.env, { POWER_LOSS_AT: '0' })
        await house.start()
        await old.compare()
        await house.stop()
    })
})

// ---- Asked meanwhile ----

describe('usher status', () => {
    test('tells how far it is', async t => {
        const old = await OldHouse.prepare(t)
        const { house } = old
        const power = await Power.over(house, [old.clock])
        t.after(() => power.close())
        const hold = `${house.data}.hold`
        await run('mkfifo', [hold])
        t.after(() => rm(hold))
        Object.assign(house.env, { POWER_LOSS_HOLD: hold, POWER_LOSS_AT: '20' })
        const { said } = house.launch()
        await until('the beginning', () => /upgrade_builds/.test(said.stderr))
        const { stdout } = await house.usher(['status'])
        assert.match(stdout, /^state: loading$/m)
        assert.match(stdout, /^upgrade: \d+ % of 106 rows, about 1 s in all$/m)
        await run('sh', ['-c', `: > '${hold}'`])
        await until('the ready line', () => /listening/.test(said.stdout))
        await house.end('SIGKILL')
    })
})

test('every fault happened', () => fired.demand())
