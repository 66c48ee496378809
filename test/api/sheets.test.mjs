// Rounds whose seats come as CSV.

import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'

import { Client, ok, refused } from './support/client.mjs'
import { buyers, fromNow, makeConcert, nobody, openHouse, seatsOf } from './support/people.mjs'
import { until } from './support/wait.mjs'

const DAY_MS = 86_400_000
const START = encodeURIComponent(fromNow(30 * DAY_MS))

let house, organizer, concert, ann
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann] = await buyers(house, 'ann')
    concert = await makeConcert(organizer)
})
after(() => house.close())

const path = (query = `?startTime=${START}`) => `/v1/concerts/${concert.id}/rounds${query}`
const send = (text, { client = organizer, query, headers = {} } = {}) =>
    client.request('POST', path(query), { raw: text, headers: { 'content-type': 'text/csv', ...headers } })
const told = ({ errors }) => errors.map(({ field, line, column, message }) => [line, column ?? null, field, message])
const wrong = async text => told(refused(await send(text), 422, 'invalid_field'))

describe('a round is made of CSV', () => {
    test('with all columns, in the order of the lines', async () => {
        const text = [
            '\ufeffsection,row,number,price,grade,x,y,accessible,companion',
            '1층,A,1,99000,VIP,1.5,-2,true,',
            '1층,A,2,99000,"V""I,P",2.5,-2,FALSE,1',
            '',
            ',,,5000,,,,0,false',
            ',,,,,,,,',
            'B,"2,3", 4 ,0,,,,,',
        ].join('\r\n')
        for (const raw of [text, `${text}\r\n`, text.replaceAll('\r\n', '\n')]) {
            const round = ok(await send(raw), 201)
            assert.equal(round.totalSeatCnt, 3 + 1)
            const seats = await seatsOf(ann, round)
            assert.deepEqual(
                seats.map(seat => [seat.seatNumber, seat.section, seat.row, seat.number, seat.price, seat.grade]),
                [
                    ['1층-A-1', '1층', 'A', '1', 99_000, 'VIP'],
                    ['1층-A-2', '1층', 'A', '2', 99_000, 'V"I,P'],
                    ['1', null, null, null, 5000, null],
                    ['B-2,3-4', 'B', '2,3', '4', 0, null],
                ]
            )
            assert.deepEqual([seats[0].x, seats[0].y, seats[2].x], [1.5, -2, null])
            assert.deepEqual(seats.map(seat => seat.accessible), [true, false, false, false])
            assert.deepEqual(seats.map(seat => seat.companion), [false, true, false, false])
        }
    })

    test('with seatNumber and restrictedView, in any order of the columns', async () => {
        const round = ok(await send('price,restrictedView,seatNumber\r7,true,Loge 1\r8,,\'=1\r9,,\'\'=1\r9,,\'90'), 201)
        const seats = await seatsOf(ann, round)
        assert.deepEqual(
            seats.map(seat => [seat.seatNumber, seat.price, seat.restrictedView]),
            [
                ['Loge 1', 7, true],
                ['=1', 8, false],
                ["'=1", 9, false],
                ["'90", 9, false],
            ]
        )
    })

    test('of many seats, sent in pieces', async () => {
        const lines = Array.from({ length: 30_000 }, (_, i) => `S${Math.floor(i / 1000)},${Math.floor(i / 50) % 20},${i % 50},${i}\n`)
        const pieces = ['section,row,number,price\n']
        for (let i = 0; i < lines.length; i += 5000) pieces.push(lines.slice(i, i + 5000).join(''))
        const round = ok(await send(pieces), 201)
        assert.equal(round.totalSeatCnt, 30_000)
        const { items } = ok(await ann.get(`/v1/rounds/${round.id}/seats?limit=2`))
        assert.deepEqual(items.map(seat => seat.seatNumber), ['S0-0-0', 'S0-0-1'])
    })

    test('not of more seats than a round may have', async () => {
        const text = `price\n${'1\n'.repeat(200_002)}`
        assert.deepEqual(await wrong(text), [[200_002, null, '', 'is past the 200000 seats that a round may have']])
    })

    test('once under a key, which is of this CSV and this time', async () => {
        const headers = { 'idempotency-key': 'sheet 1' }
        const first = ok(await send('row,price\nA,1\n', { headers }), 201)
        const again = await send('row,price\nA,1\n', { headers })
        assert.equal(ok(again, 201).id, first.id)
        assert.equal(again.headers['idempotency-replayed'], 'true')
        refused(await send('row,price\nA,2\n', { headers }), 422, 'idempotency_key_reused')
        const query = `?startTime=${encodeURIComponent(fromNow(31 * DAY_MS))}`
        refused(await send('row,price\nA,1\n', { headers, query }), 422, 'idempotency_key_reused')
    })
})

describe('what is wrong with it is told by line and column', () => {
    test('in cells', async () => {
        const long = 'x'.repeat(65)
        const text = `section,row,number,price,grade,x,y,accessible
A,1,1,,,,,
A,1,2,1.5,,,,
A,1,3,-1,,1000001,0,maybe
A,1,4,ten,,1,,
${long},1,5,1,,,,
A,1,6,1,,,,,,extra
,${'y'.repeat(40)},${'z'.repeat(40)},1,,,,
A,1,7,1,"R""
`
        assert.deepEqual(await wrong(text), [
            [2, 4, 'price', 'is missing'],
            [3, 4, 'price', 'must be an integer'],
            [4, 4, 'price', 'must be from 0 to 100000000'],
            [4, 6, 'x', 'must be from -1000000 to 1000000'],
            [4, 8, 'accessible', 'must be true or false'],
            [5, 4, 'price', 'must be an integer'],
            [5, 7, 'y', 'is missing: a place has both'],
            [6, 1, 'section', 'must have 1 to 64 characters'],
            [7, 10, '', 'is past the last column'],
            [8, null, '', 'has section, row and number of more than 64 characters with what is between'],
            [9, 5, 'grade', 'has no closing quote'],
        ])
    })

    test('in the form of CSV, and of UTF-8', async () => {
        assert.deepEqual(await wrong('row,price\nA"B,1\n"A"B,1\nA\0,1\n'), [
            [2, 1, 'row', 'has a quote, and does not stand in quotes'],
            [3, 1, 'row', 'has something behind its closing quote'],
            [4, 1, 'row', 'must not contain U+0000'],
        ])
        assert.deepEqual(await wrong(`row,price\n${'x'.repeat(1025)},1\n`), [[2, 1, 'row', 'must have at most 1024 bytes']])
        assert.deepEqual(await wrong(Buffer.from([...Buffer.from('row,price\n'), 0xb0, 0xa1, ...Buffer.from(',1\n')])), [
            [2, 1, 'row', 'must be well-formed UTF-8'],
        ])
        assert.deepEqual(await wrong('price,row\n1,"a\nb"\n,c\n'), [
            [2, 2, 'row', 'must not contain control characters'],
            [4, 1, 'price', 'is missing'],
        ])
    })

    test('in the names of the columns, and then nothing else', async () => {
        assert.deepEqual(await wrong('section,Row,price,price\nA,1,1\n'), [
            [1, 2, '', 'is no column that seats have'],
            [1, 4, '', 'stands there twice'],
        ])
        assert.deepEqual(await wrong('section,row\nA,1\n'), [[1, null, 'price', 'is missing among the columns']])
        assert.deepEqual(await wrong(''), [[1, null, '', 'must have the names of the columns']])
        assert.deepEqual(await wrong('price\n'), [[1, null, '', 'must be followed by at least one seat']])
    })

    test('and seats that are one', async () => {
        const text = 'section,row,number,price\nA,1,1,1\nA,1,2,1\n\nA,1,1,1\nA-1,2,,1\n'
        assert.deepEqual(await wrong(text), [[5, null, '', 'is the seat of line 2 too']])
        assert.deepEqual(await wrong('seatNumber,row,number,price\n1,A,1,1\n2,A,1,1\n1,B,1,1\n'), [
            [3, null, '', 'is the seat of line 2 too'],
            [4, null, '', 'is the seat of line 2 too'],
        ])
    })

    test('a hundred are named, and all are counted', async () => {
        const problem = refused(await send(`price\n${'x\n'.repeat(50_000)}`), 422, 'invalid_field')
        assert.equal(problem.errors.length, 100)
        assert.equal(problem.errors[99].line, 101)
        assert.equal(problem.errorCount, 50_000)
    })
})

describe('beside it stands', () => {
    const good = 'price\n1\n'

    test('when the round begins, and only for CSV', async () => {
        for (const query of ['', '?startTime=', '?startTime=tomorrow']) {
            const { errors } = refused(await send(good, { query }), 422, 'invalid_field')
            assert.deepEqual(errors.map(({ field }) => field), ['startTime'])
        }
        const sections = [{ name: 'A', rows: 1, seatsPerRow: 1, price: 1 }]
        const json = { startTime: fromNow(DAY_MS), sections }
        const { errors } = refused(await organizer.post(path(), json), 422, 'invalid_field')
        assert.deepEqual(errors, [{ field: 'startTime', rule: 'alone', message: 'goes with text/csv alone' }])
        ok(await organizer.post(path(''), json), 201)
        refused(await send(good, { query: `?startTime=${START}&doors=1` }), 422, 'invalid_field')
        const past = encodeURIComponent(fromNow(-DAY_MS))
        const { errors: late } = refused(await send(good, { query: `?startTime=${past}` }), 422, 'invalid_field')
        assert.deepEqual(late.map(({ field }) => field), ['/startTime'])
    })

    test('its type, in UTF-8', async () => {
        for (const type of ['text/csv; charset=UTF-8', 'text/csv;header=present; charset="utf-8"', 'TEXT/CSV'])
            ok(await send(good, { headers: { 'content-type': type } }), 201)
        for (const type of ['text/csv; charset=euc-kr', 'text/csv; charset=utf-80', 'text/csvx', 'text/plain'])
            refused(await send(good, { headers: { 'content-type': type } }), 415, 'unsupported_media_type')
        refused(
            await organizer.request('POST', '/v1/plans', { raw: good, headers: { 'content-type': 'text/csv' } }),
            415,
            'unsupported_media_type'
        )
    })

    test('who may', async () => {
        refused(await send(good, { client: ann }), 403, 'forbidden')
        refused(await send(good, { client: new Client(house) }), 401, 'unauthenticated')
        const long = `price\n${'1\n'.repeat(60_000)}`
        refused(await send(long, { client: ann }), 403, 'forbidden')
    })
})

describe('the seats of a round are told as CSV', () => {
    const exported = round => organizer.get(`/v1/exports/seats.csv?roundId=${round.id}`)
    const bare = seats => seats.map(({ id: _, concertRoundId: __, ...seat }) => seat)

    test('which makes a round with the same seats', async () => {
        const seats = [
            { seatNumber: '=Loge 1', section: "'=A", row: "'1", number: '-1', price: 0, grade: 'V"I,P', x: -0.1, y: 1e-7 },
            { seatNumber: 'Café', section: ' 가구역 ', price: 100_000_000, x: 1e6, y: 0, accessible: true, companion: true },
            { seatNumber: '3', row: '+2', number: '3', price: 5, restrictedView: true },
        ]
        const json = { startTime: fromNow(DAY_MS), seats }
        const first = ok(await organizer.post(path(''), json), 201)
        const { text, headers, status } = await exported(first)
        assert.equal(status, 200)
        assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
        const again = ok(await send(text), 201)
        assert.deepEqual(bare(await seatsOf(ann, again)), bare(await seatsOf(ann, first)))
        assert.equal((await exported(again)).text, text)
    })

    test('however many there are', async () => {
        const sections = [{ name: 'A', rows: 100, seatsPerRow: 200, price: 1 }]
        const round = ok(await organizer.post(path(''), { startTime: fromNow(DAY_MS), sections }), 201)
        const lines = (await exported(round)).text.split('\r\n')
        assert.equal(lines.length, 1 + 20_000 + 1)
        assert.equal(lines[0], '\ufeffsection,row,number,price,grade,x,y,accessible,companion,restrictedView,seatNumber')
        assert.equal(lines[20_000], 'A,100,200,1,,,,false,false,false,A-100-200')
    })

    test('of a round that there is, a draft too, to who makes rounds', async () => {
        const draft = await makeConcert(organizer, { status: 'draft' })
        const sections = [{ name: 'A', rows: 1, seatsPerRow: 1, price: 1 }]
        const round = ok(await organizer.post(`/v1/concerts/${draft.id}/rounds`, { startTime: fromNow(DAY_MS), sections }), 201)
        assert.equal((await exported(round)).status, 200)
        refused(await ann.get(`/v1/exports/seats.csv?roundId=${round.id}`), 403, 'forbidden')
        refused(await exported({ id: nobody('round') }), 404, 'not_found')
        for (const query of ['', '?roundId=x', `?roundId=${concert.id}`])
            refused(await organizer.get(`/v1/exports/seats.csv${query}`), 422, 'invalid_field')
    })

    test('and a client that leaves gives its place back', async () => {
        const sections = [{ name: 'A', rows: 200, seatsPerRow: 200, price: 1 }]
        const round = ok(await organizer.post(path(''), { startTime: fromNow(DAY_MS), sections }), 201)
        const { hostname, port } = new URL(house.url)
        for (let i = 0; i < 12; i++)
            await new Promise((resolve, reject) => {
                const socket = net.connect({ port: Number(port), host: hostname })
                socket.on('error', reject)
                socket.on('close', resolve)
                socket.once('data', () => socket.destroy())
                socket.write(
                    `GET /v1/exports/seats.csv?roundId=${round.id} HTTP/1.1\r\nHost: usher\r\n` +
                        `Authorization: Bearer ${organizer.token}\r\n\r\n`
                )
            })
        await until('a place', async () => (await exported(round)).status === 200)
    })
})
