// GET /v1/exports/*.csv: every row and column, what spreadsheets make of it, who may have it, and that
// a slow client costs the server no memory, and a part never looks like the whole.

import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { invalid, ok, refused } from './support/client.mjs'
import { document } from './support/document.mjs'
import { run, sql } from './support/house.mjs'
import {
    BOSS,
    admitted,
    buyers,
    charge,
    hold,
    makeConcert,
    makeRound,
    metrics,
    openHouse,
    pay,
    seatsOf,
    signIn,
} from './support/people.mjs'
import { until, within } from './support/wait.mjs'

const KINDS = { users: 'users', reservations: 'reservations', payments: 'payments', entries: 'points/entries' }

// Reads CSV as RFC 4180 has it, and nothing looser.
function parseCsv(text) {
    assert.equal(text[0], '\ufeff')
    const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
    const rows = [[]]
    cell.lastIndex = 1
    while (cell.lastIndex < text.length) {
        const at = cell.lastIndex
        const found = cell.exec(text)
        assert.ok(found, `no cell at ${at}: ${text.slice(at, at + 50)}`)
        rows.at(-1).push(found[1]?.replaceAll('""', '"') ?? found[2])
        if (found[3] === '\r\n') rows.push([])
    }
    assert.deepEqual(rows.pop(), [], 'the last line has its end')
    return rows
}

const harmless = text => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text)

// A value of an object's as it stands in a cell.
function cellOf(value) {
    if (value === null) return ''
    if (value?.texts) return harmless(`${value.texts.ko} / ${value.texts.en}`)
    if (Array.isArray(value)) return harmless(value.map(each => each.seatNumber).join(', '))
    return typeof value === 'string' ? harmless(value) : String(value)
}

const columnsOf = kind =>
    document.paths[`/v1/exports/${kind}.csv`].get.responses[200].content['text/csv'].schema['x-columns']

// The export as it must be, made of the list's pages.
async function expected(organizer, kind, query = '') {
    const columns = columnsOf(kind)
    const rows = [columns]
    let cursor = ''
    do {
        const page = ok(await organizer.get(`/v1/${KINDS[kind]}?limit=200&${query}${cursor}`))
        for (const item of page.items) {
            assert.deepEqual(Object.keys(item), columns)
            rows.push(columns.map(name => cellOf(item[name])))
        }
        cursor = page.nextCursor && `&cursor=${encodeURIComponent(page.nextCursor)}`
    } while (cursor)
    return rows
}

async function exported(organizer, kind, query = '') {
    const answer = await organizer.get(`/v1/exports/${kind}.csv?reason=test&${query}`)
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
    return parseCsv(answer.text)
}

// A client of its own pace: it reads when it is told to, and sees the framing.
class Slow {
    constructor(house, client, kind) {
        const { hostname, port } = new URL(house.url)
        this.bytes = 0
        this.end = ''
        this.start = ''
        this.socket = net.connect({ port: Number(port), host: hostname, highWaterMark: 16384 })
        this.socket.setEncoding('latin1')
        this.socket.on('data', part => {
            this.bytes += part.length
            if (this.start.length < 200) this.start += part.slice(0, 200)
            this.end = (this.end + part).slice(-20)
        })
        this.pause = () => this.socket.pause()
        this.over = false
        this.closed = new Promise(resolve => this.socket.on('close', resolve))
        this.closed.then(() => (this.over = true))
        this.socket.on('error', () => {}) // a cut shows as a reset, or as an end
        this.socket.write(
            `GET /v1/exports/${kind}.csv?reason=test HTTP/1.1\r\nHost: usher\r\n` +
                `Authorization: Bearer ${client.token}\r\n\r\n`
        )
    }

    async stall() {
        await until('the first bytes', () => this.bytes > 0, { everyMs: 1 })
        this.socket.pause()
    }

    get status() {
        return Number(/^HTTP\/1\.1 (\d+)/.exec(this.start)?.[1])
    }

    get whole() {
        return this.end.endsWith('\r\n0\r\n\r\n')
    }
}

describe('what it says', () => {
    let house, organizer, ann, rounds
    before(async () => {
        ;({ house, organizer } = await openHouse())
        ;[ann] = await buyers(house, 'ann', 'bob')
        const concert = await makeConcert(organizer)
        rounds = [await makeRound(organizer, concert), await makeRound(organizer, concert)]
        await charge(ann, 5000)
        for (const [i, round] of [...rounds, rounds[0]].entries()) {
            await admitted(ann)
            const seats = (await seatsOf(ann, round)).filter(seat => seat.status === 'available')
            const reservation = ok(await hold(ann, round, ...seats.slice(0, 2)), 201)
            if (i < 2) ok(await pay(ann, reservation), 201)
        }
    })
    after(() => house.close())

    for (const kind of Object.keys(KINDS))
        test(`${kind}: every column of every row, newest first`, async () => {
            const rows = await exported(organizer, kind)
            assert.deepEqual(rows, await expected(organizer, kind))
            assert.ok(rows.length > 1)
        })

    test('what was just answered is in it', async () => {
        const { id } = await charge(ann, 77)
        const rows = await exported(organizer, 'entries')
        assert.equal(rows[1][0], id)
    })

    test('formulas are made harmless, quotes are doubled', async () => {
        for (const name of ['=HYPERLINK("http://a","b")', '+1', '-1', '@SUM(A1)', 'a "b", c', '한글']) {
            ok(await ann.patch('/v1/users/me', { name }))
            const rows = await exported(organizer, 'users')
            const row = rows.find(([id]) => id === ann.user.id)
            assert.equal(row[1], /^[=+@-]/.test(name) ? `'${name}` : name)
        }
    })

    test('filters narrow it as they narrow the list', async () => {
        const queries = {
            reservations: [
                `roundId=${rounds[1].id}`,
                `roundId=${rounds[0].id}&status=confirmed&userId=${ann.user.id}`,
            ],
            users: ['email=ANN%40example.com', 'email=nobody@example.com'],
            payments: [`userId=${organizer.user.id}`],
        }
        for (const [kind, each] of Object.entries(queries))
            for (const query of each) {
                const rows = await exported(organizer, kind, query)
                assert.deepEqual(rows, await expected(organizer, kind, query), query)
            }
        assert.equal((await exported(organizer, 'reservations', queries.reservations[0])).length, 2)
    })

    test('from and to are half-open', async () => {
        const columns = columnsOf('entries')
        const all = await exported(organizer, 'entries')
        const at = all[2][columns.indexOf('createdAt')]
        const since = await exported(organizer, 'entries', `from=${at}`)
        const till = await exported(organizer, 'entries', `to=${at}`)
        assert.equal(since.length + till.length, all.length + 1)
        assert.ok(since.some(row => row[0] === all[2][0]))
        const users = await exported(organizer, 'users', 'to=2020-01-01T00:00:00Z')
        assert.deepEqual(users, [columnsOf('users')])
    })

    test('buyers and strangers get none', async () => {
        for (const kind of Object.keys(KINDS)) {
            refused(await ann.get(`/v1/exports/${kind}.csv?reason=test`), 403, 'forbidden')
            refused(await house.anybody.get(`/v1/exports/${kind}.csv?reason=test`), 401, 'unauthenticated')
        }
    })

    test('another parameter, or a bad one, is refused', async () => {
        invalid(await organizer.get('/v1/exports/users.csv?roundId=x'), 'roundId')
        invalid(await organizer.get('/v1/exports/users.csv?limit=5'), 'limit')
        invalid(await organizer.get('/v1/exports/reservations.csv?reason=test&roundId=x'), 'roundId')
        invalid(await organizer.get('/v1/exports/payments.csv?reason=test&from=x'), 'from')
        const turned = 'from=2027-02-01T00:00:00Z&to=2027-01-01T00:00:00Z'
        invalid(await organizer.get(`/v1/exports/payments.csv?reason=test&${turned}`), 'from')
        refused(await organizer.get('/v1/exports/rows.csv'), 404, 'not_found')
    })

    test('HEAD gets the head alone, and leaves nothing behind', async () => {
        for (let i = 0; i < 6; i++) {
            const answer = await organizer.head('/v1/exports/users.csv?reason=test')
            assert.deepEqual([answer.status, answer.text], [200, ''])
        }
    })
})

describe('a large one', () => {
    const ENTRIES = 100_000
    let house, organizer, sanitized
    // The entries of years, put into the tables: a start loads none of them.
    before(async () => {
        const prepare = ({ data }) =>
            sql(
                join(data, 'usher.db'),
                `WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ${ENTRIES})
                 INSERT INTO point_entry (id, user_id, kind, amount, balance, caller_id, created_at)
                 SELECT CAST(substr(id, 1, 8) || x'80' || randomblob(7) AS BLOB), id, 'charge', 1, i, id,
                        created_at FROM number, user;`
            )
        ;({ house, organizer } = await openHouse({}, { prepare }))
        sanitized = /lib[atu]san/.test(await readFile(`/proc/${house.pid}/maps`, 'latin1'))
    })
    after(() => house.close())

    const memoryBytes = async () =>
        1024 * Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${house.pid}/status`, 'utf8'))[1])

    test('every row is there once', async () => {
        const rows = await exported(organizer, 'entries')
        assert.equal(rows.length, ENTRIES + 1)
        const ids = rows.slice(1).map(([id]) => id)
        assert.equal(new Set(ids).size, ENTRIES)
        assert.deepEqual(ids, [...ids].sort().reverse())
    })

    test('a slow client gets it whole, and the server no larger', async () => {
        const before = await memoryBytes()
        let most = before
        const slow = new Slow(house, organizer, 'entries')
        slow.socket.on('data', () => {
            slow.socket.pause()
            setTimeout(() => slow.socket.resume(), 2)
        })
        while (!slow.whole && !slow.over) {
            most = Math.max(most, await memoryBytes())
            await delay(20)
        }
        assert.ok(slow.whole)
        slow.socket.destroy()
        assert.ok(slow.bytes > 8_000_000, `${slow.bytes} bytes`)
        const grown = most - before
        process.stdout.write(`# ${slow.bytes} bytes, ${grown} of memory\n`)
        if (!sanitized) assert.ok(grown < 4_000_000, `${grown} bytes more for ${slow.bytes}`)
    })

    test('a client that closed its sending side gets it whole', async () => {
        const half = new Slow(house, organizer, 'entries')
        half.socket.end()
        await within('the end', half.closed)
        assert.ok(half.whole, `${half.bytes} bytes`)
    })

    const stalled = async count => {
        const clients = Array.from({ length: count }, () => new Slow(house, organizer, 'entries'))
        for (const client of clients) await client.stall()
        return clients
    }

    const leave = clients => clients.forEach(client => client.socket.destroy())

    test('a fifth at once is told to come back; those that left make room', async () => {
        const clients = await stalled(4)
        const answer = await organizer.get('/v1/exports/users.csv?reason=test')
        refused(answer, 503, 'busy')
        leave(clients)
        await until('room', async () => {
            const again = await organizer.head('/v1/exports/users.csv?reason=test')
            return again.status === 200
        })
        for (let i = 0; i < 10; i++) leave(await stalled(1))
    })

    // A full disk, played by a limit on the size of the server's files.
    const limitFiles = async bytes => {
        const { code, stderr } = await run('prlimit', ['--pid', String(house.pid), `--fsize=${bytes}:`])
        assert.equal(code, 0, stderr)
    }

    test('it goes on when the house was loaded anew', async () => {
        const slow = new Slow(house, organizer, 'entries')
        await slow.stall()
        // As fast as a client must read that is not taken for dead.
        const trickle = setInterval(() => slow.socket.resume(), 500)
        slow.socket.on('data', slow.pause)
        const { size } = await stat(join(house.data, 'journal.db-wal'))
        await limitFiles(size)
        const full = await until('the disk to be full', async () => {
            const answer = await organizer.post('/v1/points/charges', { amount: 1 })
            return answer.status !== 201 && answer
        })
        assert.equal(full.status, 503, full.text)
        await limitFiles('unlimited')
        await until('room to write', async () => (await house.anybody.get('/readyz')).status === 200)
        assert.match(await metrics(organizer), /\nusher_reloads_total [1-9]/)
        clearInterval(trickle)
        slow.socket.off('data', slow.pause).resume()
        await until('the end', () => slow.whole || slow.over)
        assert.ok(slow.whole && slow.bytes > 8_000_000)
        slow.socket.destroy()
    })

    test('it is cut when its session ends', async () => {
        const other = await signIn(house, BOSS)
        const slow = new Slow(house, other, 'entries')
        await slow.stall()
        ok(await other.delete('/v1/sessions/current'), 204)
        slow.socket.resume()
        await within('the cut', slow.closed)
        assert.equal(slow.status, 200)
        assert.ok(!slow.whole && slow.bytes < 8_000_000)
    })

    test('it is cut when the server stops, which does not wait for it', async () => {
        const slow = new Slow(house, organizer, 'entries')
        await slow.stall()
        await house.stop()
        slow.socket.resume()
        await within('the cut', slow.closed)
        assert.ok(!slow.whole && slow.bytes < 8_000_000)
        await house.start()
    })
})
