// kill -9 at random moments, again and again on one data directory, under load and while it starts:
// what was answered is there afterwards, and nothing that was never asked for.

import { after, before, describe, test } from 'node:test'

import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'

// How often in all, and how often on one data directory, whose tables are read whole each time.
const KILLS = Number(process.env.USHER_KILLS ?? 20)
const KILLS_PER_HOUSE = 20
const PEOPLE = 16

const fired = new Fired('kill', [
    'kills under load',
    'kills while starting',
    'kills while starting, with rows of the journal not booked',
    'operations repeated with their key',
    'answers that a kill cut off, brought back by their key',
])

for (let first = 1; first <= KILLS; first += KILLS_PER_HOUSE)
    describe(`kill -9 from number ${first} (USHER_FAULT_SEED=${seed})`, () => {
        const dice = new Dice(seed, first)
        let crowd, startMs, kill
        const last = Math.min(first + KILLS_PER_HOUSE - 1, KILLS)

        before(async () => {
            crowd = await Crowd.prepare(PEOPLE, dice)
            const begun = performance.now()
            await crowd.house.start()
            startMs = performance.now() - begun
            await crowd.open()
        })
        after(() => crowd.close())

        // Kills a start between its first instruction and its ready line, some times in a row.
        async function killStarts(found) {
            for (let times = dice.below(3); times > 0 && kill < last; times--) {
                const early = await crowd.house.startAndKill((dice.below(1000) / 1000) * startMs)
                if (early) {
                    kill++
                    fired.add('kills while starting')
                    if (found.unbooked > 0)
                        fired.add('kills while starting, with rows of the journal not booked')
                }
                found = await crowd.examine()
            }
            return found
        }

        test(`to number ${last}`, async () => {
            for (kill = first - 1; kill < last;) {
                await crowd.offer()
                await crowd.shopUntil(async () => {
                    await crowd.answers(1 + dice.below(300))
                    await crowd.house.end('SIGKILL')
                })
                kill++
                fired.add('kills under load')
                const found = await killStarts(await crowd.examine())
                await crowd.house.start()
                await crowd.compare(found)
                await crowd.settle()
            }
            const { repeated, replayed } = crowd.market
            fired.add('operations repeated with their key', repeated)
            fired.add('answers that a kill cut off, brought back by their key', replayed)
            await crowd.house.stop()
            await crowd.examine()
        })
    })

test('every fault happened', () => fired.demand())
