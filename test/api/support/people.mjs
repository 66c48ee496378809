// The people of a test and what they usually do: sign up, sell, line up, buy.

import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'

import { Client, ok } from './client.mjs'
import { House, flags, passwordOf } from './house.mjs'
import { until } from './wait.mjs'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

// A time as the API writes it, so many milliseconds from now.
export const fromNow = ms => new Date(Date.now() + ms).toISOString()

// A well-formed id that nothing has.
export const nobody = prefix => `${prefix}_01h455vb4pex5vsknk084sn02q`

export async function signIn(house, email, password = passwordOf(email)) {
    const { token, user } = ok(await house.anybody.post('/v1/sessions', { email, password }), 201)
    return new Client(house, { token, user })
}

export const BOSS = 'boss@example.com'

// A house with an organizer, who is signed in. `others` are organizers too, by their addresses, and
// `prepare` is given the house before its server starts.
export async function openHouse(settings = {}, { others = [], prepare = () => {} } = {}) {
    const house = await House.prepare(settings, { organizers: [BOSS, ...others] })
    try {
        await prepare(house)
        await house.start()
        return { house, organizer: await signIn(house, BOSS) }
    } catch (error) {
        await house.close()
        throw error
    }
}

// A new buyer, signed in. Both cost a password hash, so tests share their buyers.
export async function buyer(house, name, points = 0) {
    const email = `${name}@example.com`
    ok(await house.anybody.post('/v1/users', { name, email, password: passwordOf(email) }), 201)
    const client = await signIn(house, email)
    if (points > 0) await charge(client, points)
    return client
}

export const buyers = (house, ...names) => Promise.all(names.map(name => buyer(house, name)))

// Somebody whom an organizer invited, with a password and signed in.
export async function invited(organizer, name, scopes) {
    const email = `${name}@example.com`
    const { invitation } = ok(await organizer.post('/v1/staff', { email, name, scopes }), 201)
    const { token } = invitation
    const password = passwordOf(email)
    ok(await organizer.house.anybody.post('/v1/password-resets', { token, password }), 204)
    return signIn(organizer.house, email)
}

// Buyers in bulk, with sessions, before the server starts, for no more than one password's hash.
export async function seedBuyers(house, users, points = 0) {
    const file = `${house.data}.tokens`
    const seed = { users, points, concerts: 0, 'tokens-file': file, ...house.settings }
    const { code, stderr } = await house.usher(['seed', ...flags(seed)])
    assert.equal(code, 0, stderr)
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    await rm(file)
    return lines.map(line => {
        const [token, id, email] = line.split(' ')
        return new Client(house, { token, user: { id, email } })
    })
}

export const charge = async (client, amount) =>
    ok(await client.post('/v1/points/charges', { amount }), 201)

export const balance = async client => ok(await client.get('/v1/points')).balance

// A concert that has been on sale for an hour, unless `change` says otherwise.
export const makeConcert = async (organizer, change = {}) =>
    ok(
        await organizer.post('/v1/concerts', {
            title: 'Winter songs',
            description: 'An evening.',
            reservationOpenAt: fromNow(-HOUR_MS),
            reservationCloseAt: fromNow(20 * DAY_MS),
            ...change,
        }),
        201
    )

export const oneSection = { name: 'A', rows: 3, seatsPerRow: 10, price: 100 }

// A round in thirty days with one section of seats.
export const makeRound = async (
    organizer,
    concert,
    { startTime = fromNow(30 * DAY_MS), ...section } = {}
) =>
    ok(
        await organizer.post(`/v1/concerts/${concert.id}/rounds`, {
            startTime,
            sections: [{ ...oneSection, ...section }],
        }),
        201
    )

export const seatsOf = async (client, round) =>
    ok(await client.get(`/v1/rounds/${round.id}/seats?limit=1000`)).items

// Joins the queue and comes back when admitted. Joining again answers with the live token, and
// unlike reading the token it may be asked as often as one likes.
export const admitted = client =>
    until('admission', async () => {
        const answer = await client.post('/v1/queue/tokens')
        assert.ok(answer.status === 201 || answer.status === 200, answer.text)
        return answer.body.status === 'active' && answer.body
    })

export const hold = (client, round, ...seats) =>
    client.post('/v1/reservations', { roundId: round.id, seatIds: seats.map(seat => seat.id) })

export const pay = (client, reservation) =>
    client.post('/v1/payments', { reservationId: reservation.id })

// Joining again tells the live token without being counted as polling it.
// Lets the client in, holds the seats and pays for them; the reservation as it was held.
export async function buy(client, round, ...seats) {
    await admitted(client)
    const reservation = ok(await hold(client, round, ...seats), 201)
    ok(await pay(client, reservation), 201)
    return reservation
}

export const leave = async client => {
    const { id } = (await client.post('/v1/queue/tokens')).body
    ok(await client.delete(`/v1/queue/tokens/${id}`), 204)
}

// GET /metrics, which is the organizer's.
export const metrics = async organizer => {
    const answer = await organizer.get('/metrics')
    ok(answer)
    return answer.text
}
