// What staff, organizers and keys change, and what they see of others, is told: who, what, of which
// object, whose data, from where, in which request, and why. Which scope the list wants, authorization.test.mjs says.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { passwordOf } from './support/house.mjs'
import {
    buy,
    buyers,
    invited,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    seatsOf,
} from './support/people.mjs'

describe('actions', () => {
    let house, boss, ann, gate, shop, apiKey
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ;[ann] = await buyers(house, 'ann')
        gate = await invited(boss, 'gate', ['points:charge', 'audit'])
        apiKey = ok(await boss.post('/v1/api-keys', { name: 'shop', scopes: ['users:write'] }), 201)
        shop = new Client(house, { token: apiKey.secret })
    })
    after(() => house.close())

    const list = async (query = '') => ok(await gate.get(`/v1/actions${query}`)).items
    const told = ({ what, actorId, keyId, object, subjectId }) => [what, actorId, keyId, object, subjectId]

    test('who made staff and keys, newest first', async () => {
        assert.deepEqual((await list()).map(told), [
            ['api_key_made', boss.user.id, null, apiKey.id, null],
            ['staff_invited', boss.user.id, null, gate.user.id, gate.user.id],
            ['registered', boss.user.id, null, boss.user.id, boss.user.id],
        ])
    })

    test('from where, in which request and when', async () => {
        const before = Date.now()
        const answer = await gate.request('POST', '/v1/points/charges', {
            body: { userId: ann.user.id, amount: 500 },
            headers: { 'x-request-id': 'case-17' },
        })
        const entry = ok(answer, 201)
        const [action] = await list()
        assert.deepEqual(told(action), ['charged', gate.user.id, null, entry.id, ann.user.id])
        assert.deepEqual([action.address, action.requestId], ['127.0.0.1', 'case-17'])
        const at = Date.parse(action.createdAt)
        assert.ok(at >= before - 1000 && at <= Date.now() + 1000, action.createdAt)
    })

    test('a key by its id, and the user that it acts as', async () => {
        const { id } = ok(await shop.post('/v1/users', { name: 'Bo', externalId: 'bo' }), 201)
        const [action] = await list(`?subject=${id}`)
        assert.deepEqual(told(action), ['registered', apiKey.userId, apiKey.id, id, id])
        ok(await shop.post('/v1/sessions', { userId: id }), 201)
        assert.deepEqual((await list(`?actor=${apiKey.userId}`)).map(({ what }) => what), ['signed_in', 'registered'])
    })

    test('what happened to one object, also when it is gone', async () => {
        const concert = await makeConcert(boss)
        const round = await makeRound(boss, concert)
        ok(await boss.post(`/v1/rounds/${round.id}/pause`))
        ok(await boss.post(`/v1/rounds/${round.id}/resume`))
        const [seat] = await seatsOf(boss, round)
        ok(await boss.post(`/v1/rounds/${round.id}/seats/block`, { seatIds: [seat.id] }))
        ok(await boss.delete(`/v1/rounds/${round.id}`), 204)
        const whats = (await list(`?object=${round.id}`)).map(({ what }) => what)
        assert.deepEqual(whats, ['round_deleted', 'seats_blocked', 'round_resumed', 'round_paused', 'round_created'])
        ok(await boss.patch('/v1/queue', { paused: false }))
        assert.deepEqual(told((await list())[0]), ['queue_changed', boss.user.id, null, null, null])
    })

    test('nothing that a buyer does, that was refused, or that is about nobody', async () => {
        const round = await makeRound(boss, await makeConcert(boss))
        const before = await list()
        ok(await ann.post('/v1/points/charges', { amount: 500 }), 201)
        const reservation = await buy(ann, round, (await seatsOf(ann, round))[0])
        ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
        refused(await gate.post(`/v1/rounds/${round.id}/pause`), 403, 'scope_required')
        refused(await boss.post(`/v1/rounds/${nobody('round')}/pause`), 404, 'not_found')
        ok(await boss.get(`/v1/rounds/${round.id}/sales`))
        ok(await boss.get('/v1/stats'))
        ok(await boss.post('/v1/selfcheck'))
        ok(await boss.get('/v1/users/me'))
        ok(await boss.get(`/v1/users/${boss.user.id}`))
        ok(await boss.get('/v1/staff'))
        ok(await boss.get('/v1/api-keys'))
        assert.deepEqual(await list(), before)
        const again = await buy(ann, round, (await seatsOf(ann, round))[1])
        ok(await boss.post(`/v1/reservations/${again.id}/cancel`))
        assert.deepEqual(told((await list())[0]), ['cancelled', boss.user.id, null, again.id, ann.user.id])
    })

    const seen = ({ what, object, subjectId, query, reason }) => [what, object, subjectId, query, reason]
    const newest = async () => seen((await list('?limit=1'))[0])

    test('one account, balance, reservation, payment and place in line of somebody', async () => {
        const round = await makeRound(boss, await makeConcert(boss))
        const { id } = await buy(ann, round, (await seatsOf(ann, round))[0])
        const reservation = ok(await ann.get(`/v1/reservations/${id}`))
        const { id: token } = ok(await ann.post('/v1/queue/tokens'), 201)
        for (const [path, object] of [
            [`/v1/users/${ann.user.id}`, ann.user.id],
            [`/v1/points?userId=${ann.user.id}`, ann.user.id],
            [`/v1/reservations/${reservation.id}`, reservation.id],
            [`/v1/reservations/${reservation.id}?expand=user,seats`, reservation.id],
            [`/v1/reservations/${reservation.id}/history`, reservation.id],
            [`/v1/payments/${reservation.paymentId}`, reservation.paymentId],
            [`/v1/queue/tokens/${token}`, token],
        ]) {
            const before = await list()
            ok(await boss.get(path))
            assert.deepEqual(await newest(), ['viewed', object, ann.user.id, null, null], path)
            assert.equal((await list()).length, before.length + 1)
        }
        ok(await boss.get(`/v1/reservations/${reservation.id}?reason=she%20called`))
        assert.deepEqual(await newest(), ['viewed', reservation.id, ann.user.id, null, 'she called'])
        const before = await list()
        refused(await boss.get(`/v1/reservations/${nobody('reservation')}/history`), 404, 'not_found')
        refused(await boss.get(`/v1/users/${nobody('user')}`), 404, 'not_found')
        refused(await gate.get(`/v1/users/${ann.user.id}`), 403, 'scope_required')
        assert.deepEqual(await list(), before)
        ok(await boss.post(`/v1/reservations/${reservation.id}/cancel?reason=the%20show%20was%20short`))
        assert.deepEqual(await newest(), ['cancelled', reservation.id, ann.user.id, null, 'the show was short'])
    })

    test('what was searched for', async () => {
        const { id: round } = await makeRound(boss, await makeConcert(boss))
        for (const [path, subject, query] of [
            ['/v1/users', null, 'user'],
            ['/v1/users?q=Ann%20K&limit=3', null, 'user?q=ann k'],
            ['/v1/users?q=%EC%9D%B4', null, 'user?q=이'],
            [`/v1/users?email=${ann.user.email}`, ann.user.id, `user?userId=${ann.user.id}`],
            ['/v1/users?email=no@example.com', null, 'user?email=no@example.com'],
            [`/v1/reservations?userId=${ann.user.id}&status=confirmed`, ann.user.id, `reservation?userId=${ann.user.id}&status=confirmed`],
            [`/v1/payments?roundId=${round}&from=2026-01-01T09:00:00%2B09:00`, null, `payment?from=2026-01-01T00:00:00.000Z&roundId=${round}`],
            ['/v1/points/entries?kind=adjustment', null, 'entry?kind=adjustment'],
            [`/v1/payments?userId=${nobody('user')}`, null, `payment?userId=${nobody('user')}`],
        ]) {
            ok(await boss.get(path))
            assert.deepEqual(await newest(), ['searched', null, subject, query, null], path)
        }
        ok(await boss.get(`/v1/users?q=${encodeURIComponent('가'.repeat(254))}`))
        const { query } = (await list('?limit=1'))[0]
        assert.match(query, /^user\?q=가+$/)
        ok(await boss.get(`/v1/users?externalId=${encodeURIComponent('가'.repeat(100))}&q=${encodeURIComponent('가'.repeat(254))}`))
        const { query: cut } = (await list('?limit=1'))[0]
        assert.match(cut, /^user\?externalId=가+&q=가+\.\.\.$/)
        assert.ok(Buffer.byteLength(cut) <= 1000 && Buffer.byteLength(cut) > 990)
        const before = await list()
        ok(await boss.get(`/v1/payments?userId=${boss.user.id}`))
        assert.deepEqual(await list(), before)
    })

    test('an export, once, with what it is for', async () => {
        ok(await boss.get('/v1/exports/users.csv?reason=the%20bank%20asks&from=2026-01-01T00:00:00Z'))
        assert.deepEqual(await newest(), ['exported', null, null, 'user?from=2026-01-01T00:00:00.000Z', 'the bank asks'])
        const before = await list()
        for (const kind of ['users', 'reservations', 'payments', 'entries'])
            for (const reason of ['', '?reason=', '?reason=%20', '?reason=%0A', `?reason=${'x'.repeat(201)}`])
                invalid(await boss.get(`/v1/exports/${kind}.csv${reason}`), 'reason')
        invalid(await boss.get(`/v1/users?reason=${'x'.repeat(201)}`), 'reason')
        assert.deepEqual(await list(), before)
    })

    test('the values before and after', async () => {
        const changed = async () => {
            const [{ what, old, new: now }] = await list('?limit=1')
            return [what, old, now]
        }
        const concert = await makeConcert(boss, { title: 'Old Songs' })
        assert.deepEqual(await changed(), ['concert_created', null, null])
        ok(await boss.patch(`/v1/concerts/${concert.id}`, { title: 'New & Songs', maxSeatsPerUser: 6, place: 'Hall' }))
        assert.deepEqual(await changed(), [
            'concert_changed',
            'title=Old Songs&place=&maxSeatsPerUser=0',
            'title=New & Songs&place=Hall&maxSeatsPerUser=6',
        ])
        const sections = [{ name: 'A', rows: 1, seatsPerRow: 3, price: 100, grade: 'VIP' }, { name: 'B', rows: 1, seatsPerRow: 2, price: 50, grade: 'R석' }]
        const startTime = '2099-01-01T00:00:00.000Z'
        const round = ok(await boss.post(`/v1/concerts/${concert.id}/rounds`, { startTime, sections }), 201)
        ok(await boss.patch(`/v1/rounds/${round.id}`, { startTime: '2099-01-02T09:00:00+09:00', prices: { VIP: 120, R석: 60 } }), 204)
        const [what, old, now] = await changed()
        assert.equal(what, 'round_changed')
        assert.deepEqual(old.split('&').sort(), ['prices.R석=50', 'prices.VIP=100', `startTime=${startTime}`])
        assert.deepEqual(now.split('&').sort(), ['prices.R석=60', 'prices.VIP=120', 'startTime=2099-01-02T00:00:00.000Z'])
        ok(await boss.patch('/v1/queue', { admitPerSecond: 77 }))
        assert.match((await changed()).join(), /^queue_changed,admitPerSecond=\d+,admitPerSecond=77$/)
        const other = await invited(boss, 'till', ['stats'])
        ok(await boss.patch(`/v1/staff/${other.user.id}`, { scopes: ['stats', 'points:charge'] }))
        assert.deepEqual(await changed(), ['staff_changed', 'scopes=stats', 'scopes=stats points:charge'])
        const { balance } = ok(await ann.get('/v1/points'))
        const body = { userId: ann.user.id, amount: -1, reference: 'values', reason: 'one too many' }
        ok(await boss.post('/v1/points/adjustments', body), 201)
        assert.deepEqual(await changed(), ['adjusted', `balance=${balance}`, `balance=${balance - 1}`])
        assert.equal((await list('?limit=1'))[0].reason, 'one too many')
        ok(await boss.patch(`/v1/concerts/${concert.id}`, { description: '가'.repeat(10_000) }))
        const [{ old: before, new: after }] = await list('?limit=1')
        assert.match(before, /^description=/)
        assert.match(after, /^description=가+\.\.\.$/)
        assert.ok(Buffer.byteLength(after) < 220)
    })

    test('no secret, and no name or address of an account', async () => {
        ok(await boss.request('PATCH', '/v1/users/me', { body: { name: 'The Boss', email: 'chief@example.com', password: 'another good one', currentPassword: passwordOf('boss@example.com') } }))
        const [{ what, old }] = await list('?limit=1')
        assert.deepEqual([what, old], ['user_changed', null])
        const text = JSON.stringify(ok(await gate.get('/v1/actions?limit=200')))
        for (const secret of ['another good', 'password of', 'argon2', 'chief@', apiKey.secret]) assert.ok(!text.includes(secret), secret)
    })

    test('by what happened', async () => {
        const whats = new Set((await list('?what=adjusted')).map(({ what }) => what))
        assert.deepEqual([...whats], ['adjusted'])
        invalid(await gate.get('/v1/actions?what=nothing'), 'what')
        invalid(await gate.get('/v1/actions?what=Adjusted'), 'what')
        assert.deepEqual(await list('?what=queue_changed&actor=' + nobody('user')), [])
        invalid(await gate.get(`/v1/actions?what=${'x'.repeat(41)}`), 'what')
    })

    test('that changes were followed', async () => {
        ok(await boss.get('/v1/changes?limit=1'))
        assert.deepEqual(await newest(), ['followed', null, null, null, null])
    })

    test('once, however often a request is sent under its key', async () => {
        const headers = { 'idempotency-key': 'case 7' }
        const body = { userId: ann.user.id, amount: -5, reference: 'case 7', reason: 'put right' }
        for (let i = 0; i < 2; i++) ok(await boss.request('POST', '/v1/points/adjustments', { body, headers }), 201)
        const whats = (await list(`?subject=${ann.user.id}`)).map(({ what }) => what)
        assert.equal(whats.filter(what => what === 'adjusted').length, 2) // and the one of the values before and after
    })

    test('a page at a time, between two times, after a crash too', async () => {
        const all = await list('?limit=200')
        await house.end('SIGKILL')
        await house.start()
        assert.deepEqual(await list('?limit=200'), all)
        const { items, nextCursor } = ok(await gate.get('/v1/actions?limit=2'))
        assert.deepEqual(items, all.slice(0, 2))
        assert.deepEqual(await list(`?limit=2&cursor=${nextCursor}`), all.slice(2, 4))
        assert.deepEqual(await list(`?limit=200&to=${all[0].createdAt}`), all.filter(({ createdAt }) => createdAt < all[0].createdAt))
        assert.deepEqual(await list('?from=2099-01-01T00:00:00Z'), [])
        assert.deepEqual(await list(`?actor=${ann.user.id}`), [])
        invalid(await gate.get('/v1/actions?actor=boss'), 'actor')
        for (const object of ['x', 'round', 'round_x', `tree_${'0'.repeat(26)}`])
            invalid(await gate.get(`/v1/actions?object=${object}`), 'object')
        assert.deepEqual(await list(`?object=${nobody('round')}`), [])
        invalid(await gate.get(`/v1/actions?object=${'x'.repeat(41)}`), 'object')
    })
})
