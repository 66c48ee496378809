// A disk that is really full, again and again while people buy: a small tmpfs that something else
// fills up. disk.test.mjs says what a client sees then; here the judge says what is left.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { exchange } from '../api/support/client.mjs'
import { until } from '../api/support/wait.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'
import { Tmpfs } from './support/tmpfs.mjs'

const ROUNDS = Number(process.env.USHER_FULL_DISKS ?? 2)
const DISK_BYTES = 24 * 1024 * 1024
const PEOPLE = 12

const fired = new Fired('full-disk', [
    'appends that found the disk full',
    'answers outcome_unknown',
    'answers read_only',
    'recoveries without a restart',
    'kills while the disk was full',
    'starts on a full disk',
    'operations repeated with their key',
])

describe(`a full disk (USHER_FAULT_SEED=${seed})`, () => {
    const dice = new Dice(seed, 3000)
    let crowd, house, disk

    before(async () => {
        crowd = await Crowd.prepare(PEOPLE, dice)
        house = crowd.house
        disk = await Tmpfs.under(house, DISK_BYTES)
        crowd.files = disk.path
        await house.start()
        await crowd.open()
    })
    after(async () => {
        await disk.empty()
        await crowd.close()
        await disk.close()
    })

    const refused = code => crowd.market.refused[code] ?? 0
    const ready = async () => {
        const { url, agent } = house
        return (await exchange(url, { method: 'GET', path: '/readyz', agent })).status === 200
    }
    // Fills the disk, and what the server gives back of it, until people were told so.
    const fillUp = async () => {
        const before = refused('read_only')
        await until('the disk to be full', async () => {
            await disk.fill()
            return refused('read_only') >= before + PEOPLE
        })
    }

    // A start either works or says why not and is tried again when there is room.
    async function startOnFullDisk() {
        fired.add('starts on a full disk')
        try {
            await house.start()
            await house.end('SIGKILL')
        } catch (error) {
            assert.match(error.message, /ended with 1: .*(full|No space left)/s)
        }
        await crowd.examine()
    }

    async function round(restart) {
        await crowd.offer({ rows: 10, seatsPerRow: 100 })
        await crowd.shopUntil(async () => {
            await crowd.answers(dice.below(200))
            await fillUp()
            if (restart) {
                const { stderr } = await house.end('SIGKILL')
                countAppends(stderr)
                fired.add('kills while the disk was full')
                return
            }
            await disk.empty()
            await until('the server to recover', ready)
            fired.add('recoveries without a restart')
            await crowd.answers(100)
            countAppends(house.process.said.stderr)
            await house.end('SIGKILL')
        })
        await crowd.examine()
        if (restart) await startOnFullDisk()
        await disk.empty()
        const found = await crowd.examine()
        await house.start()
        await crowd.compare(found)
        await crowd.settle()
    }

    const countAppends = stderr =>
        fired.add(
            'appends that found the disk full',
            stderr.split('\n').filter(line => line.includes('append_failed')).length
        )

    for (let number = 1; number <= ROUNDS; number++)
        test(`number ${number} of ${ROUNDS}`, () => round(number % 2 === 0))

    // The first append that fails may have been one that nobody waited for.
    test('until somebody was told that the outcome is unknown', async () => {
        for (let more = 0; more < 10 && crowd.market.unknown === 0; more++) await round(false)
    })

    test('and the books are right', async () => {
        fired.add('answers outcome_unknown', crowd.market.unknown)
        fired.add('answers read_only', refused('read_only'))
        fired.add('operations repeated with their key', crowd.market.repeated)
        await house.stop()
        await crowd.examine()
        fired.demand()
    })
})
