// The machinery of the power cuts by itself: what is left of a tape that was made by hand, and that
// the library before a program keeps the tape that support/power.mjs reads.

import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { launch, newDirectory, sql } from '../api/support/house.mjs'
import { within } from '../api/support/wait.mjs'
import { Dice } from './support/dice.mjs'
import { Disk, KIND, Power, readTape } from './support/power.mjs'

const ROOT = 1n
const FILE = 2n
const OTHER = 3n

// [kind, inode, value, bytes]
const bytesOf = (kind, inode, value = 0, content = '') => {
    const bytes = Buffer.from(content)
    const head = Buffer.alloc(32)
    head.writeUInt32LE(0x65706174, 0)
    head.writeUInt32LE(KIND[kind], 4)
    head.writeBigUInt64LE(inode, 8)
    head.writeBigUInt64LE(BigInt(value), 16)
    head.writeBigUInt64LE(BigInt(bytes.length), 24)
    return Buffer.concat([head, bytes])
}
const tapeOf = entries => Buffer.concat(entries.map(entry => bytesOf(...entry)))

// What is left, as text by name.
function left(files, entries, keep = 'nothing', seed = 1) {
    const disk = new Disk(new Map(Object.entries(files)), ROOT).play(readTape(tapeOf(entries)))
    const { files: found } = disk.cut(new Dice(seed), () => keep)
    return Object.fromEntries([...found].map(([name, bytes]) => [name, bytes.toString()]))
}
const synced = (inode, number) => [
    ['syncBegun', inode, number],
    ['syncDone', inode, number],
]
const a = { a: Buffer.from('old text') }
const opened = ['named', FILE, 0, 'a']
const written = ['written', FILE, 0, 'new']

describe('after a power cut', () => {
    test('what was synced is there', () => {
        assert.deepEqual(left(a, [opened, written, ...synced(FILE, 0)]), { a: 'new text' })
    })
    test('what was not is gone, or there, or some of it', () => {
        assert.deepEqual(left(a, [opened, written]), { a: 'old text' })
        assert.deepEqual(left(a, [opened, written], 'everything'), { a: 'new text' })
        const outcomes = new Set()
        for (let seed = 1; seed < 50; seed++)
            outcomes.add(left(a, [opened, written], 'some', seed).a)
        assert.deepEqual([...outcomes].sort(), ['new text', 'old text'])
    })
    test('a sync that did not end promised nothing', () => {
        assert.deepEqual(left(a, [opened, written, ['syncBegun', FILE, 0]]), { a: 'old text' })
    })
    test('a sync promises nothing of what was written while it ran', () => {
        const later = ['written', FILE, 4, 'gone']
        const [begun, done] = synced(FILE, 0)
        assert.deepEqual(left(a, [opened, written, begun, later, done]), { a: 'new text' })
    })
    test('nor of another file', () => {
        assert.deepEqual(left(a, [opened, written, ...synced(ROOT, 0)]), { a: 'old text' })
    })
    test('a file is cut, or not, as it was synced', () => {
        const cut = ['truncated', FILE, 3]
        assert.deepEqual(left(a, [opened, cut]), { a: 'old text' })
        assert.deepEqual(left(a, [opened, cut, ...synced(FILE, 0)]), { a: 'old' })
        const grown = [opened, cut, ['truncated', FILE, 5], ...synced(FILE, 0)]
        assert.deepEqual(left(a, grown), { a: 'old\0\0' })
    })
    test('a new file is there when its directory was synced, with what was synced of it', () => {
        const made = ['created', OTHER, 0, 'b']
        const filled = ['written', OTHER, 0, 'b']
        assert.deepEqual(left(a, [made, filled, ...synced(OTHER, 0)]), { a: 'old text' })
        assert.deepEqual(left(a, [made, filled, ...synced(ROOT, 0)]), { a: 'old text', b: '' })
        const both = [made, filled, ...synced(OTHER, 0), ...synced(ROOT, 1)]
        assert.deepEqual(left(a, both), { a: 'old text', b: 'b' })
    })
    test('a removed file is back, as it was, until its directory was synced', () => {
        const removed = ['removed', FILE, 0, 'a']
        // The next file gets the number of the one before.
        const next = [['created', FILE, 0, 'b'], ['written', FILE, 0, 'b'], ...synced(FILE, 0)]
        assert.deepEqual(left(a, [opened, removed, ...next]), { a: 'old text' })
        assert.deepEqual(left(a, [opened, removed, ...next, ...synced(ROOT, 1)]), { b: 'b' })
    })
    test('a write is torn at sectors and nowhere else', () => {
        const file = { a: Buffer.alloc(2048, 'o') }
        const torn = ['written', FILE, 100, 'n'.repeat(1500)]
        const seen = new Set()
        for (let seed = 1; seed < 500; seed++) {
            const { a: text } = left(file, [opened, torn], 'some', seed)
            assert.match(
                text,
                /^o{100}(n{412}|o{412})(n{512}|o{512})(n{512}|o{512})(n{64}|o{64})o{448}$/
            )
            seen.add(text)
        }
        assert.equal(seen.size, 16)
    })
    test('the last entry of the tape may be cut short', () => {
        const whole = tapeOf([opened, written])
        for (let end = tapeOf([opened]).length; end < whole.length; end++)
            assert.equal(readTape(whole.subarray(0, end)).length, 1)
        assert.throws(() => readTape(whole.subarray(1)), /broken/)
    })
})

// A program that is killed after two commits, of which only the first was synced.
describe('the library before a program', () => {
    for (const [synchronous, rows] of [
        ['FULL', '1\n2'],
        ['OFF', '1'],
    ])
        test(`with synchronous = ${synchronous}`, async t => {
            const house = { data: await newDirectory(), env: {} }
            const file = join(house.data, 'some.db')
            t.after(() => rm(house.data, { recursive: true, force: true }))
            await sql(
                file,
                'PRAGMA journal_mode = WAL; CREATE TABLE row (n); INSERT INTO row VALUES (1)'
            )
            const power = await Power.over(house)
            t.after(() => power.close())
            const input = `PRAGMA synchronous = ${synchronous};
INSERT INTO row VALUES (2);
.shell kill -9 $PPID
`
            const { ended } = launch('sqlite3', [file], { input, env: house.env })
            assert.equal((await within('the kill', ended)).signal, 'SIGKILL')
            assert.equal(await sql(file, 'SELECT n FROM row'), '1\n2', 'the page cache has both')
            await power.cut(new Dice(1), () => 'nothing')
            assert.equal(await sql(file, 'SELECT n FROM row'), rows)
        })

    test('ends a program that does what the tape has no word for', async t => {
        const house = { data: await newDirectory(), env: {} }
        t.after(() => rm(house.data, { recursive: true, force: true }))
        const power = await Power.over(house)
        t.after(() => power.close())
        await mkdir(`${house.data}.elsewhere`)
        t.after(() => rm(`${house.data}.elsewhere`, { recursive: true, force: true }))
        const copy = async to => {
            const { ended } = launch('dd', ['if=/dev/zero', `of=${to}`, 'count=1'], {
                env: house.env,
            })
            return within('dd', ended)
        }
        assert.equal((await copy(join(`${house.data}.elsewhere`, 'file'))).code, 0)
        const end = await copy(join(house.data, 'file'))
        assert.equal(end.signal, 'SIGABRT')
        assert.match(end.stderr, /^power_loss: open with O_TRUNC/m)
    })
})
