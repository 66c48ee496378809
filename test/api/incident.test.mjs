// Time that an organizer gives back after an incident.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyer,
    hold,
    makeConcert,
    makeRound,
    openHouse,
    seatsOf,
} from './support/people.mjs'

let house, organizer, ann
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
})
after(() => house.close())

const good = { addSeconds: 600, note: '결제 화면이 멈췄다' }

describe('an incident', () => {
    const wrong = [
        ['/addSeconds', { addSeconds: 29 }],
        ['/addSeconds', { addSeconds: 3601 }],
        ['/addSeconds', { addSeconds: undefined }],
        ['/note', { note: undefined }],
        ['/note', { note: '' }],
        ['/note', { note: 'n'.repeat(201) }],
    ]
    for (const [field, change] of wrong)
        test(`is not made of ${JSON.stringify(change).slice(0, 60)}`, async () => {
            invalid(await organizer.post('/v1/incidents', { ...good, ...change }), field)
        })

    test('is the organizer’s to tell', async () => {
        refused(await ann.post('/v1/incidents', good), 403, 'forbidden')
        refused(await house.anybody.post('/v1/incidents', good), 401, 'unauthenticated')
    })

    test('gives holds and turns more time, once in a minute', async () => {
        const round = await makeRound(organizer, await makeConcert(organizer))
        const token = await admitted(ann)
        const [seat] = await seatsOf(ann, round)
        const reservation = ok(await hold(ann, round, seat), 201)
        const key = { 'idempotency-key': 'incident' }
        const made = ok(await organizer.post('/v1/incidents', good, key), 201)
        const { addSeconds, note, holds, turns, callerId } = made
        assert.deepEqual({ addSeconds, note }, good)
        assert.deepEqual([holds, turns, callerId], [1, 1, organizer.user.id])
        const later = (time, now) => Date.parse(now.expiresAt) - Date.parse(time.expiresAt)
        const heldNow = ok(await ann.get(`/v1/reservations/${reservation.id}`))
        assert.equal(later(reservation, heldNow), 600_000)
        assert.equal(later(token, ok(await ann.get('/v1/queue/tokens/current'))), 600_000)

        const again = await organizer.post('/v1/incidents', good, key)
        assert.equal(again.headers['idempotency-replayed'], 'true')
        assert.deepEqual(ok(again, 201), made)
        refused(await organizer.post('/v1/incidents', good), 409, 'incident_recent')
        assert.deepEqual(ok(await ann.get(`/v1/reservations/${reservation.id}`)), heldNow)
    })
})
