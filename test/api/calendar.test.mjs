// The calendar file of a reservation: for whoever knows its address, and as its round is by then.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import { admitted, buy, buyer, fromNow, hold, makeConcert, makeRound, nobody, openHouse, seatsOf } from './support/people.mjs'

const DAY_MS = 86_400_000
const title = `${'아주 긴 밤의 노래, '.repeat(12)}with \\ and ; in it`

describe('a calendar file', () => {
    let house, boss, ann, round, reservation
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ann = await buyer(house, 'ann', 100_000)
        round = await makeRound(boss, await makeConcert(boss, { title, place: 'Hall 1, 2nd floor' }))
        const seats = await seatsOf(ann, round)
        await buy(ann, round, ...seats.slice(0, 3))
        reservation = ok(await ann.get('/v1/reservations')).items[0]
    })
    after(() => house.close())

    // What a program reads that knows RFC 5545: its lines unfolded, each a name and a value.
    const read = async () => {
        const { calendarUrl } = ok(await ann.get(`/v1/reservations/${reservation.id}`))
        assert.equal(calendarUrl, reservation.calendarUrl)
        const answer = await fetch(house.url + calendarUrl)
        assert.equal(answer.status, 200)
        assert.equal(answer.headers.get('content-type'), 'text/calendar; charset=utf-8')
        assert.equal(answer.headers.get('cache-control'), 'no-store')
        const text = await answer.text()
        for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line)
        assert.ok(text.endsWith('END:VEVENT\r\nEND:VCALENDAR\r\n'))
        const lines = text.replaceAll('\r\n ', '').trimEnd().split('\r\n')
        return Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
    }
    const utc = time => time.replace(/[-:]|\.\d+/g, '')

    test('tells the show, the seats and the time in UTC', async () => {
        const { DTSTAMP, ...event } = await read()
        assert.match(DTSTAMP, /^\d{8}T\d{6}Z$/)
        assert.deepEqual(event, {
            BEGIN: 'VEVENT',
            VERSION: '2.0',
            PRODID: '-//usher//tickets//EN',
            UID: reservation.id,
            SEQUENCE: '0',
            STATUS: 'CONFIRMED',
            DTSTART: utc(round.startTime),
            SUMMARY: title.replace(/[\\;,]/g, '\\$&'),
            LOCATION: 'Hall 1\\, 2nd floor',
            DESCRIPTION: reservation.seats.map(({ seatNumber }) => seatNumber).join('\\, '),
            END: 'VCALENDAR',
        })
    })

    test('has an address that nobody guesses, and none before it is paid for', async () => {
        const [path, key] = reservation.calendarUrl.split('?key=')
        const other = (key[0] === 'A' ? 'B' : 'A') + key.slice(1)
        refused(await house.anybody.get(path), 404, 'not_found')
        refused(await house.anybody.get(`${path}?key=${other}`), 404, 'not_found')
        refused(await house.anybody.get(`${path}?key=${key.slice(1)}`), 404, 'not_found')
        refused(await house.anybody.get(`${path}?key=${key}x`), 422, 'invalid_field')
        refused(await house.anybody.get(`/v1/reservations/${nobody('reservation')}/calendar.ics?key=${key}`), 404, 'not_found')
        const seats = await seatsOf(ann, round)
        await admitted(ann)
        const held = ok(await hold(ann, round, seats[5]), 201)
        assert.equal(held.calendarUrl, null)
        ok(await ann.post(`/v1/reservations/${held.id}/cancel`))
    })

    test('follows a round that is moved, each time', async () => {
        for (const moves of [1, 2]) {
            const startTime = fromNow((20 + moves) * DAY_MS)
            const reason = { texts: { ko: '태풍', en: 'A storm' } }
            const body = { startTime, freeCancelUntil: startTime, reason, endsAt: fromNow((21 + moves) * DAY_MS) }
            const moved = ok(await boss.post(`/v1/rounds/${round.id}/move`, body))
            const event = await read()
            assert.deepEqual(
                [event.SEQUENCE, event.DTSTART, event.DTEND],
                [`${moves}`, utc(moved.startTime), utc(moved.endsAt)]
            )
        }
    })

    test('says that it is cancelled, and is still there', async () => {
        ok(await ann.post(`/v1/reservations/${reservation.id}/cancel`))
        assert.equal((await read()).STATUS, 'CANCELLED')
    })
})
