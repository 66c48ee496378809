// GET /v1/events: what a page is told of the queue, a round and its seats, as it happens.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { Events, Seats } from './support/events.mjs'
import {
    BOSS,
    admitted,
    buyers,
    charge,
    fromNow,
    hold,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    pay,
    seatsOf,
    signIn,
} from './support/people.mjs'
import { until } from './support/wait.mjs'

const DAY_MS = 86_400_000
const availability = async (client, round) =>
    ok(await client.get(`/v1/rounds/${round.id}/availability`)).seats

describe('what everybody may follow', () => {
    let house, organizer, ann, concert, round
    before(async () => {
        ;({ house, organizer } = await openHouse({ streams: 20 }))
        ;[ann] = await buyers(house, 'ann')
        concert = await makeConcert(organizer)
        round = await makeRound(organizer, concert)
        await charge(ann, 100000)
    })
    after(() => house.close())

    // So many, as soon as those of the tests before have left.
    async function openMany(count, query) {
        const open = []
        await until(`${count} streams`, async () => {
            const more = await Events.open(house.anybody, query)
            if (more.status === 200) open.push(more)
            return open.length === count
        })
        return open
    }

    test('the queue, whole and then as it changes', async () => {
        const events = await Events.open(house.anybody)
        const { data } = await events.next('queue')
        assert.deepEqual(data, ok(await house.anybody.get('/v1/queue')))
        ok(await organizer.patch('/v1/queue', { maxActive: data.maxActive + 1 }))
        await events.next('queue', queue => queue.maxActive === data.maxActive + 1)
        events.close()
    })

    test('a round and its seats, whole and then what changes', async () => {
        const events = await Events.open(house.anybody, `roundId=${round.id}`)
        const whole = await events.next('seats')
        assert.equal(whole.data.seats, 'a'.repeat(30))
        assert.deepEqual((await events.next('round')).data, ok(await house.anybody.get(`/v1/rounds/${round.id}`)))
        const seats = new Seats(events)
        await admitted(ann)
        const chairs = await seatsOf(ann, round)
        const reservation = ok(await hold(ann, round, chairs[0], chairs[29]), 201)
        await until('the held seats', () => seats.letters[0] === 'h' && seats.letters[29] === 'h')
        assert.deepEqual(events.all.find(each => each.data.changes).data.changes, [
            [0, 'h'],
            [29, 'h'],
        ])
        await events.next('round', ({ availableSeatCnt }) => availableSeatCnt === 28)
        ok(await pay(ann, reservation), 201)
        await until('the sold seats', () => seats.letters[29] === 's')
        assert.equal(seats.text, await availability(ann, round))
        ok(await organizer.post(`/v1/rounds/${round.id}/pause`))
        await events.next('round', ({ paused }) => paused)
        ok(await organizer.post(`/v1/rounds/${round.id}/resume`))
        events.close()
    })

    test('a burst of changes is told at most four times a second, and ends in the truth', async () => {
        const began = performance.now()
        const events = await Events.open(house.anybody, `roundId=${round.id}`)
        const seats = new Seats(events)
        const chairs = (await seatsOf(organizer, round)).filter(({ status }) => status === 'available')
        const seatIds = chairs.map(({ id }) => id)
        const path = `/v1/rounds/${round.id}/seats`
        for (let i = 0; i < 40; i++)
            for (const turn of ['block', 'unblock']) ok(await organizer.post(`${path}/${turn}`, { seatIds }))
        ok(await organizer.post(`${path}/block`, { seatIds: seatIds.slice(0, 5) }))
        const truth = await availability(ann, round)
        await until('the truth', () => seats.letters && seats.text === truth)
        const told = events.of('seats').length
        const took = performance.now() - began
        assert.ok(told <= 2 + took / 250, `${told} in ${took} ms`)
        ok(await organizer.post(`${path}/unblock`, { seatIds: seatIds.slice(0, 5) }))
        events.close()
    })

    test('seats that take more than 4 KB are to be asked for', async () => {
        const large = await makeRound(organizer, concert, { rows: 50, seatsPerRow: 100 })
        const events = await Events.open(house.anybody, `roundId=${large.id}`)
        const { data } = await events.next('seats')
        assert.equal(data.stale, true)
        const seatIds = (await seatsOf(organizer, large)).map(({ id }) => id)
        ok(await organizer.post(`/v1/rounds/${large.id}/seats/block`, { seatIds: seatIds.slice(0, 600) }))
        const long = await events.next('seats', ({ version }) => version > data.version)
        assert.equal(long.data.stale, true)
        ok(await organizer.post(`/v1/rounds/${large.id}/seats/unblock`, { seatIds: seatIds.slice(0, 3) }))
        const short = await events.next('seats', ({ version }) => version > long.data.version)
        assert.deepEqual(short.data.changes, [
            [0, 'a'],
            [1, 'a'],
            [2, 'a'],
        ])
        events.close()
    })

    test('a round that is deleted ends its streams, and who comes back hears 404', async () => {
        const gone = await makeRound(organizer, concert)
        const events = await Events.open(house.anybody, `roundId=${gone.id}`)
        await events.next('seats')
        ok(await organizer.delete(`/v1/rounds/${gone.id}`), 204)
        await events.ended()
        assert.ok(events.whole)
        refused(await house.anybody.get(`/v1/events?roundId=${gone.id}`), 404, 'not_found')
    })

    test('what is no query of it is refused', async () => {
        invalid(await house.anybody.get('/v1/events?roundId=x'), 'roundId')
        invalid(await house.anybody.get('/v1/events?since=1'), 'since')
        invalid(await house.anybody.get(`/v1/events?roundId=${round.id}&roundId=${round.id}`), 'roundId')
        refused(await house.anybody.get(`/v1/events?roundId=${nobody('round')}`), 404, 'not_found')
        refused(await house.anybody.post('/v1/events'), 405, 'method_not_allowed')
    })

    test('HEAD gets the head alone, and takes no place', async () => {
        for (let i = 0; i < 50; i++) ok({ ...(await house.anybody.head('/v1/events')), body: null })
    })

    test('one more than there is room for is told to come back; who leaves makes room', async () => {
        const open = await openMany(20)
        refused(await house.anybody.get('/v1/events'), 503, 'busy')
        open.pop().close()
        open.push(...(await openMany(1)))
        open.forEach(each => each.close())
    })

    test('a stop ends every stream well', async () => {
        const events = await openMany(10, `roundId=${round.id}`)
        for (const each of events) await each.next('seats')
        await house.restart()
        for (const each of events) assert.ok((await each.ended()).whole)
    })
})

describe('what is one\'s own', () => {
    let house, organizer, ann, bob, concert, round, chairs
    before(async () => {
        ;({ house, organizer } = await openHouse({ 'silent-seconds': 10, 'max-seats-per-user': 30 }))
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
        concert = await makeConcert(organizer)
        round = await makeRound(organizer, concert)
        chairs = await seatsOf(ann, round)
        await charge(ann, 100000)
    })
    after(() => house.close())

    // What a page would have that asked for it now.
    const truth = async reservation => ok(await ann.get(`/v1/reservations/${reservation.id}`))
    const statuses = events => events.of('reservation').map(({ id, status }) => `${id} ${status}`)

    test('a place in line and a reservation, from the first to the last state', async () => {
        const events = await Events.open(ann, `token=current&roundId=${round.id}`)
        const other = await Events.open(bob, 'token=current')
        assert.equal((await events.next('token')).data, null)
        const token = await admitted(ann)
        const active = await events.next('token', data => data?.status === 'active')
        assert.equal(active.data.id, token.id)
        const held = ok(await hold(ann, round, chairs[0]), 201)
        const pending = await events.next('reservation')
        assert.deepEqual(pending.data, held)
        ok(await pay(ann, held), 201)
        const paid = await events.next('reservation', ({ status }) => status === 'confirmed')
        assert.deepEqual(paid.data, await truth(held))
        const ended = await events.next('token', data => data?.status === 'expired')
        assert.deepEqual(ended.data, ok(await ann.get(`/v1/queue/tokens/${token.id}`)))
        assert.equal(ended.data.reason, 'finished')
        ok(await ann.post(`/v1/reservations/${held.id}/cancel`))
        await events.next('reservation', ({ status }) => status === 'cancelled')
        await other.next('queue')
        assert.deepEqual([other.of('reservation'), other.of('token')], [[], [null]])
        events.close()
        other.close()
    })

    test('a hold that is given more time, in every tab', async () => {
        await admitted(ann)
        const held = ok(await hold(ann, round, chairs[6]), 201)
        const tabs = [await Events.open(ann, 'token=current'), await Events.open(ann, 'token=current')]
        for (const tab of tabs) await tab.next('reservation', ({ id }) => id === held.id)
        const longer = ok(await ann.post(`/v1/reservations/${held.id}/extend`))
        assert.ok(longer.expiresAt > held.expiresAt)
        for (const tab of tabs) {
            const told = await tab.next('reservation', ({ extendedAt }) => extendedAt !== null)
            assert.deepEqual(told.data, longer)
            tab.close()
        }
        ok(await ann.post(`/v1/reservations/${held.id}/cancel`))
    })

    test('what one has of a round that is moved or cancelled, and nobody else has', async () => {
        const own = await makeRound(organizer, concert)
        const [seat, taken] = await seatsOf(ann, own)
        await admitted(ann)
        const paid = ok(await hold(ann, own, seat), 201)
        ok(await pay(ann, paid), 201)
        await admitted(ann)
        const held = ok(await hold(ann, own, taken), 201)
        const events = await Events.open(ann, 'token=current')
        const other = await Events.open(bob, 'token=current')
        await events.next('reservation', ({ id }) => id === held.id)
        await until('the id of a commit', () => Number(events.lastId) > 0)
        const { lastId } = events
        const startTime = fromNow(40 * DAY_MS)
        const reason = { texts: { ko: '태풍', en: 'A storm' } }
        const body = { startTime, freeCancelUntil: startTime, reason }
        ok(await organizer.post(`/v1/rounds/${own.id}/move`, body))
        for (const each of [paid, held]) {
            const told = await events.next('reservation', ({ id, movedFrom }) => id === each.id && movedFrom)
            assert.deepEqual(told.data, await truth(each))
            assert.deepEqual([told.data.movedFrom, told.data.reason], [own.startTime, reason])
        }
        ok(await organizer.post(`/v1/rounds/${own.id}/cancel`, { reason }))
        for (const each of [paid, held])
            await events.next('reservation', ({ id, status }) => id === each.id && status === 'cancelled')
        events.close()
        // Who was away meanwhile is told to begin anew.
        const again = await Events.open(ann, 'token=current', { lastId })
        await again.next('reset')
        again.close()
        await other.next('queue')
        assert.deepEqual(other.of('reservation'), [])
        other.close()
    })

    test('who comes new is told what is to be paid, and no more', async () => {
        await admitted(ann)
        const one = ok(await hold(ann, round, chairs[1]), 201)
        const two = ok(await hold(ann, round, chairs[2]), 201)
        const events = await Events.open(ann, 'token=current')
        await until('both', () => events.of('reservation').length === 2)
        assert.deepEqual(statuses(events), [`${one.id} pending`, `${two.id} pending`])
        for (const each of [one, two]) ok(await ann.post(`/v1/reservations/${each.id}/cancel`))
        await until('both again', () => events.of('reservation').length === 4)
        events.close()
    })

    test('who comes back with an id is told what changed, and no more', async () => {
        await admitted(ann)
        const before = ok(await hold(ann, round, chairs[3]), 201)
        const events = await Events.open(ann, `token=current&roundId=${round.id}`)
        await events.next('reservation')
        await until('the id of a commit', () => Number(events.lastId) > 0)
        const { lastId } = events
        events.close()
        const meanwhile = ok(await hold(ann, round, chairs[4]), 201)
        ok(await ann.post(`/v1/reservations/${meanwhile.id}/cancel`))
        const again = await Events.open(ann, `token=current&roundId=${round.id}`, { lastId })
        await again.next('reservation')
        assert.deepEqual(statuses(again), [`${meanwhile.id} cancelled`])
        assert.deepEqual(again.of('reset'), [])
        assert.deepEqual((await again.next('seats')).data.changes, [[4, 'a']])
        assert.equal((await again.next('token')).data.status, 'active')
        ok(await ann.post(`/v1/reservations/${before.id}/cancel`))
        again.close()
    })

    test('who is cut off before the first id of a commit has one by which all is told anew', async () => {
        const events = await Events.open(ann, `token=current&roundId=${round.id}`)
        const first = await events.next('round')
        assert.equal(first.id, undefined)
        assert.equal(events.firstId, '0')
        events.close()
        const again = await Events.open(ann, `token=current&roundId=${round.id}`, { lastId: events.firstId })
        const { id } = await again.next('reset')
        assert.equal(id, '0', 'cut off again, it is told so again')
        assert.equal((await again.next('seats')).data.seats.length, 30)
        again.close()
    })

    test('who comes back with an id that is too old, or none of ours, is told so, and all', async () => {
        await admitted(ann)
        const pending = ok(await hold(ann, round, chairs[5]), 201)
        for (const lastId of ['1', '0', '-1', 'x', '9'.repeat(19), '9'.repeat(30), '1 2', '12;']) {
            const events = await Events.open(ann, `token=current&roundId=${round.id}`, { lastId })
            await events.next('reservation')
            assert.equal(events.of('reset').length, 1, lastId)
            assert.deepEqual(statuses(events), [`${pending.id} pending`])
            assert.equal((await events.next('seats')).data.seats.length, 30)
            events.close()
        }
        ok(await ann.post(`/v1/reservations/${pending.id}/cancel`))
    })

    test('a stream ends with its session, and begins with none that ended', async () => {
        const session = await signIn(house, 'ann@example.com')
        const events = await Events.open(session, 'token=current')
        const open = await Events.open(session, `roundId=${round.id}`)
        await events.next('queue')
        ok(await session.delete('/v1/sessions/current'), 204)
        await events.ended()
        assert.ok(events.whole)
        refused(await session.get('/v1/events?token=current'), 401, 'unauthenticated')
        refused(await house.anybody.get('/v1/events?token=current'), 401, 'unauthenticated')
        invalid(await ann.get('/v1/events?token=mine'), 'token')
        assert.ok(!open.over, 'what is public is anybody\'s')
        open.close()
    })

    test('whoever has a stream open is heard', async () => {
        const session = await signIn(house, 'bob@example.com')
        const token = await admitted(session)
        const events = await Events.open(session, 'token=current')
        const quiet = await admitted(await signIn(house, 'ann@example.com'))
        await until('the end of somebody silent', async () => {
            const queue = ok(await house.anybody.get('/v1/queue'))
            return queue.active === 1
        })
        assert.equal(ok(await organizer.get(`/v1/queue/tokens/${quiet.id}`)).status, 'expired')
        assert.equal(ok(await organizer.get(`/v1/queue/tokens/${token.id}`)).status, 'active')
        events.close()
    })

    test('an account has sixteen, and one more is told to come back', async () => {
        const open = []
        await until('sixteen', async () => {
            const more = await Events.open(bob, 'token=current')
            if (more.status === 200) open.push(more)
            return open.length === 16
        })
        const answer = await bob.get('/v1/events?token=current')
        refused(answer, 429, 'too_many_requests')
        assert.ok(Number(answer.headers['retry-after']) >= 1)
        open.forEach(each => each.close())
    })

    test('the cookie does as well as the token', async () => {
        const headers = { authorization: null, cookie: `usher_session=${ann.token}` }
        delete headers.authorization
        const events = await Events.open({ house }, 'token=current', { headers })
        await events.next('token')
        events.close()
    })
})

describe('what the desk follows', () => {
    let house, organizer, ann, round
    before(async () => {
        ;({ house, organizer } = await openHouse())
        ;[ann] = await buyers(house, 'ann')
        round = await makeRound(organizer, await makeConcert(organizer))
        await charge(ann, 100000)
    })
    after(() => house.close())

    test('each second what happened in it, which adds up to all that did', async () => {
        const events = await Events.open(organizer, 'desk=1')
        await events.next('desk')
        const chairs = await seatsOf(ann, round)
        await admitted(ann)
        const one = ok(await hold(ann, round, chairs[0], chairs[1]), 201)
        refused(await hold(ann, round, chairs[0]), 409, 'seat_unavailable')
        ok(await pay(ann, one), 201)
        const told = await until('what is sold', () => events.of('desk').find(({ sales }) => sales.sold > 0))
        assert.deepEqual(told.sales, { totalSeatCnt: chairs.length, held: 0, sold: 2, revenue: one.amount })
        ok(await ann.post(`/v1/reservations/${one.id}/cancel`))
        await admitted(ann)
        await until('the refund', () => events.of('desk').some(({ refunded }) => refunded > 0))
        await until('who is inside', () => events.of('desk').at(-1).active === 1)
        const sum = name => events.of('desk').reduce((all, desk) => all + desk[name], 0)
        const names = ['joined', 'admitted', 'passedOver', 'holds', 'expired', 'sold', 'paid', 'refunded']
        assert.deepEqual(names.map(sum), [2, 2, 0, 1, 0, 2, one.amount, one.amount])
        assert.equal(sum('refusals'), 1)
        assert.ok(sum('requests') >= 6)
        events.close()
    })

    test('is for who may see counts', async () => {
        refused(await ann.get('/v1/events?desk=1'), 403, 'forbidden')
        refused(await house.anybody.get('/v1/events?desk=1'), 401, 'unauthenticated')
        invalid(await organizer.get('/v1/events?desk=2'), 'desk')
        const events = await Events.open(organizer, `desk=1&token=current&roundId=${round.id}`)
        await events.next('desk')
        await events.next('seats')
        assert.equal((await events.next('token')).data, null)
        events.close()
    })

    test('and ends with its session', async () => {
        const session = await signIn(house, BOSS)
        const events = await Events.open(session, 'desk=1')
        await events.next('desk')
        ok(await session.delete('/v1/sessions/current'), 204)
        await events.ended()
        assert.ok(events.whole)
    })
})
