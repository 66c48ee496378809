// The wall's clock jumps an hour, forth and back, while usher runs and while it does not (libfaketime
// changes CLOCK_REALTIME and nothing else): holds and tokens last as long as they should, and ids and
// stamps never go back.

import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { run } from '../api/support/house.mjs'
import { fromNow } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'
import { preload } from './support/preload.mjs'

const HOUR_MS = 3_600_000
const PEOPLE = 6
const HOLD_MS = 12_000
// A hold may be given back the second before a restart, in which nothing was journalled.
const GIVEN_BACK_MS = 1000
const SLACK_MS = 6000

const fired = new Fired('clock', ['jumps while it ran', 'jumps while it was down'])

class Scene {
    static async open(t, stream) {
        const scene = new Scene()
        const printed = await run('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'])
        assert.equal(printed.code, 0, printed.stderr)
        scene.crowd = await Crowd.prepare(PEOPLE + 1, new Dice(seed, stream), {
            'hold-seconds': HOLD_MS / 1000,
        })
        scene.house = scene.crowd.house
        scene.file = `${scene.house.data}.wall`
        t.after(() => scene.close())
        scene.house.env = {
            ...preload([printed.stdout.trim()]),
            FAKETIME_TIMESTAMP_FILE: scene.file,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
            // The name of the same in other versions.
            DONT_FAKE_MONOTONIC: '1',
        }
        await scene.jump(0)
        await scene.house.start()
        await scene.crowd.open({ reservationOpenAt: fromNow(-24 * HOUR_MS) })
        await scene.hold()
        return scene
    }

    async jump(hours) {
        this.hours = hours
        await writeFile(this.file, `${hours < 0 ? '' : '+'}${hours}h\n`)
    }

    // One of the crowd holds a seat and does nothing more.
    async hold() {
        const [keeper] = this.crowd.shoppers.splice(0, 1)
        this.keeper = keeper
        await until('admission', async () => {
            await keeper.join()
            return keeper.token?.status === 'active'
        })
        await keeper.hold()
        this.heldAt = performance.now()
        this.token = keeper.token.id
        this.path = `/v1/reservations/${keeper.held[0]}`
        this.downMs = 0
    }
    reservation() {
        return this.keeper.client.get(this.path).then(ok)
    }

    // The control: the wall really shows another hour.
    async wallMoved() {
        const { serverTime } = ok(await this.house.anybody.get('/v1/settings'))
        const ahead = Date.parse(serverTime) - Date.now()
        assert.ok(Math.abs(ahead - this.hours * HOUR_MS) < SLACK_MS, `${ahead} ms ahead`)
    }

    async nothingEnded() {
        await this.wallMoved()
        assert.equal((await this.reservation()).status, 'pending')
        await this.keeper.join()
        assert.equal(this.keeper.token.id, this.token)
    }

    async restart(hours) {
        const begun = performance.now()
        await this.house.end('SIGKILL')
        await this.crowd.examine()
        await this.jump(hours)
        await this.house.start()
        this.downMs += performance.now() - begun + GIVEN_BACK_MS
    }

    // The hold ends when it should, on a clock that did not jump.
    async endsInTime() {
        await until('the end', async () => (await this.reservation()).status === 'expired')
        const lasted = performance.now() - this.heldAt
        assert.ok(lasted > HOLD_MS - 100, `ended after ${lasted} ms`)
        assert.ok(lasted < HOLD_MS + this.downMs + SLACK_MS, `lasted ${lasted} ms`)
        await this.keeper.join()
        assert.equal(this.keeper.token.id, this.token)
    }

    async stampsNeverGoBack() {
        await this.house.stop()
        const { entries, tokens } = await this.crowd.examine()
        for (const [rows, stamp] of [
            [entries, 'createdAt'],
            [tokens, 'issuedAt'],
        ]) {
            const stamps = rows.sort((a, b) => (a.id < b.id ? -1 : 1)).map(row => row[stamp])
            assert.ok(stamps.length > 10)
            assert.deepEqual(
                stamps,
                [...stamps].sort((a, b) => a - b)
            )
        }
    }

    async close() {
        await this.crowd.close()
        await rm(this.file, { force: true })
    }
}

describe(`a wall clock that jumps (USHER_FAULT_SEED=${seed})`, { concurrency: true }, () => {
    test('while usher runs', async t => {
        const scene = await Scene.open(t, 5000)
        const { expiresAt } = await scene.reservation()
        for (const hours of [1, -1, 0]) {
            await scene.crowd.shopUntil(async () => {
                await scene.crowd.answers(30)
                await scene.jump(hours)
                await scene.crowd.answers(30)
            })
            fired.add('jumps while it ran')
            await scene.nothingEnded()
            assert.equal((await scene.reservation()).expiresAt, expiresAt)
        }
        await scene.endsInTime()
        await scene.stampsNeverGoBack()
    })

    test('while it is down', async t => {
        const scene = await Scene.open(t, 6000)
        for (const hours of [-1, 1, 0]) {
            await scene.crowd.shopUntil(async () => {
                await scene.crowd.answers(30)
                await scene.restart(hours)
            })
            fired.add('jumps while it was down')
            await scene.nothingEnded()
            await scene.crowd.settle()
        }
        await scene.endsInTime()
        await scene.stampsNeverGoBack()
    })
})

test('every fault happened', () => fired.demand())
