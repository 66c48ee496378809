// What a round has sold, in parts: GET /v1/rounds/{id}/sales?by= and GET /v1/exports/sales.csv.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buy,
    buyers,
    charge,
    fromNow,
    makeConcert,
    nobody,
    openHouse,
    seatsOf,
} from './support/people.mjs'

const DAY_MS = 86_400_000
const zone = 'Asia/Kolkata' // whose hours begin at half past

let house, organizer, ann, bob, round, cancelled
before(async () => {
    ;({ house, organizer } = await openHouse({ 'time-zone': zone, 'refund-until-seconds': 0 }))
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    await Promise.all([charge(ann, 1000), charge(bob, 1000)])
    const concert = await makeConcert(organizer)
    round = ok(
        await organizer.post(`/v1/concerts/${concert.id}/rounds`, {
            startTime: fromNow(10 * DAY_MS),
            sections: [
                { name: 'A', rows: 1, seatsPerRow: 2, price: 100, grade: 'VIP' },
                { name: 'B', rows: 1, seatsPerRow: 2, price: 40, grade: 'R' },
                { name: 'C', rows: 1, seatsPerRow: 2, price: 30 },
            ],
        }),
        201
    )
    const seats = await seatsOf(organizer, round)
    await buy(ann, round, seats[0], seats[2], seats[4])
    cancelled = await buy(bob, round, seats[1], seats[3])
    ok(await bob.post(`/v1/reservations/${cancelled.id ?? cancelled.reservationId}/cancel`))
})
after(() => house.close())

const breakdown = by => organizer.get(`/v1/rounds/${round.id}/sales?by=${by}`)
const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0)

describe('the parts', () => {
    test('by grade and by section', async () => {
        const part = (key, gross, refunded) =>
            ({ key, start: null, sold: 1, gross, refunded, net: gross - refunded })
        assert.deepEqual(ok(await breakdown('grade')), {
            roundId: round.id,
            by: 'grade',
            rows: [part(null, 30, 0), part('R', 80, 40), part('VIP', 200, 100)],
        })
        assert.deepEqual(ok(await breakdown('section')).rows, [
            part('A', 200, 100),
            part('B', 80, 40),
            part('C', 30, 0),
        ])
    })

    test('by day and by hour of the house', async () => {
        const shown = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
        })
        for (const [by, clock] of [['day', /^00:00$/], ['hour', /^\d\d:00$/]]) {
            const { rows } = ok(await breakdown(by))
            assert.ok(rows.length >= 1)
            for (const { key, start } of rows) {
                assert.equal(key, null)
                assert.match(shown.format(new Date(start)), clock)
                assert.ok(Date.parse(start) <= Date.now())
            }
        }
    })

    test('together are the round’s sales', async () => {
        const whole = ok(await organizer.get(`/v1/rounds/${round.id}/sales`))
        for (const by of ['grade', 'section', 'day', 'hour']) {
            const { rows } = ok(await breakdown(by))
            assert.equal(sum(rows, 'sold'), whole.sold, by)
            assert.equal(sum(rows, 'net'), whole.revenue, by)
            assert.equal(sum(rows, 'gross') - sum(rows, 'refunded'), whole.revenue, by)
        }
    })

    test('come as CSV', async () => {
        const csv = await organizer.get(`/v1/exports/sales.csv?roundId=${round.id}&by=grade`)
        assert.equal(csv.status, 200)
        assert.deepEqual(csv.text.split('\r\n'), [
            '\ufeffkey,start,sold,gross,refunded,net',
            ',,1,30,0,30',
            'R,,1,80,40,40',
            'VIP,,1,200,100,100',
            '',
        ])
        const days = await organizer.get(`/v1/exports/sales.csv?roundId=${round.id}`)
        assert.match(days.text, /^\ufeffkey,start,.*\r\n,2/)
    })

    test('are none where nothing was sold', async () => {
        const concert = await makeConcert(organizer)
        const other = ok(
            await organizer.post(`/v1/concerts/${concert.id}/rounds`, {
                startTime: fromNow(10 * DAY_MS),
                sections: [{ name: 'A', rows: 1, seatsPerRow: 1, price: 1 }],
            }),
            201
        )
        assert.deepEqual(ok(await organizer.get(`/v1/rounds/${other.id}/sales?by=day`)).rows, [])
    })
})

test('what is refused', async () => {
    invalid(await breakdown('row'), 'by')
    invalid(await organizer.get('/v1/exports/sales.csv'), 'roundId')
    invalid(await organizer.get('/v1/exports/sales.csv?roundId=x'), 'roundId')
    invalid(await organizer.get(`/v1/exports/sales.csv?roundId=${round.id}&by=row`), 'by')
    refused(await ann.get(`/v1/rounds/${round.id}/sales?by=day`), 403, 'forbidden')
    refused(await ann.get(`/v1/exports/sales.csv?roundId=${round.id}`), 403, 'forbidden')
    const unknown = nobody('round')
    refused(await organizer.get(`/v1/rounds/${unknown}/sales?by=day`), 404, 'not_found')
    refused(await organizer.get(`/v1/exports/sales.csv?roundId=${unknown}`), 404, 'not_found')
})

test('more parts than an answer tells are refused', async t => {
    const settings = {
        'max-seats-per-reservation': 20,
        'max-seats-per-user': 1000,
        'hold-seconds': 3600,
    }
    const { house: large, organizer: boss } = await openHouse(settings)
    t.after(() => large.close())
    const people = await buyers(large, 'cho', 'dan', 'eve')
    const concert = await makeConcert(boss)
    const parts = 2001
    const hall = ok(
        await boss.post(`/v1/concerts/${concert.id}/rounds`, {
            startTime: fromNow(10 * DAY_MS),
            seats: Array.from({ length: parts }, (_, i) => ({
                seatNumber: `${i}`, price: 1, section: `section ${i}`, grade: 'S',
            })),
        }),
        201
    )
    for (const person of people) await charge(person, parts)
    for (let from = 0; from < parts; from += 20) {
        const person = people[Math.floor(from / 1000)]
        await admitted(person)
        const seats = Array.from({ length: Math.min(20, parts - from) }, (_, i) => from + i)
        const held = ok(
            await person.post('/v1/reservations', {
                roundId: hall.id, seats, planVersion: 1,
            }),
            201
        )
        ok(await person.post('/v1/payments', { reservationId: held.id }), 201)
    }
    refused(await boss.get(`/v1/rounds/${hall.id}/sales?by=section`), 409, 'too_many_parts')
    refused(await boss.get(`/v1/exports/sales.csv?roundId=${hall.id}&by=section`), 409, 'too_many_parts')
    const { rows } = ok(await boss.get(`/v1/rounds/${hall.id}/sales?by=grade`))
    assert.deepEqual(rows, [
        { key: 'S', start: null, sold: parts, gross: parts, refunded: 0, net: parts },
    ])
})
