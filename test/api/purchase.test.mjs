// The life of a purchase over HTTP, from an empty house to a refund, with the server stopped and
// started again in the middle. The form of each object is checked by the client.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import { House, passwordOf } from './support/house.mjs'
import { admitted, charge, fromNow, hold, openHouse, pay, signIn } from './support/people.mjs'

const DAY_MS = 86_400_000
const HOLD_SECONDS = 120

describe('a purchase', () => {
    let house, organizer, mina, concert, round, seats, token, pending, paid

    const seen = () => house.anybody
    const availability = async () => ok(await seen().get(`/v1/rounds/${round.id}/availability`))

    before(async () => {
        house = await House.open(
            { 'hold-seconds': HOLD_SECONDS, 'time-zone': 'Asia/Seoul' },
            { organizers: ['boss@example.com'] }
        )
    })
    after(() => house.close())

    test('an organizer made on the command line signs in', async () => {
        organizer = await signIn(house, 'boss@example.com')
        assert.equal(organizer.user.role, 'organizer')
        assert.equal(organizer.user.email, 'boss@example.com')
    })

    test('a buyer signs up, with the e-mail in any case, and signs in', async () => {
        const body = { name: '김민아', email: 'Mina@Example.com', password: passwordOf('mina') }
        const user = ok(await seen().post('/v1/users', body), 201)
        assert.deepEqual([user.name, user.role, user.externalId], ['김민아', 'buyer', null])
        assert.equal(user.email, 'mina@example.com')
        mina = await signIn(house, 'MINA@example.COM', passwordOf('mina'))
        assert.deepEqual(mina.user, user)
        assert.deepEqual(ok(await mina.get('/v1/users/me')), user)
        assert.equal(ok(await mina.get('/v1/points')).balance, 0)
    })

    test('the house tells its settings', async () => {
        const settings = ok(await seen().get('/v1/settings'))
        assert.ok(Math.abs(Date.parse(settings.serverTime) - Date.now()) < 60_000)
        delete settings.serverTime
        assert.equal(Buffer.from(settings.ticketKey, 'base64').length, 32)
        delete settings.ticketKey
        assert.deepEqual(settings, {
            timeZone: 'Asia/Seoul',
            currency: 'KRW',
            currencyDigits: 0,
            languages: ['en', 'ko'],
            topUpUrl: null,
            charging: 'open',
            registration: 'open',
            holdSeconds: HOLD_SECONDS,
            extendSeconds: 180,
            maxSeatsPerReservation: 4,
            maxSeatsPerUser: 4,
            refundUntilSeconds: 86400,
        })
    })

    test('the organizer makes a concert, with times of any offset', async () => {
        const body = {
            title: 'Winter songs',
            description: '',
            reservationOpenAt: '2020-01-01T09:00:00+09:00',
            reservationCloseAt: fromNow(20 * DAY_MS),
        }
        concert = ok(await organizer.post('/v1/concerts', body), 201)
        assert.equal(concert.reservationOpenAt, '2020-01-01T00:00:00.000Z')
        assert.equal(concert.reservationCloseAt, body.reservationCloseAt)
        assert.deepEqual(ok(await seen().get(`/v1/concerts/${concert.id}`)), concert)
        assert.deepEqual(ok(await seen().get('/v1/concerts')), {
            items: [concert],
            nextCursor: null,
        })
        const title = 'Winter songs, again'
        concert = ok(await organizer.patch(`/v1/concerts/${concert.id}`, { title }))
        assert.equal(concert.title, title)
        assert.deepEqual(ok(await seen().get(`/v1/concerts/${concert.id}`)), concert)
    })

    test('and a round of two sections', async () => {
        const sections = [
            { name: 'STALLS', rows: 2, seatsPerRow: 3, price: 700, grade: 'R' },
            { name: 'BALCONY', rows: 1, seatsPerRow: 2, price: 300 },
        ]
        const body = { startTime: fromNow(30 * DAY_MS), sections }
        round = ok(await organizer.post(`/v1/concerts/${concert.id}/rounds`, body), 201)
        assert.deepEqual(round, {
            id: round.id,
            concertId: concert.id,
            startTime: body.startTime,
            status: 'scheduled',
            totalSeatCnt: 8,
            paused: false,
            doorsAt: null,
            endsAt: null,
            movedFrom: null,
            availableSeatCnt: 8,
        })
        assert.deepEqual(ok(await seen().get(`/v1/rounds/${round.id}`)), round)
        const rounds = ok(await seen().get(`/v1/concerts/${concert.id}/rounds`))
        assert.deepEqual(rounds, { items: [round], nextCursor: null })
    })

    test('everybody sees the seats, the map and what is free', async () => {
        seats = ok(await seen().get(`/v1/rounds/${round.id}/seats`)).items
        const numbers = [
            'STALLS-1-1',
            'STALLS-1-2',
            'STALLS-1-3',
            'STALLS-2-1',
            'STALLS-2-2',
            'STALLS-2-3',
        ]
        assert.deepEqual(
            seats.map(seat => seat.seatNumber),
            [...numbers, 'BALCONY-1-1', 'BALCONY-1-2']
        )
        assert.deepEqual(seats[4], {
            id: seats[4].id,
            concertRoundId: round.id,
            seatNumber: 'STALLS-2-2',
            section: 'STALLS',
            row: '2',
            number: '2',
            grade: 'R',
            price: 700,
            status: 'available',
            x: null,
            y: null,
            accessible: false,
            companion: false,
            restrictedView: false,
        })
        assert.equal(seats[6].grade, null)
        const map = ok(await seen().get(`/v1/rounds/${round.id}/map`))
        assert.equal(map.roundId, round.id)
        for (const [column, values] of Object.entries(map))
            if (column !== 'roundId')
                assert.deepEqual(
                    values,
                    seats.map(seat => seat[column])
                )
        const { version, ...state } = await availability()
        assert.deepEqual(state, {
            roundId: round.id,
            planVersion: 1,
            available: 8,
            held: 0,
            sold: 0,
            blocked: 0,
            nextReturnAt: null,
            returnedLastMinute: 0,
            seats: 'aaaaaaaa',
        })
        assert.ok(version > 0)
    })

    test('the buyer lines up and is let in', async () => {
        const joined = ok(await mina.post('/v1/queue/tokens'), 201)
        assert.deepEqual([joined.userId, joined.number], [mina.user.id, 1])
        token = await admitted(mina)
        assert.deepEqual([token.id, token.number, token.ahead], [joined.id, 1, 0])
        assert.deepEqual(
            [token.reason, token.estimatedWaitSeconds, token.pollAfterMs],
            [null, null, 5000]
        )
        assert.equal(Date.parse(token.expiresAt) - Date.parse(token.activateAt), 600_000)
        const queue = ok(await seen().get('/v1/queue'))
        assert.deepEqual(
            [queue.status, queue.serving, queue.lastNumber, queue.waiting, queue.active],
            ['open', 1, 1, 0, 1]
        )
    })

    test('holds two seats for a while', async () => {
        const before = await availability()
        pending = ok(await hold(mina, round, seats[1], seats[2]), 201)
        assert.deepEqual(pending, {
            id: pending.id,
            userId: mina.user.id,
            concertId: concert.id,
            roundId: round.id,
            status: 'pending',
            seats: [
                { seatId: seats[1].id, seatNumber: 'STALLS-1-2', price: 700 },
                { seatId: seats[2].id, seatNumber: 'STALLS-1-3', price: 700 },
            ],
            tickets: [],
            amount: 1400,
            usedPoints: 0,
            paymentId: null,
            reservedAt: pending.reservedAt,
            expiresAt: pending.expiresAt,
            extendedAt: null,
            refundableUntil: new Date(Date.parse(round.startTime) - DAY_MS).toISOString(),
            movedFrom: null,
            freeCancelUntil: null,
            reason: null,
            calendarUrl: null,
            cancelledAt: null,
            cancelReason: null,
        })
        assert.equal(
            Date.parse(pending.expiresAt) - Date.parse(pending.reservedAt),
            HOLD_SECONDS * 1000
        )
        const now = await availability()
        assert.deepEqual([now.seats, now.available, now.held], ['ahhaaaaa', 6, 2])
        assert.ok(now.version > before.version)
        assert.equal(ok(await seen().get(`/v1/rounds/${round.id}`)).availableSeatCnt, 6)
    })

    test('is short of points, and keeps the hold', async () => {
        const problem = refused(await pay(mina, pending), 402, 'insufficient_points')
        assert.deepEqual([problem.balance, problem.required], [0, 1400])
        const failed = ok(await mina.get(`/v1/payments/${problem.paymentId}`))
        assert.deepEqual([failed.status, failed.amount, failed.paidAt], ['failed', 1400, null])
        assert.equal(failed.reservationId, pending.id)
        assert.deepEqual(ok(await mina.get(`/v1/reservations/${pending.id}`)), pending)
    })

    test('after the machine was switched off, everything is found again', async () => {
        const before = await availability()
        await house.restart()
        assert.deepEqual(ok(await mina.get('/v1/users/me')), mina.user)
        assert.deepEqual(ok(await seen().get(`/v1/concerts/${concert.id}`)), concert)
        assert.deepEqual(ok(await mina.get(`/v1/reservations/${pending.id}`)), pending)
        assert.equal(ok(await mina.get('/v1/queue/tokens/current')).id, token.id)
        assert.equal(ok(await mina.get('/v1/payments')).items[0].status, 'failed')
        const now = await availability()
        assert.equal(now.seats, before.seats)
        assert.ok(now.version >= before.version)
    })

    test('charges, and pays', async () => {
        const entry = await charge(mina, 2000)
        assert.deepEqual(
            [entry.kind, entry.amount, entry.balance, entry.paymentId],
            ['charge', 2000, 2000, null]
        )
        paid = ok(await pay(mina, pending), 201)
        assert.deepEqual([paid.status, paid.amount, paid.cancelledAt], ['succeeded', 1400, null])
        assert.deepEqual([paid.userId, paid.reservationId], [mina.user.id, pending.id])
        assert.notEqual(paid.paidAt, null)
        const reservation = ok(await mina.get(`/v1/reservations/${pending.id}`))
        assert.deepEqual(reservation, {
            ...pending,
            status: 'confirmed',
            calendarUrl: reservation.calendarUrl,
            tickets: reservation.tickets,
            usedPoints: 1400,
            paymentId: paid.id,
        })
        assert.match(reservation.calendarUrl, /\/calendar\.ics\?key=[\w-]{22}$/)
        assert.deepEqual(
            reservation.tickets.map(({ seatNumber, status }) => [seatNumber, status]),
            [
                ['STALLS-1-2', 'valid'],
                ['STALLS-1-3', 'valid'],
            ]
        )
        assert.equal((await availability()).seats, 'assaaaaa')
        assert.equal(ok(await mina.get('/v1/points')).balance, 600)
    })

    test('which ends the turn', async () => {
        const ended = ok(await mina.get(`/v1/queue/tokens/${token.id}`))
        assert.deepEqual(
            [ended.status, ended.reason, ended.pollAfterMs],
            ['expired', 'finished', null]
        )
        refused(await mina.get('/v1/queue/tokens/current'), 404, 'not_found')
    })

    test('finds it in the lists', async () => {
        const mine = ok(await mina.get('/v1/reservations?status=confirmed'))
        assert.deepEqual(
            mine.items.map(item => item.id),
            [pending.id]
        )
        assert.equal(mine.nextCursor, null)
        assert.deepEqual(ok(await mina.get('/v1/reservations?status=pending')).items, [])
        assert.deepEqual(
            ok(await mina.get('/v1/payments')).items.filter(item => item.status === 'succeeded'),
            [paid]
        )
    })

    test('cancels with a refund', async () => {
        const cancelled = ok(await mina.post(`/v1/reservations/${pending.id}/cancel`))
        assert.deepEqual([cancelled.status, cancelled.cancelReason], ['cancelled', 'buyer'])
        assert.notEqual(cancelled.cancelledAt, null)
        const payment = ok(await mina.get(`/v1/payments/${paid.id}`))
        assert.equal(payment.status, 'cancelled')
        assert.notEqual(payment.cancelledAt, null)
        assert.equal((await availability()).seats, 'aaaaaaaa')
        assert.deepEqual(
            ok(await mina.post(`/v1/reservations/${pending.id}/cancel`, {})),
            cancelled
        )
        assert.equal(ok(await mina.get('/v1/points')).balance, 2000)
    })

    test('and the ledger tells it all, newest first', async () => {
        const { items } = ok(await mina.get('/v1/points/entries'))
        assert.deepEqual(
            items.map(({ kind, amount, balance, paymentId }) => [kind, amount, balance, paymentId]),
            [
                ['refund', 1400, 2000, paid.id],
                ['payment', -1400, 600, paid.id],
                ['charge', 2000, 2000, null],
            ]
        )
    })

    test('still so after another restart, and the books are right', async () => {
        const listed = async () => [
            ok(await mina.get('/v1/points/entries')),
            ok(await mina.get('/v1/payments')),
            ok(await mina.get('/v1/reservations')),
            ok(await mina.get(`/v1/queue/tokens/${token.id}`)),
            ok(await seen().get(`/v1/rounds/${round.id}/seats`)),
        ]
        const before = await listed()
        await house.restart()
        assert.deepEqual(await listed(), before)
        await house.stop()
        await house.check()
        await house.start()
        assert.equal(ok(await mina.post('/v1/queue/tokens'), 201).number, 2)
    })
})

describe('public answers', () => {
    let house, paths
    before(async () => {
        const opened = await openHouse()
        const { organizer } = opened
        house = opened.house
        const concert = ok(
            await organizer.post('/v1/concerts', {
                title: 'x',
                description: 'y',
                reservationOpenAt: fromNow(-DAY_MS),
                reservationCloseAt: fromNow(DAY_MS),
            }),
            201
        )
        const seats = [
            { seatNumber: 'wide', price: 0, section: 'S', row: 'R', number: 'N', grade: 'G' },
            { seatNumber: 'placed', price: 100000000, x: -1.5, y: 2, accessible: true },
        ]
        const plain = { accessible: false, companion: false, restrictedView: false }
        const body = { startTime: fromNow(2 * DAY_MS), seats }
        const round = ok(await organizer.post(`/v1/concerts/${concert.id}/rounds`, body), 201)
        const listed = ok(await house.anybody.get(`/v1/rounds/${round.id}/seats`)).items
        assert.deepEqual(
            listed.map(({ id, concertRoundId, status, ...rest }) => rest),
            [
                { ...plain, ...seats[0], x: null, y: null },
                { ...plain, ...seats[1], section: null, row: null, number: null, grade: null },
            ]
        )
        paths = [
            '/v1/queue',
            '/v1/concerts',
            `/v1/concerts/${concert.id}`,
            `/v1/concerts/${concert.id}/rounds`,
            `/v1/rounds/${round.id}`,
            `/v1/rounds/${round.id}/seats`,
            `/v1/rounds/${round.id}/map`,
            `/v1/rounds/${round.id}/availability`,
        ]
    })
    after(() => house.close())

    test('answer 304 to who has them', async () => {
        for (const path of paths) {
            const whole = await house.anybody.get(path)
            const { etag } = whole.headers
            for (const held of [etag, `"other", ${etag}`, '*']) {
                const answer = await house.anybody.get(path, { 'if-none-match': held })
                assert.equal(answer.status, 304, `${path} ${held}`)
                assert.equal(answer.headers.etag, etag)
                assert.equal(answer.headers['cache-control'], whole.headers['cache-control'])
            }
            ok(await house.anybody.get(path, { 'if-none-match': '"other"' }))
        }
    })

    test('answer HEAD as GET, without the body', async () => {
        for (const path of paths) {
            const get = await house.anybody.get(path)
            const head = await house.anybody.head(path)
            assert.equal(head.status, 200, path)
            assert.equal(head.text, '')
            for (const name of ['content-length', 'content-type', 'etag', 'cache-control'])
                assert.equal(head.headers[name], get.headers[name], `${path} ${name}`)
            assert.equal(get.headers['content-length'], String(Buffer.byteLength(get.text)))
        }
    })

    test('say how long they may be kept', async () => {
        const age = async path => (await house.anybody.get(path)).headers['cache-control']
        assert.equal(await age('/v1/queue'), 'public, max-age=1')
        assert.equal(await age(paths.at(-1)), 'public, max-age=1')
        assert.match(await age(paths.at(-2)), /\bmax-age=300\b/)
        assert.match((await house.anybody.get(paths.at(-2))).headers.etag, /^"/)
    })
})
