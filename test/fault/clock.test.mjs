// The wall's clock jumps, forth and back, while usher runs and while it does not (libfaketime changes
// CLOCK_REALTIME and nothing else): holds and tokens last as long as they should, and are shown so by
// the clock that clients are told; ids and stamps never go back; the operator is told.

import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House, passwordOf } from '../api/support/house.mjs'
import {
    admitted,
    buyer,
    fromNow,
    makeConcert,
    makeRound,
    metrics,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Crowd } from './support/crowd.mjs'
import { Dice, seed } from './support/dice.mjs'
import { libfaketime, wallAlone } from './support/faketime.mjs'
import { Fired } from './support/fired.mjs'
import { preload } from '../api/support/preload.mjs'

const HOUR_MS = 3_600_000
const PEOPLE = 6
const HOLD_MS = 12_000
// A hold may be given back the second before a restart, in which nothing was journalled.
const GIVEN_BACK_MS = 1000
const SLACK_MS = 6000
// No further apart, two clocks count as one.
const AGREE_MS = 1000

const fired = new Fired('clock', ['jumps while it ran', 'jumps while it was down', 'first starts'])

// The clock that a house sees, `hours` from the true one.
class Wall {
    static async of(house) {
        const wall = new Wall()
        wall.file = `${house.data}.wall`
        house.env = {
            ...preload([libfaketime()]),
            ...wallAlone,
            FAKETIME_TIMESTAMP_FILE: wall.file,
        }
        await wall.jump(0)
        return wall
    }

    async jump(hours) {
        this.hours = hours
        await writeFile(this.file, `${hours < 0 ? '' : '+'}${hours}h\n`)
    }

    close() {
        return rm(this.file, { force: true })
    }
}

// By the clock that the server tells its clients.
const serverTime = async house =>
    Date.parse(ok(await house.anybody.get('/v1/settings')).serverTime)

class Scene {
    static async open(t, stream) {
        const scene = new Scene()
        scene.crowd = await Crowd.prepare(PEOPLE + 2, new Dice(seed, stream), {
            'hold-seconds': HOLD_MS / 1000,
        })
        scene.house = scene.crowd.house
        t.after(() => scene.close())
        scene.wall = await Wall.of(scene.house)
        await scene.house.start()
        await scene.crowd.open({ reservationOpenAt: fromNow(-24 * HOUR_MS) })
        const [keeper, witness] = scene.crowd.shoppers.splice(0, 2)
        scene.witness = witness
        scene.traces = 0
        await scene.hold(keeper)
        return scene
    }

    // While the house runs, whose time began with the wall's.
    async jump(hours) {
        const { history } = this.crowd
        const aheadMs = Math.max(0, hours * HOUR_MS)
        history.wallAheadMs = Math.max(history.wallAheadMs, aheadMs)
        await this.wall.jump(hours)
        history.wallAheadMs = aheadMs
    }

    // One of the crowd holds a seat and does nothing more.
    async hold(keeper) {
        this.keeper = keeper
        await until('admission', async () => {
            await keeper.join()
            return keeper.token?.status === 'active'
        })
        this.heldAt = performance.now() // before the server's own: its answer may come late
        await keeper.hold()
        this.token = keeper.token.id
        this.path = `/v1/reservations/${keeper.held[0]}`
        this.downMs = 0
    }
    reservation() {
        return this.keeper.client.get(this.path).then(ok)
    }

    // The control: the wall really shows another hour.
    async wallMoved() {
        const ahead = (await serverTime(this.house)) - Date.now()
        assert.ok(Math.abs(ahead - this.wall.hours * HOUR_MS) < SLACK_MS, `${ahead} ms ahead`)
    }

    // An entry and a token at this wall, whatever the crowd does.
    async leaveTrace() {
        await this.witness.charge()
        await this.witness.join()
        await this.witness.leave()
        this.traces++
    }

    async nothingEnded() {
        await this.wallMoved()
        assert.equal((await this.reservation()).status, 'pending')
        await this.keeper.join()
        assert.equal(this.keeper.token.id, this.token)
    }

    // The hold ends at this time by the wall, in each answer the same.
    async shows(expected) {
        const shown = new Set()
        for (let i = 0; i < 10; i++) shown.add((await this.reservation()).expiresAt)
        assert.equal(shown.size, 1, [...shown].join())
        const wrong = Date.parse([...shown][0]) - expected
        assert.ok(Math.abs(wrong) <= AGREE_MS, `${wrong} ms from what it was`)
    }

    async restart(hours) {
        const begun = performance.now()
        await this.house.end('SIGKILL')
        await this.crowd.examine()
        await this.wall.jump(hours)
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
            assert.ok(stamps.length >= this.traces, `${stamps.length} rows`)
            assert.deepEqual(
                stamps,
                [...stamps].sort((a, b) => a - b)
            )
        }
    }

    async close() {
        await this.crowd.close()
        await this.wall.close()
    }
}

describe(`a wall clock that jumps (USHER_FAULT_SEED=${seed})`, { concurrency: true }, () => {
    test('while usher runs', async t => {
        const scene = await Scene.open(t, 5000)
        const expiresAt = Date.parse((await scene.reservation()).expiresAt)
        for (const hours of [1, -1, 0]) {
            await scene.crowd.shopUntil(async () => {
                await scene.crowd.answers(30)
                await scene.jump(hours)
                await scene.crowd.answers(30)
            })
            fired.add('jumps while it ran')
            await scene.leaveTrace()
            await scene.nothingEnded()
            await scene.shows(expiresAt + hours * HOUR_MS)
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
            await scene.leaveTrace()
            await scene.nothingEnded()
            await scene.crowd.settle()
        }
        await scene.endsInTime()
        await scene.stampsNeverGoBack()
    })
})

const DAYS_AHEAD = 48 // hours
const SESSION_MS = 30 * 24 * HOUR_MS
const TURN_MS = 600_000
const LONG_HOLD_MS = 300_000

// A house whose clock was two days ahead when it was started first, at a sale.
class Early {
    static async open(t) {
        const early = new Early()
        early.house = await House.prepare({ 'hold-seconds': LONG_HOLD_MS / 1000 })
        t.after(() => early.close())
        early.wall = await Wall.of(early.house)
        await early.wall.jump(DAYS_AHEAD)
        const email = 'boss@example.com'
        const added = await early.house.usher(['organizer', 'add', email], {
            input: `${passwordOf(email)}\n`,
            env: early.house.env,
        })
        assert.equal(added.code, 0, added.stderr)
        await early.house.start()
        fired.add('first starts')
        early.organizer = await signIn(early.house, email)
        const concert = await makeConcert(early.organizer, {
            reservationOpenAt: fromNow(-24 * HOUR_MS),
            reservationCloseAt: fromNow(20 * 24 * HOUR_MS),
        })
        const startTime = fromNow(30 * 24 * HOUR_MS)
        early.round = await makeRound(early.organizer, concert, { startTime })
        early.seats = await seatsOf(early.organizer, early.round)
        return early
    }

    get log() {
        return this.house.process.said.stderr
    }
    // So many lines tell of a clock that is wrong, and that it is right again.
    tells(wrong, right) {
        return until('the log to tell', () => {
            const count = pattern => [...this.log.matchAll(pattern)].length
            return count(/ clock_wrong /g) === wrong && count(/ clock_right /g) === right
        })
    }

    // What is left of a time that is shown, of so much since a moment of this process's own clock.
    async left(shown, expected, since) {
        const left = Date.parse(shown) - (await serverTime(this.house))
        const passed = performance.now() - since
        const told = `${left} ms left of ${expected}, ${passed} ms later`
        assert.ok(left <= expected + AGREE_MS, told)
        assert.ok(left >= expected - passed - AGREE_MS, told)
    }

    // A newcomer's session, turn and hold last as long as the settings say, and each answer says so.
    async deadlines(name) {
        const person = await buyer(this.house, name)
        const since = performance.now()
        const signedIn = await this.house.anybody.post('/v1/sessions', {
            email: person.user.email,
            password: passwordOf(person.user.email),
        })
        await this.left(ok(signedIn, 201).expiresAt, SESSION_MS, since)
        await this.left((await admitted(person)).expiresAt, TURN_MS, since)
        const seatIds = [this.seats.shift().id]
        const held = ok(
            await person.post('/v1/reservations', { roundId: this.round.id, seatIds }),
            201
        )
        await this.left(held.expiresAt, LONG_HOLD_MS, since)
        const one = ok(await person.get(`/v1/reservations/${held.id}`))
        const [listed] = ok(await person.get('/v1/reservations')).items
        const token = ok(await person.get('/v1/queue/tokens/current'))
        assert.equal(one.expiresAt, held.expiresAt)
        assert.equal(listed.expiresAt, held.expiresAt)
        await this.left(token.expiresAt, TURN_MS, since)
        // What happened stays as it was written down.
        assert.equal(one.reservedAt, held.reservedAt)
        assert.equal(Date.parse(one.refundableUntil), Date.parse(held.refundableUntil))
        return { person, held, since }
    }

    // What `usher status` says of the clock.
    async status() {
        const { code, stdout, stderr } = await this.house.usher(['status'])
        assert.equal(code, 0, stderr)
        return /^clock: (\w+).*$/m.exec(stdout)[0]
    }

    async offset() {
        const text = await metrics(this.organizer)
        return Number(/^usher_clock_offset_seconds (\S+)$/m.exec(text)[1])
    }

    async close() {
        await this.house.close()
        await this.wall.close()
    }
}

describe('a wall clock that was two days ahead at the first start', { concurrency: true }, () => {
    test('and is set right while the server is down', async t => {
        const early = await Early.open(t)
        const { person, held, since } = await early.deadlines('ann')
        assert.doesNotMatch(early.log, / clock_/)
        await early.house.stop()
        await early.wall.jump(0)
        await early.house.start()
        await early.tells(1, 0)
        assert.match(early.log, /^\S+ warning clock_wrong offset_ms=-172\d{6} wall=behind$/m)
        assert.ok(Math.abs((await early.offset()) + DAYS_AHEAD * 3600) < SLACK_MS / 1000)
        assert.match(await early.status(), /^clock: wrong \(behind /)
        await early.deadlines('bob')
        // The old hold, too; its stamp is one of those that were written two days ahead.
        const again = ok(await person.get(`/v1/reservations/${held.id}`))
        await early.left(again.expiresAt, LONG_HOLD_MS, since)
        assert.equal(again.reservedAt, held.reservedAt)
    })

    test('and is set right, and wrong again, while it runs', async t => {
        const early = await Early.open(t)
        await early.wall.jump(0)
        await early.tells(1, 0)
        await early.deadlines('ann')
        await early.wall.jump(DAYS_AHEAD / 2)
        await early.tells(2, 0)
        await early.deadlines('bob')
        await early.wall.jump(DAYS_AHEAD)
        await early.tells(2, 1)
        assert.equal(await early.status(), 'clock: right')
        await early.deadlines('cleo')
        await early.wall.jump(2 * DAYS_AHEAD)
        await early.tells(3, 1)
        assert.match(early.log, /^\S+ warning clock_wrong offset_ms=17\d{7} wall=ahead$/m)
        assert.match(await early.status(), /^clock: wrong \(ahead /)
        await early.deadlines('dan')
    })

    test('is told, though nobody asks anything', async t => {
        const early = await Early.open(t)
        await early.wall.jump(DAYS_AHEAD + 1)
        await early.tells(1, 0)
        await early.wall.jump(DAYS_AHEAD)
        await early.tells(1, 1)
    })
})

test('every fault happened', () => fired.demand())
