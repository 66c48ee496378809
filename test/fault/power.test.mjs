// Power cuts: what was synced is all that is left, and of the rest whatever chance keeps. What was
// answered is there afterwards all the same. The control has usher's syncs taken out of its commits
// (synchronous = NORMAL) and must be seen to forget what it answered.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { buyer, charge } from '../api/support/people.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'
import { judge } from './support/judge.mjs'
import { Disk, KIND, Power, readTape, SECTOR, writeFiles } from './support/power.mjs'
import { find } from './support/tables.mjs'

const CUTS = Number(process.env.USHER_POWER_CUTS ?? 5)
const CUTS_PER_HOUSE = 10
// What may be added to the last house, for chance to show everything.
const CUTS_MORE = 20
const PEOPLE = 12

const drawn = [
    'power cuts under load',
    'power cuts while starting',
    'unsynced writes dropped',
    'unsynced writes torn',
    'unsynced writes that survived',
]
const fired = new Fired('power', [
    ...drawn,
    'power cuts while a data directory is made',
    'controls that forgot what they answered',
])
const wanted = () => fired.missing().some(fault => drawn.includes(fault))

// Kills a start in its midst, some times in a row, and cuts the power each time.
async function cutStarts({ crowd, power, dice, startMs }, found) {
    for (let times = dice.below(3); times > 0; times--) {
        const early = await crowd.house.startAndKill((dice.below(1000) / 1000) * startMs)
        count(await power.cut(dice))
        if (early) fired.add('power cuts while starting')
        found = await crowd.examine()
    }
    return found
}

function count({ writes, torn, survived }) {
    fired.add('unsynced writes dropped', writes)
    fired.add('unsynced writes torn', torn)
    fired.add('unsynced writes that survived', survived)
}

for (let first = 1; first <= CUTS; first += CUTS_PER_HOUSE)
    describe(`power cuts from number ${first} (USHER_FAULT_SEED=${seed})`, () => {
        const dice = new Dice(seed, first)
        const last = Math.min(first + CUTS_PER_HOUSE - 1, CUTS)
        let crowd, power, startMs

        before(async () => {
            crowd = await Crowd.prepare(PEOPLE, dice)
            power = await Power.over(crowd.house)
            const begun = performance.now()
            await crowd.house.start()
            startMs = performance.now() - begun
            await crowd.open()
        })
        after(async () => {
            await power.close()
            await crowd.close()
        })

        test(`to number ${last}, or until everything was seen`, async () => {
            const most = last < CUTS ? last : last + CUTS_MORE
            for (let cut = first; cut <= last || (cut <= most && wanted()); cut++) {
                await crowd.offer()
                await crowd.shopUntil(async () => {
                    // Now and then long enough for the journal's log to be folded into its file.
                    await crowd.answers(1 + dice.below(dice.chance(0.2) ? 1500 : 300))
                    await crowd.house.end('SIGKILL')
                })
                count(await power.cut(dice))
                fired.add('power cuts under load')
                const scene = { crowd, power, dice, startMs }
                const found = await cutStarts(scene, await crowd.examine())
                await crowd.house.start()
                await crowd.compare(found)
                await crowd.settle()
            }
            await crowd.house.stop()
            await crowd.examine()
        })
    })

// A house that is not made yet.
async function powered(t) {
    const house = await House.prepare()
    t.after(() => house.close())
    const power = await Power.over(house)
    t.after(() => power.close())
    return { house, power }
}

describe(`a power cut while a data directory is made (USHER_FAULT_SEED=${seed})`, () => {
    test('leaves one that is made to its end', async t => {
        const dice = new Dice(seed, 1000)
        const measured = await House.prepare()
        const begun = performance.now()
        await measured.start()
        const startMs = performance.now() - begun
        await measured.close()
        for (let cut = 0; cut < CUTS; cut++) {
            const { house, power } = await powered(t)
            if (await house.startAndKill((dice.below(1000) / 1000) * startMs)) {
                count(await power.cut(dice))
                fired.add('power cuts while a data directory is made')
            }
            await house.start()
            await house.stop()
            await house.check()
        }
    })
})

// The tape until the first page of a file was written, and not synced.
function tapeOfFirstPage(entries, name) {
    let inode
    const last = entries.findIndex(entry => {
        if (entry.kind === KIND.created && entry.bytes.toString() === name) inode = entry.inode
        return entry.kind === KIND.written && entry.inode === inode
    })
    assert.ok(last > 0)
    return entries.slice(0, last + 1)
}

describe('a power cut that tears the first page of a file', () => {
    for (const name of ['usher.db', 'journal.db'])
        test(`${name} is begun again`, async t => {
            const { house, power } = await powered(t)
            await house.start()
            await house.end('SIGKILL')
            const entries = tapeOfFirstPage(readTape(await readFile(power.tape)), name)
            const disk = new Disk(power.files, power.inode).play(entries)
            const { files } = disk.cut(new Dice(seed, 1200), () => 'everything')
            assert.ok(files.get(name).length > SECTOR)
            files.get(name).fill(0, 0, SECTOR) // the one sector that the disk did not get to
            await writeFiles(house.data, files)
            await power.begin()
            await house.start()
            await house.stop()
            await house.check()
        })
})

describe('the first that a new house says', () => {
    test('is kept, with nothing left but what was synced', async t => {
        const { house, power } = await powered(t)
        await house.start()
        const ann = await buyer(house, 'ann')
        const entry = await charge(ann, 1000)
        await house.end('SIGKILL')
        await power.cut(new Dice(seed, 1500), () => 'nothing')
        await house.start()
        assert.deepEqual(ok(await ann.get('/v1/points/entries')).items, [entry])
        await house.stop()
        await house.check()
    })
})

describe('the control: commits that are not synced', () => {
    test('are forgotten, and the judge says so', async t => {
        const dice = new Dice(seed, 2000)
        const crowd = await Crowd.prepare(PEOPLE, dice)
        t.after(() => crowd.close())
        const power = await Power.over(crowd.house, ['careless_commit'])
        t.after(() => power.close())
        await crowd.house.start()
        await crowd.open()
        await crowd.shopUntil(async () => {
            await crowd.answers(200)
            await crowd.house.end('SIGKILL')
        })
        await power.cut(dice, () => 'nothing')
        const violations = judge(crowd.history, await find(crowd.house.data))
        const lost = violations.filter(
            ({ invariant, text }) => invariant === 10 && /acknowledged and is not there/.test(text)
        )
        assert.ok(lost.length > 0, 'nothing was lost')
        fired.add('controls that forgot what they answered')
    })
})

test('every fault happened', () => fired.demand())
