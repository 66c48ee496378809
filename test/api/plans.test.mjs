// Seating plans that the house keeps, and rounds that are made of them.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { buyers, fromNow, makeConcert, nobody, openHouse, seatsOf } from './support/people.mjs'

const DAY_MS = 86_400_000

let house, organizer, concert, ann
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann] = await buyers(house, 'ann')
    concert = await makeConcert(organizer)
})
after(() => house.close())

// Two rows of which one has no positions and no numbers; a price is the round's to say.
const hall = {
    format: 'usher-plan/1',
    scale: 10,
    prices: [
        { grade: 'VIP', price: 99000 },
        { grade: 'R', price: null },
    ],
    rows: [
        {
            section: '가구역',
            row: '1',
            count: 3,
            firstNumber: 7,
            prices: [
                { price: 0, count: 2 },
                { price: 1, count: 1 },
            ],
            x: [15, 10, 10],
            y: [-20, 0, 5],
            accessible: [0],
            companion: [1],
            restrictedView: [2],
        },
        { section: '스탠딩', count: 2, prices: [{ price: 1, count: 2 }] },
        { section: 'B', row: 'A', count: 2, numbers: ['12a', null], prices: [{ price: 1, count: 2 }] },
    ],
}

const store = (plan = hall, name = 'The hall') => organizer.post('/v1/plans', { name, plan })
const put = (id, body, tag) =>
    organizer.request('PUT', `/v1/plans/${id}`, { body, headers: { 'if-match': tag } })
const makeRound = (body, headers) =>
    organizer.post(
        `/v1/concerts/${concert.id}/rounds`,
        { startTime: fromNow(30 * DAY_MS), ...body },
        headers
    )
const wrong = (plan, field) =>
    store({ ...hall, ...plan }).then(answer => invalid(answer, `/plan${field}`))
const inRow = (row, field) =>
    wrong({ rows: [{ section: 'A', row: '1', count: 2, ...row }] }, `/rows/0${field}`)

describe('a plan that the house keeps', () => {
    test('is made, listed, shown, and goes', async () => {
        const made = await store()
        const plan = ok(made, 201)
        assert.equal(made.headers.location, `/v1/plans/${plan.id}`)
        assert.equal(made.headers.etag, '"1"')
        assert.deepEqual([plan.name, plan.version, plan.seatCount], ['The hall', 1, 7])
        assert.equal(ok(await organizer.get('/v1/plans')).items[0].id, plan.id)
        const shown = await organizer.get(`/v1/plans/${plan.id}`)
        assert.equal(shown.headers.etag, '"1"')
        const { rows, prices, scale, bounds } = ok(shown).plan
        assert.deepEqual(prices, hall.prices)
        assert.equal(scale, 100)
        assert.deepEqual(bounds, { left: 150, top: -200, right: 350, bottom: -150 })
        assert.deepEqual(
            rows.map(row => [row.section, row.row, row.first, row.count, row.firstNumber, row.numbers]),
            [
                ['가구역', '1', 0, 3, 7, []],
                ['스탠딩', null, 3, 2, null, []],
                ['B', 'A', 5, 2, null, ['12a', null]],
            ]
        )
        assert.deepEqual([rows[0].accessible, rows[0].companion, rows[0].restrictedView], [[0], [1], [2]])
        ok(await organizer.delete(`/v1/plans/${plan.id}`), 204)
        refused(await organizer.get(`/v1/plans/${plan.id}`), 404, 'not_found')
        refused(await organizer.delete(`/v1/plans/${plan.id}`), 404, 'not_found')
    })

    test('leaves seats without a grade to the round, which names them by nothing', async () => {
        const plan = { rows: [{ section: 'A', count: 2 }] }
        const { id } = ok(await organizer.post('/v1/plans', { name: 'No grade', plan }), 201)
        invalid(await makeRound({ planId: id }), '/prices')
        const round = ok(await makeRound({ planId: id, prices: { '': 5 } }), 201)
        ok(await organizer.patch(`/v1/rounds/${round.id}`, { prices: { '': 6 } }), 204)
        const { prices } = ok(await organizer.get(`/v1/rounds/${round.id}/plan`))
        assert.deepEqual(prices.map(({ grade, price }) => [grade, price]), [[null, 6]])
    })

    test('is taken back as it is shown, and as a round shows it', async () => {
        const { id } = ok(await store(), 201)
        const { plan } = ok(await organizer.get(`/v1/plans/${id}`))
        const again = ok(await store(plan), 201)
        assert.deepEqual(ok(await organizer.get(`/v1/plans/${again.id}`)).plan, plan)
        const round = ok(await makeRound({ planId: id, prices: { R: 5 } }), 201)
        const shown = ok(await organizer.get(`/v1/rounds/${round.id}/plan`))
        const ofRound = ok(await store(shown), 201)
        assert.equal(ofRound.seatCount, 7)
        const copy = ok(await makeRound({ plan: shown }), 201)
        const copied = ok(await organizer.get(`/v1/rounds/${copy.id}/plan`))
        assert.deepEqual(copied.rows, shown.rows)
    })

    test('keeps what stands on the tickets', async () => {
        const seats = [
            { seatNumber: 'Loge links', section: 'Loge', price: 9 },
            { seatNumber: 'Loge-2', section: 'Loge', price: 9 },
            { seatNumber: 'Loge-4', section: 'Loge', price: 9 },
            { seatNumber: 'A-1-1', section: 'A', row: '1', number: '1', price: 5 },
            { seatNumber: 'A1/2', section: 'A', row: '1', number: '2', price: 5 },
            { seatNumber: '1', price: 5 },
            { seatNumber: 'x', price: 5 },
        ]
        const told = async round => (await seatsOf(ann, round)).map(seat => [seat.seatNumber, seat.section, seat.row, seat.number])
        const round = ok(await makeRound({ seats }), 201)
        const shown = ok(await organizer.get(`/v1/rounds/${round.id}/plan`))
        assert.deepEqual(
            shown.rows.map(row => row.seatNumbers),
            [['Loge links', null, 'Loge-4'], [null, 'A1/2'], [null, 'x']]
        )
        const { id } = ok(await store(shown), 201)
        const { plan } = ok(await organizer.get(`/v1/plans/${id}`))
        assert.deepEqual(plan.rows.map(row => row.seatNumbers), shown.rows.map(row => row.seatNumbers))
        for (const source of [{ plan: shown }, { planId: id }]) {
            const again = ok(await makeRound(source), 201)
            assert.deepEqual(await told(again), await told(round))
            assert.deepEqual(ok(await organizer.get(`/v1/rounds/${again.id}/plan`)).rows, shown.rows)
        }
        const plain = ok(await makeRound({ sections: [{ name: 'A', rows: 2, seatsPerRow: 9, price: 1 }] }), 201)
        const { rows } = ok(await organizer.get(`/v1/rounds/${plain.id}/plan`))
        assert.deepEqual(rows.map(row => row.seatNumbers), [[], []])
    })

    test('is replaced only by who knows what it is', async () => {
        const { id } = ok(await store(), 201)
        const body = { name: 'Another', plan: { rows: [{ section: 'A', row: '1', count: 1, firstNumber: 1 }] } }
        refused(await put(id, body, null), 428, 'precondition_required')
        for (const tag of ['"2"', 'W/"1"', '1', '"x"', '""', '"1"x', '"01"', '**', '*"1"'])
            refused(await put(id, body, tag), 412, 'precondition_failed')
        const changed = await put(id, body, '"1"')
        assert.deepEqual([ok(changed).version, ok(changed).seatCount], [2, 1])
        assert.equal(changed.headers.etag, '"2"')
        refused(await put(id, body, '"1"'), 412, 'precondition_failed')
        assert.equal(ok(await put(id, { ...body, plan: hall }, '*')).version, 3)
        refused(await put(nobody('plan'), body, '*'), 404, 'not_found')
        assert.equal(ok(await organizer.get(`/v1/plans/${id}`)).plan.rows.length, 3)
    })

    test('is there after kill -9, with all of it', async () => {
        const rows = Array.from({ length: 400 }, (_, i) => ({
            section: '1층',
            row: `${i + 1}`,
            count: 50,
            firstNumber: 1,
            x: Array(50).fill(10),
            y: [i * 12, ...Array(49).fill(0)],
        }))
        const { id } = ok(await store({ scale: 10, rows }), 201)
        const before = ok(await organizer.get(`/v1/plans/${id}`))
        await house.end('SIGKILL')
        await house.start()
        assert.deepEqual(ok(await organizer.get(`/v1/plans/${id}`)), before)
        assert.equal(before.seatCount, 20_000)
    })

    test('is the house\'s alone', async () => {
        const { id } = ok(await store(), 201)
        for (const path of ['/v1/plans', `/v1/plans/${id}`]) refused(await ann.get(path), 403, 'forbidden')
        refused(await ann.post('/v1/plans', { name: 'x', plan: hall }), 403, 'forbidden')
        refused(await ann.delete(`/v1/plans/${id}`), 403, 'forbidden')
        refused(await new Client(house).get('/v1/plans'), 401, 'unauthenticated')
    })

    test('is made once under a key', async () => {
        const headers = { 'idempotency-key': 'plan 1' }
        const body = { name: 'Once', plan: hall }
        const first = ok(await organizer.post('/v1/plans', body, headers), 201)
        const again = await organizer.post('/v1/plans', body, headers)
        assert.equal(ok(again, 201).id, first.id)
        assert.equal(again.headers['idempotency-replayed'], 'true')
    })
})

describe('what is wrong with a plan is told by its row', () => {
    test('fields, arrays, and what belongs together', async () => {
        await wrong({ rows: [] }, '/rows')
        await wrong({ rows: undefined }, '/rows')
        await wrong({ format: 'usher-plan/2' }, '/format')
        await wrong({ scale: 0 }, '/scale')
        await wrong({ walls: [] }, '/walls')
        await wrong({ prices: [{ grade: 'VIP', price: -1 }, { grade: 'R' }] }, '/prices/0/price')
        await wrong({ prices: [{ grade: 'VIP', price: 1 }] }, '/rows/0/prices')
        await inRow({ count: 0 }, '/count')
        await inRow({ count: 200_001 }, '/count')
        await inRow({ chairs: 1 }, '/chairs')
        await inRow({ numbers: ['1'] }, '/numbers')
        await inRow({ numbers: ['1', ' '] }, '/numbers/1')
        await inRow({ numbers: ['1', '2'], firstNumber: 1 }, '/numbers')
        await inRow({ seatNumbers: ['1'] }, '/seatNumbers')
        await inRow({ seatNumbers: ['1', 'x'.repeat(65)] }, '/seatNumbers/1')
        await inRow({ seatNumbers: ['1', '1'] }, '')
        await inRow({ x: [1, 2] }, '/y')
        await inRow({ x: [1, 2], y: [1] }, '/y')
        await inRow({ x: [1, 1.5], y: [1, 1] }, '/x/1')
        await inRow({ x: [10_000_001, 0], y: [0, 0] }, '/x')
        await inRow({ prices: [{ price: 0, count: 1 }] }, '/prices')
        await inRow({ prices: [{ price: 0, count: 3 }] }, '/prices')
        await inRow({ prices: [{ price: 0 }] }, '/prices/0/count')
        await inRow({ accessible: [2] }, '/accessible/0')
        await inRow({ section: 'A'.repeat(62) }, '')
        await inRow({ numbers: ['1', '1 '] }, '')
    })

    test('all of it at once, and one chair in two rows', async () => {
        const row = { section: 'A', row: '1', count: 2, firstNumber: 1 }
        const problem = refused(await store({ rows: [row, { ...row, count: 1, firstNumber: 2 }, { ...row, row: '' }] }), 422, 'invalid_field')
        assert.deepEqual(problem.errors.map(({ field }) => field), ['/plan/rows/2/row', '/plan/rows/1'])
        assert.match(problem.errors[1].message, /seat 0, which is seat 1 of \/plan\/rows\/0 too/)
    })

    test('names', async () => {
        for (const name of ['', ' ', 'x'.repeat(201)]) invalid(await store(hall, name), '/name')
        invalid(await organizer.post('/v1/plans', { name: 'x' }), '/plan')
    })
})

describe('a plan is checked', () => {
    const check = (plan, prices) => organizer.post('/v1/plans/check', { plan, prices })
    const told = ({ findings }) =>
        findings.map(({ flaw, seat, earlier, seats }) => [flaw, seat?.place ?? null, earlier?.place ?? null, seats])

    test('with what is odd, each with its place', async () => {
        const row = { section: 'A', row: '1', count: 3, firstNumber: 1, x: [0, 10, 10], y: [0, 0, 0] }
        const odd = {
            scale: 10,
            prices: [{ grade: 'R', price: null }],
            rows: [
                { ...row, prices: [{ price: 0, count: 3 }] },
                { ...row, row: '2', x: [22, 10, 10] },
                { section: 'A', row: '1', count: 1, numbers: ['2'] },
            ],
        }
        const found = ok(await check(odd, { R: 5 }))
        assert.deepEqual(found.counts, { duplicate: 1, unpriced: 4, overlapping: 1, noAccessibleSeat: 1 })
        assert.equal(found.seatCount, 7)
        assert.deepEqual(told(found), [
            ['duplicate', 6, 1, 1],
            ['unpriced', 3, null, 4],
            ['overlapping', 3, 2, 1],
            ['noAccessibleSeat', null, null, 0],
        ])
        const [duplicate, unpriced] = found.findings
        assert.deepEqual(duplicate.seat, { place: 6, seatNumber: 'A-1-2', section: 'A', row: '1', number: '2' })
        assert.deepEqual(duplicate.earlier, { ...duplicate.seat, place: 1 })
        assert.equal(unpriced.grade, null)
        const { counts, findings } = ok(await check(odd))
        assert.equal(counts.unpriced, 7)
        assert.equal(findings[1].grade, 'R')
    })

    test('and a good one has nothing', async () => {
        const found = ok(await check({ ...hall, prices: [{ grade: 'VIP', price: 1 }, { grade: 'R', price: 1 }] }))
        assert.deepEqual(found.findings, [])
        assert.equal(found.seatCount, 7)
    })

    test('a hundred of each are named, and all are counted', async () => {
        const rows = Array.from({ length: 1000 }, () => ({
            section: 'A',
            row: '1',
            count: 200,
            firstNumber: 1,
            x: Array(200).fill(0),
            y: Array(200).fill(0),
            prices: [{ price: 0, count: 100 }, { price: 1, count: 100 }],
        }))
        const found = ok(await check({ rows, prices: [{ grade: 'R' }, { grade: 'S' }] }))
        assert.deepEqual(found.counts, { duplicate: 199_800, unpriced: 200_000, overlapping: 199_999, noAccessibleSeat: 1 })
        assert.equal(found.findings.length, 301)
    })

    test('what is wrong in form is told as ever, and nothing is kept', async () => {
        const before = ok(await organizer.get('/v1/plans')).items.length
        invalid(await check({ rows: [{ section: 'A', row: '1', count: 0 }] }), '/plan/rows/0/count')
        invalid(await check(hall, { S: 1 }), '/prices/S')
        invalid(await check(hall, { R: -1 }), '/prices/R')
        invalid(await organizer.post('/v1/plans/check', {}), '/plan')
        invalid(await organizer.post('/v1/plans/check', { plan: hall, name: 'x' }), '/name')
        refused(await ann.post('/v1/plans/check', { plan: hall }), 403, 'forbidden')
        refused(await new Client(house).post('/v1/plans/check', { plan: hall }), 401, 'unauthenticated')
        ok(await check(hall))
        assert.equal(ok(await organizer.get('/v1/plans')).items.length, before)
    })
})

describe('a round is made', () => {
    test('of a stored plan and prices', async () => {
        const { id } = ok(await store(), 201)
        const round = ok(await makeRound({ planId: id, prices: { R: 50_000, VIP: 100 } }), 201)
        const seats = await seatsOf(ann, round)
        assert.deepEqual(
            seats.map(seat => [seat.seatNumber, seat.grade, seat.price, seat.x, seat.y]),
            [
                ['가구역-1-7', 'VIP', 100, 1.5, -2],
                ['가구역-1-8', 'VIP', 100, 2.5, -2],
                ['가구역-1-9', 'R', 50_000, 3.5, -1.5],
                ['스탠딩-1', 'R', 50_000, null, null],
                ['스탠딩-2', 'R', 50_000, null, null],
                ['B-A-12a', 'R', 50_000, null, null],
                ['B-A-1', 'R', 50_000, null, null],
            ]
        )
        assert.deepEqual([seats[0].accessible, seats[1].companion, seats[2].restrictedView], [true, true, true])
    })

    test('of a plan with its prices, which stays as it is when the plan changes', async () => {
        const { id } = ok(await store(), 201)
        const round = ok(await makeRound({ planId: id, prices: { R: 1 } }), 201)
        ok(await put(id, { name: 'x', plan: { rows: [{ section: 'A', count: 1 }] } }, '*'))
        ok(await organizer.delete(`/v1/plans/${id}`), 204)
        assert.equal((await seatsOf(ann, round)).length, 7)
    })

    test('not without a price, or with one of no grade of it', async () => {
        const { id } = ok(await store(), 201)
        for (const source of [{ planId: id }, { plan: hall }]) {
            invalid(await makeRound(source), '/prices')
            invalid(await makeRound({ ...source, prices: { R: 1, S: 2 } }), '/prices/S')
            invalid(await makeRound({ ...source, prices: { R: -1 } }), '/prices/R')
        }
        invalid(await makeRound({ plan: { rows: [{ section: 'A', count: 1 }] } }), '/prices')
        invalid(await makeRound({ sections: [{ name: 'A', rows: 1, seatsPerRow: 1, price: 1 }], prices: { R: 1 } }), '/prices')
        invalid(await makeRound({ planId: id, plan: hall }), '')
        invalid(await makeRound({ planId: concert.id }), '/planId')
    })

    test('not of a plan that is not there, and once under a key though it went', async () => {
        refused(await makeRound({ planId: nobody('plan'), prices: { R: 1 } }), 404, 'not_found')
        const { id } = ok(await store(), 201)
        const headers = { 'idempotency-key': 'round of a plan' }
        const body = { startTime: fromNow(DAY_MS), planId: id, prices: { R: 1 } }
        const made = ok(await makeRound(body, headers), 201)
        ok(await organizer.delete(`/v1/plans/${id}`), 204)
        assert.equal(ok(await makeRound(body, headers), 201).id, made.id)
    })
})
