// Pages that follow GET /v1/events while the server is killed and their connections are cut, again and
// again: each goes on from where it was, or is told to forget what it has, and when nothing moves any
// more each has what the routes show: the seats, its token, every reservation that it ever heard of.

import { after, before, describe, test } from 'node:test'

import { House } from '../api/support/house.mjs'
import { ok } from '../api/support/client.mjs'
import { Events } from '../api/support/events.mjs'
import { hold, makeConcert, makeRound, pay, seedBuyers, signIn } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { Dice, seed } from './support/dice.mjs'
import { Fired } from './support/fired.mjs'

const BOSS = 'boss@example.com'
const KILLS = Number(process.env.USHER_KILLS ?? 6)
const PEOPLE = 6

const fired = new Fired('events', [
    'connections cut',
    'kills',
    'pages that went on where they were',
    'pages that were told to forget what they had',
    'changes of seats told',
    'changes of reservations told',
])

// A page as anybody writes one: it believes what it is told, and comes back with the last id.
class Page {
    constructor(client, round) {
        this.client = client
        this.round = round
        this.forget()
    }

    forget() {
        this.letters = null
        this.token = undefined
        this.reservations = new Map()
    }

    take(name, data) {
        if (name === 'reset') {
            this.forget()
            this.returned = false
            fired.add('pages that were told to forget what they had')
        } else if (name === 'seats' && data.seats !== undefined) {
            this.letters = [...data.seats]
        } else if (name === 'seats') {
            for (const [at, letter] of data.changes) this.letters[at] = letter
            fired.add('changes of seats told')
            if (this.returned) fired.add('pages that went on where they were')
            this.returned = false
        } else if (name === 'token') {
            this.token = data
        } else if (name === 'reservation') {
            this.reservations.set(data.id, data)
            fired.add('changes of reservations told')
        }
    }

    // Comes back for as long as it is there.
    async follow() {
        while (!this.leaves) {
            try {
                const query = `token=current&roundId=${this.round.id}`
                this.returned = this.lastId !== undefined
                // Who can name no moment is told everything anew.
                if (!this.returned) this.forget()
                const events = await Events.open(this.client, query, { lastId: this.lastId })
                this.events = events
                for (const { name, data } of events.all) this.take(name, data)
                events.onEvent = (name, data) => this.take(name, data)
                await until('the end', () => events.over || this.leaves, { deadlineMs: 600_000, everyMs: 1 })
                events.onEvent = null
                this.lastId = events.lastId ?? this.lastId
                events.close()
            } catch (error) {
                if (!/ECONNREFUSED|ECONNRESET|socket hang up/.test(`${error.code} ${error.message}`))
                    throw error
                await until('a moment', () => true, { everyMs: 5 })
            }
        }
    }

    async isTrue() {
        const { client, round } = this
        const seats = ok(await client.get(`/v1/rounds/${round.id}/availability`)).seats
        if (this.letters?.join('') !== seats) return false
        const { status, body } = await client.get('/v1/queue/tokens/current')
        if (status === 429) return false
        const live = status === 200 ? body : null
        const shown = this.token?.status === 'expired' ? null : this.token
        if (shown?.id !== live?.id || shown?.status !== live?.status) return false
        const all = ok(await client.get('/v1/reservations?limit=200')).items
        const pending = all.filter(each => each.status === 'pending')
        if (!pending.every(({ id }) => this.reservations.has(id))) return false
        return all.every(each => {
            const known = this.reservations.get(each.id)
            return !known || (known.status === each.status && known.expiresAt === each.expiresAt)
        })
    }
}

describe(`pages that follow (USHER_FAULT_SEED=${seed})`, () => {
    const dice = new Dice(seed, 77)
    let acts = 0
    let house, organizer, round, seatIds, people, pages, following
    before(async () => {
        house = await House.prepare(
            { 'max-seats-per-user': 1000, 'refund-until-seconds': 0 },
            { organizers: [BOSS] }
        )
        people = await seedBuyers(house, PEOPLE, 1_000_000)
        people.forEach(each => (each.house = house))
        await house.start()
        organizer = await signIn(house, BOSS)
        round = await makeRound(organizer, await makeConcert(organizer), { rows: 10, seatsPerRow: 20 })
        seatIds = ok(await organizer.get(`/v1/rounds/${round.id}/seats?limit=1000`)).items
        pages = people.map(client => new Page(client, round))
        following = pages.map(page => page.follow())
    })
    after(async () => {
        for (const page of pages ?? []) page.leaves = true
        await Promise.all(following ?? [])
        await house.close()
    })

    // Something that a buyer may do, sensible or not. What the server answers is not the point.
    async function act(client) {
        const { body: token } = await client.post('/v1/queue/tokens')
        const mine = (await client.get('/v1/reservations?limit=5')).body?.items ?? []
        const pending = mine.find(({ status }) => status === 'pending')
        const confirmed = mine.find(({ status }) => status === 'confirmed')
        const what = dice.below(10)
        if (what < 5) await hold(client, round, dice.pick(seatIds), dice.pick(seatIds))
        else if (what < 7 && pending) await pay(client, pending)
        else if (what < 8 && pending) await client.post(`/v1/reservations/${pending.id}/cancel`)
        else if (what < 9 && confirmed) await client.post(`/v1/reservations/${confirmed.id}/cancel`)
        else if (what === 9 && token?.id) await client.delete(`/v1/queue/tokens/${token.id}`)
    }

    // Everybody acts, each as often as it is asked to, until the server is killed.
    async function shop(client, times) {
        for (let i = 0; i < times; i++) {
            if (dice.chance(0.1)) {
                pages[dice.below(PEOPLE)].events?.close()
                fired.add('connections cut')
            }
            try {
                await act(client)
                acts++
            } catch (error) {
                if (!/ECONNREFUSED|ECONNRESET|EPIPE|socket hang up/.test(`${error.code} ${error.message}`))
                    throw error
                return
            }
        }
    }

    test('have the truth after every kill', async () => {
        for (let kill = 0; kill < KILLS; kill++) {
            const acting = people.map(client => shop(client, 40))
            const enough = acts + 1 + dice.below(100)
            await until('what people do', () => acts >= enough, { everyMs: 1 })
            await house.end('SIGKILL')
            fired.add('kills')
            await Promise.all(acting)
            await house.start()
            for (const page of pages)
                await until(`the truth of ${page.client.user.email}`, () => page.isTrue())
        }
    })

    test('have the truth when only their connections are cut', async () => {
        await Promise.all(people.map(client => shop(client, 60)))
        for (const page of pages)
            await until(`the truth of ${page.client.user.email}`, () => page.isTrue())
    })
})

test('every fault happened', () => fired.demand())
