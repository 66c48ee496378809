// `usher rehearse`: sales whose course can be worked out by hand, what it draws and prints, and
// what it refuses. The clock is simulated, so every time is exact.

import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { flags, newDirectory, program, run, sql } from './support/house.mjs'
import { nobody } from './support/people.mjs'

const rehearse = (settings, ...more) => run(program, ['rehearse', ...flags(settings), ...more])

// What it found, as an object.
async function findings(settings, ...more) {
    const { code, stdout, stderr } = await rehearse(settings, '--json', ...more)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^usher: rehearsed in \d+\.\d s, with \d+ MB of memory at the most\n$/)
    const found = JSON.parse(stdout)
    assert.equal(found.oversold, 0)
    assert.equal(found.violation, null)
    assert.equal(found.toldSold, found.sold)
    const people = Object.values(found.people).reduce((sum, count) => sum + count, 0)
    assert.equal(people, found.buyers)
    return found
}

// Everybody is alike: a second's notice at the most, ten seconds to choose, five to pay, and nobody
// gives up or goes away.
const alike = {
    'spread-percent': 0,
    'unpaid-percent': 0,
    'patience-seconds': 0,
    'look-seconds': 1000,
    'seats-each': 1,
    'choose-seconds': 10,
    'pay-seconds': 5,
}

// The people who came to something, without those of whom there are none.
const told = people => Object.fromEntries(Object.entries(people).filter(([, count]) => count > 0))

describe('a rehearsed sale', { concurrency: 2 }, () => {
    test('is bounded by the rate at which people are let in', async () => {
        // The first is let in after a second, the last for whom there is a seat after 25, and pays
        // 15 seconds later. Nobody else is let in: somebody inside looks for each free seat.
        const sale = { ...alike, seats: 25, buyers: 100, 'admit-per-second': 1 }
        const found = await findings(sale)
        assert.equal(found.soldOut, true)
        assert.equal(found.seconds, 40)
        assert.equal(found.firstFullSeconds, 35)
        assert.equal(found.sold, 25)
        assert.equal(found.letIn, 25)
        assert.deepEqual(found.waitSeconds, { p50: 13, p90: 23, p99: 25, most: 25 })
        assert.deepEqual(told(found.people), { bought: 25, waiting: 75 })
        assert.equal(found.boundedBy, 'admit-per-second')
        // Of 401 beats the 250 before there was somebody inside for each seat.
        assert.equal(found.boundedPercent['admit-per-second'], 62.3)
        assert.equal(found.boundedPercent.seats, 37.7)
    })

    test('is bounded by the people who may be inside', async () => {
        // One after the other: let in, told at their next poll a second later, fifteen seconds.
        const sale = { ...alike, seats: 10, buyers: 100, 'admit-per-second': 100 }
        const found = await findings({ ...sale, 'max-active': 1 })
        assert.equal(found.seconds, 160)
        assert.equal(found.boundedBy, 'max-active')
        assert.deepEqual(found.inside, { mean: 1, most: 1, allowed: 1 })
        const two = await findings({ ...sale, 'max-active': 2 })
        assert.equal(two.inside.most, 2)
        assert.ok(two.seconds >= 80 && two.seconds < 160) // two may want the same seat
    })

    test('is bounded by the seats', async () => {
        // As many as there are seats are inside at once, and hold after eleven seconds; who was
        // late tries again after five.
        const sale = { ...alike, seats: 10, buyers: 100, 'pay-seconds': 200 }
        const found = await findings({ ...sale, 'admit-per-second': 1000 })
        assert.ok(found.firstFullSeconds >= 11 && found.firstFullSeconds % 5 === 1)
        assert.equal(found.seconds, found.firstFullSeconds + 200)
        assert.equal(found.boundedBy, 'seats')
        assert.equal(found.letIn, 10)
        assert.ok(found.lostRaces > 0) // all hold in the same moment
        assert.deepEqual(told(found.people), { bought: 10, waiting: 90 })
    })

    test('is bounded by the buyers', async () => {
        const found = await findings({ ...alike, seats: 100, buyers: 10, 'arrive-seconds': 100 })
        assert.equal(found.soldOut, false)
        assert.equal(found.firstFullSeconds, null)
        assert.equal(found.sold, 10)
        assert.equal(found.boundedBy, 'buyers')
        // The last comes after 90 seconds and is let in at once: the door has been open.
        assert.equal(found.seconds, 105)
        assert.equal(found.waitSeconds.most, 0.1) // the first, before whom nothing was earned
        assert.deepEqual(told(found.people), { bought: 10 })
    })

    test('nobody is patient enough', async () => {
        // A second passes until the first is let in, and that is all the patience there is.
        const sale = { ...alike, seats: 10, buyers: 100, 'admit-per-second': 1 }
        const given = { ...sale, 'patience-seconds': 1 }
        const leaving = await findings({ ...given, 'silent-percent': 0 })
        assert.deepEqual(told(leaving.people), { bought: 1, left: 99 })
        assert.equal(leaving.letIn, 1)
        assert.equal(leaving.inside.most, 1)
        assert.equal(leaving.seconds, 16)
        // Those who closed the page count as there for two minutes more and are let in: one a
        // second, as long as there is a free seat for each of them.
        const silent = await findings({ ...given, 'silent-percent': 100 })
        assert.deepEqual(told(silent.people), { bought: 1, silent: 99 })
        assert.equal(silent.letIn, 1)
        assert.equal(silent.inside.most, 10)
    })

    test('the silent are passed over', async () => {
        // One place, which the first leaves after 36 s. The second closed the page after 23 s and
        // is passed over; the third did after 33 s, is let in, and put out ten seconds later. The
        // fourth, whose patience ends just then, gets the place, and needs 35 s.
        const sale = { ...alike, seats: 5, buyers: 4, 'admit-per-second': 1, 'max-active': 1 }
        const found = await findings({
            ...sale,
            'arrive-seconds': 40,
            'patience-seconds': 13,
            'silent-percent': 100,
            'silent-seconds': 10,
            'choose-seconds': 30,
        })
        assert.deepEqual(told(found.people), { bought: 2, silent: 2 })
        assert.equal(found.waitSeconds.most, 13)
        assert.equal(found.seconds, 78)
    })

    test('people are heard in line for as long as they wait', async () => {
        // 600 seconds in line, where 10 of silence are enough to be passed over.
        const sale = { ...alike, seats: 60, buyers: 60, 'admit-per-second': 1, 'max-active': 1 }
        const found = await findings({ ...sale, 'silent-seconds': 10, 'choose-seconds': 5 })
        assert.deepEqual(told(found.people), { bought: 60 })
        assert.equal(found.soldOut, true)
    })

    test('people far back poll too seldom for a short wait-seconds', async () => {
        // Those with 100 people before them are asked to poll after ten seconds, and are out then.
        const sale = { ...alike, seats: 1000, buyers: 200, 'admit-per-second': 1 }
        const found = await findings({ ...sale, 'wait-seconds': 10 })
        assert.deepEqual(told(found.people), { bought: 100, abandoned: 100 })
        assert.equal(found.waitSeconds.most, 100)
    })

    test('holds lapse, and their seats are sold to others', async () => {
        const sale = { ...alike, seats: 1, buyers: 1, 'admit-per-second': 100, 'hold-seconds': 30 }
        const lapsing = await findings({ ...sale, 'unpaid-percent': 100 })
        assert.deepEqual(told(lapsing.people), { lapsed: 1 })
        assert.equal(lapsing.lapsedHolds, 1)
        assert.equal(lapsing.seconds, 41) // told after a second, chosen after ten, held for thirty
        const slow = await findings({ ...sale, 'pay-seconds': 31 })
        assert.deepEqual(told(slow.people), { lapsed: 1 })
        const just = await findings({ ...sale, 'pay-seconds': 29 })
        assert.deepEqual(told(just.people), { bought: 1 })
        const some = await findings({ ...sale, seats: 50, buyers: 300, 'unpaid-percent': 50 })
        assert.equal(some.soldOut, true)
        assert.equal(some.holds, 50 + some.lapsedHolds)
        assert.ok(some.lapsedHolds > 10)
    })

    test('time inside ends, and those who find nothing leave', async () => {
        const sale = { ...alike, seats: 1, buyers: 2, 'admit-per-second': 1000 }
        const late = await findings({ ...sale, 'active-seconds': 10, 'choose-seconds': 60 })
        assert.deepEqual(told(late.people), { timedOut: 2 })
        // Let in after a tenth of a second, and the second one when the first is out.
        assert.equal(late.seconds, 20.1)
        // Two are let in to two seats, and the first takes both.
        const given = { ...sale, seats: 2, 'seats-each': 2, 'pay-seconds': 100, 'look-seconds': 7 }
        const away = await findings({ ...given, 'unpaid-percent': 0 })
        assert.deepEqual(told(away.people), { bought: 1, turnedAway: 1 })
    })

    test('is over after a day', async () => {
        const half = 12 * 60 * 60
        const found = await findings({
            ...alike,
            seats: 1,
            buyers: 1,
            'choose-seconds': half,
            'pay-seconds': half,
            'active-seconds': 2 * half,
            'hold-seconds': 2 * half,
        })
        assert.equal(found.seconds, 2 * half - 0.1)
        assert.equal(found.soldOut, false)
        assert.deepEqual(told(found.people), { paying: 1 })
    })

    test('people take what seats are left', async () => {
        const sale = { ...alike, seats: 10, buyers: 10, 'admit-per-second': 1 }
        const found = await findings({ ...sale, 'seats-each': 4 })
        assert.equal(found.sold, 10)
        assert.equal(found.people.bought, 3)
        assert.equal(found.holds, 3)
    })

    test('is the same for the same seed', async () => {
        const sale = { seats: 500, buyers: 3000, 'arrive-seconds': 60, 'patience-seconds': 300 }
        const once = await rehearse(sale, '--rush', '--json')
        const again = await rehearse(sale, '--rush', '--json')
        assert.equal(once.stdout, again.stdout)
        const other = await rehearse({ ...sale, seed: 2 }, '--rush', '--json')
        assert.notEqual(other.stdout, once.stdout)
        await findings({ ...sale, seed: 2 }, '--rush')
    })

    test('a crowd that is larger than a batch is sold to, and nothing twice', async () => {
        const found = await findings({ seats: 3000, buyers: 30_000, 'admit-per-second': 2000 })
        assert.equal(found.soldOut, true)
        assert.ok(found.lostRaces > 0)
        assert.ok(found.lapsedHolds > 0)
    })

    test('people are told it in words', async () => {
        const sale = { ...alike, seats: 25, buyers: 100, 'admit-per-second': 1 }
        const { code, stdout } = await rehearse(sale)
        assert.equal(code, 0)
        assert.match(stdout, /^([a-z0-9][^:\n]*: [^\n]+\n)+$/)
        for (const line of [
            'sold out: after 40.0 s',
            'seats sold: 25 of 25',
            'half of them waited: up to 13.0 s',
            'bought: 25',
            'bounded by: admit-per-second',
            'sold twice: 0 seats',
            'audit: passed',
        ])
            assert.ok(stdout.includes(`${line}\n`), `'${line}' in ${stdout}`)
        const late = { buyers: 1, 'active-seconds': 10, 'choose-seconds': 60 }
        const none = await rehearse({ ...sale, ...late })
        assert.match(none.stdout, /^sold out: no; over after 11\.0 s\n/)
    })
})

// Whether every element ends where it must, and every attribute is quoted.
function assertWellFormed(xml) {
    const open = []
    const tag = /<(\/?)([a-z]+)(?:\s+[a-zA-Z:-]+="[^"<&]*")*\s*(\/?)>/g
    const rest = xml.replace(tag, (_, end, name, empty) => {
        if (end) assert.equal(open.pop(), name)
        else if (!empty) open.push(name)
        return ''
    })
    assert.deepEqual(open, [])
    assert.doesNotMatch(rest, /[<>&]/)
}

describe('what a rehearsal leaves', { concurrency: 2 }, () => {
    test('a drawing', async t => {
        const scratch = await newDirectory()
        t.after(() => rm(scratch, { recursive: true, force: true }))
        const svg = join(scratch, 'sale.svg')
        const sale = { ...alike, seats: 25, buyers: 100, 'admit-per-second': 1, svg }
        assert.equal((await rehearse(sale)).code, 0)
        const drawing = await readFile(svg, 'utf8')
        assertWellFormed(drawing)
        assert.match(drawing, /100 buyers, 25 seats: sold out after 40\.0 s/)
        for (const title of ['people waiting', 'people inside', 'seats held', 'seats sold'])
            assert.ok(drawing.includes(`>${title}<`), title)
        const lines = [...drawing.matchAll(/points="([^"]*)"/g)].map(([, points]) => points.trim())
        assert.equal(lines.length, 4)
        const ends = lines.map(points => points.split(' ').at(-1).split(',').map(Number))
        // People waiting fell from 100 to 75, nobody is inside any more, and all is sold.
        const [waiting, inside, held, sold] = ends.map(([, y]) => y)
        assert.deepEqual([waiting, inside, held, sold].map(Math.round), [90, 345, 510, 555])
    })

    test('a bar, where somebody sees it, and then it is gone', async () => {
        const sale = [...flags({ ...alike, seats: 10, buyers: 100 }), '--json']
        const command = [program, 'rehearse', ...sale].join(' ')
        const { code, stdout } = await run('script', ['-qec', command, '/dev/null'])
        assert.equal(code, 0)
        assert.match(stdout, /\rrehearsing \[#* *\] +\d+ %/)
        assert.match(stdout, /\r\u001b\[K[^\r]*usher: rehearsed/)
        const { stderr } = await rehearse({ ...alike, seats: 10, buyers: 100 })
        assert.doesNotMatch(stderr, /rehearsing/)
    })
})

describe('a round of a data directory', { concurrency: 1 }, () => {
    let data, round

    test('is one that was made', async t => {
        data = await newDirectory()
        const seed = { data, users: 0, seats: 30, 'max-active': 1, 'admit-per-second': 100 }
        const { code, stderr } = await run(program, ['seed', ...flags(seed)])
        assert.equal(code, 0, stderr)
        round = await sql(join(data, 'usher.db'), 'SELECT id FROM concert_round_readable')
    })

    test('its seats are sold, with the settings of its house', async () => {
        const before = await sql(join(data, 'journal.db'), 'SELECT count(*), max(seq) FROM journal')
        const found = await findings({ ...alike, data, round, buyers: 100 })
        assert.equal(found.seats, 30)
        assert.equal(found.sold, 30)
        assert.equal(found.inside.allowed, 1)
        assert.equal(found.seconds, 30 * 16)
        const faster = await findings({ ...alike, data, round, buyers: 100, 'max-active': 2 })
        assert.ok(faster.seconds >= 15 * 16 && faster.seconds < 20 * 16)
        const after = await sql(join(data, 'journal.db'), 'SELECT count(*), max(seq) FROM journal')
        assert.equal(after, before)
    })

    test('those that are blocked are not', async () => {
        const block = "UPDATE seat SET status = 'blocked' WHERE position < 5"
        await sql(join(data, 'usher.db'), block)
        const found = await findings({ ...alike, data, round, buyers: 100 })
        assert.equal(found.seats, 25)
    })

    test('none that is not there', async t => {
        t.after(() => rm(data, { recursive: true, force: true }))
        const other = await rehearse({ data, round: nobody('round') })
        assert.equal(other.code, 1)
        assert.match(other.stderr, /there is no such round/)
        const none = await rehearse({ data: join(data, 'nothing'), round })
        assert.equal(none.code, 1)
        assert.match(none.stderr, /nothing/)
    })
})

test('bad options are refused by name', async t => {
    const scratch = await newDirectory()
    t.after(() => rm(scratch, { recursive: true, force: true }))
    for (const [settings, message] of [
        [{ buyers: 0 }, /--buyers '0': must be a number from 1 to 5000000/],
        [{ buyers: 5000001 }, /--buyers/],
        [{ seats: 200001 }, /--seats '200001': must be a number from 1 to 200000/],
        [{ 'spread-percent': 101 }, /--spread-percent/],
        [{ 'patience-seconds': -1 }, /--patience-seconds/],
        [{ 'seats-each': 5 }, /--seats-each 5: more than max-seats-per-reservation \(4\)/],
        [{ 'seats-each': 3, 'max-seats-per-user': 2 }, /max-seats-per-user \(2\)/],
        [{ round: 'round_1' }, /--round 'round_1': must be a round's id/],
        [{ 'max-active': 0 }, /max-active/],
    ]) {
        const { code, stdout, stderr } = await rehearse(settings)
        assert.equal(code, 2, stderr)
        assert.equal(stdout, '')
        assert.match(stderr, message)
    }
    const svg = join(scratch, 'nowhere', 'sale.svg')
    const lost = await rehearse({ ...alike, buyers: 1, seats: 1, svg })
    assert.equal(lost.code, 1)
    assert.match(lost.stderr, /--svg .*: No such file or directory/)
})
