// SIGTERM while people buy, and once more while the server drains: it ends well and in time, and
// what it answered is there.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { refused } from '../api/support/client.mjs'
import { passwordOf } from '../api/support/house.mjs'
import { metrics } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'
import { sanitized } from './support/sanitized.mjs'
import { isGone } from './support/shopper.mjs'

const STOPS = Number(process.env.USHER_STOPS ?? 3)
const PEOPLE = 12
// A sanitizer lets a signal wait, also the watchdog's.
const STOP_MS = sanitized ? 30_000 : 10_000

const fired = new Fired('stop', ['stops under load', 'second signals while it drained'])

describe(`a signal to stop, twice, under load (USHER_FAULT_SEED=${seed})`, () => {
    const dice = new Dice(seed, 4000)
    let crowd, house

    before(async () => {
        crowd = await Crowd.prepare(PEOPLE, dice, {}, { realPasswords: true })
        house = crowd.house
        await house.start()
        await crowd.open()
    })
    after(() => crowd.close())

    // It takes a password's hash, so that there is something to drain.
    function signUp(name) {
        const email = `${name}@example.com`
        const body = { name, email, password: passwordOf(email) }
        const one = { body, status: null }
        one.ended = house.anybody
            .post('/v1/users', body)
            .then(answer => {
                if (answer.status !== 201) refused(answer, 503, 'unavailable')
                one.status = answer.status
            })
            .catch(error => {
                if (!isGone(error)) throw error
                one.status = 0 // it came too late to be let in
            })
        return one
    }

    // Until a look finds one at work. On a busy machine all may be done before the first look: then there
    // are others.
    async function signUpUntilSeen(stop) {
        const asked = []
        await until('a sign-up at work', async () => {
            if (asked.every(({ status }) => status !== null))
                for (const name of ['ann', 'bob', 'cho', 'dan'])
                    asked.push(signUp(`${name}-${stop}-${asked.length}`))
            return /password\S* [1-9]/.test(await metrics(crowd.organizer))
        })
        return asked
    }

    async function stopTwice() {
        const { child, said } = house.process
        const begun = performance.now()
        child.kill('SIGTERM')
        await until('the drain', () => / stopping signal=/.test(said.stderr), { everyMs: 1 })
        if (!said.stderr.includes('engine_stopped')) fired.add('second signals while it drained')
        await house.stop()
        assert.ok(performance.now() - begun < STOP_MS)
        fired.add('stops under load')
    }

    for (let stop = 1; stop <= STOPS; stop++)
        test(`number ${stop} of ${STOPS}`, async () => {
            let asked
            await crowd.offer()
            await crowd.shopUntil(async () => {
                await crowd.answers(1 + dice.below(200))
                asked = await signUpUntilSeen(stop)
                await stopTwice()
            })
            const found = await crowd.examine()
            await house.start()
            await crowd.compare(found)
            await crowd.settle()
            await Promise.all(asked.map(({ ended }) => ended))
            for (const { body, status } of asked) {
                const { email, password } = body
                const answer = await house.anybody.post('/v1/sessions', { email, password })
                if (status !== 0) assert.equal(answer.status, status === 201 ? 201 : 401)
            }
        })

    test('and the books are right', async () => {
        await house.stop()
        await crowd.examine()
        fired.demand()
    })
})
