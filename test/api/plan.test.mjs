// A round's plan by rows, and answers in gzip.

import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyers,
    fromNow,
    makeConcert,
    nobody,
    openHouse,
    seatsOf,
} from './support/people.mjs'

const DAY_MS = 86_400_000

let house, organizer, concert, ann
before(async () => {
    ;({ house, organizer } = await openHouse())
    ;[ann] = await buyers(house, 'ann')
    concert = await makeConcert(organizer)
})
after(() => house.close())

const makeHall = async seats =>
    ok(
        await organizer.post(`/v1/concerts/${concert.id}/rounds`, {
            startTime: fromNow(30 * DAY_MS),
            seats,
        }),
        201
    )

// The bytes of an answer as they are sent.
const getRaw = (path, headers) =>
    new Promise((resolve, reject) => {
        http.get(house.url + path, { headers }, answer => {
            const parts = []
            answer.on('data', part => parts.push(part))
            answer.on('end', () =>
                resolve({
                    status: answer.statusCode,
                    headers: answer.headers,
                    bytes: Buffer.concat(parts),
                })
            )
        }).on('error', reject)
    })

const coded = path => getRaw(path, { 'accept-encoding': 'br, gzip' })

// A hall as they are built: blocks of rows in arcs, the ends of some rows for wheelchairs.
function arcs(count) {
    const seats = []
    for (let row = 0; seats.length < count; row++) {
        const length = 40 + (row % 50)
        const radius = 20 + (row % 50) * 0.9
        for (let i = 0; i < length && seats.length < count; i++) {
            const angle = ((i - length / 2) * 0.55) / radius
            seats.push({
                seatNumber: `F${Math.floor(row / 50)}-${(row % 50) + 1}-${i + 1}`,
                section: `F${Math.floor(row / 50)}`,
                row: `${(row % 50) + 1}`,
                number: `${i + 1}`,
                grade: row % 50 < 10 ? 'VIP' : 'R',
                price: row % 50 < 10 ? 198000 : 154000,
                x: 200 * Math.floor(row / 50) + radius * Math.sin(angle),
                y: radius * Math.cos(angle),
                accessible: row % 50 === 49 && i < 2,
                companion: row % 50 === 49 && i === 2,
            })
        }
    }
    return seats
}

// The plan's seats as the list has them, but for ids and seatNumbers.
const seatsOfPlan = plan =>
    plan.rows.flatMap(row => {
        const prices = row.prices.flatMap(({ price, count }) => Array(count).fill(plan.prices[price]))
        let [x, y] = [0, 0]
        return Array.from({ length: row.count }, (_, i) => {
            x += row.x[i] ?? 0
            y += row.y[i] ?? 0
            const number =
                row.firstNumber === null ? (row.numbers[i] ?? null) : `${row.firstNumber + i}`
            return {
                place: row.first + i,
                section: row.section,
                row: row.row,
                number,
                ...prices[i],
                x: row.x.length > 0 ? x / plan.scale : null,
                y: row.y.length > 0 ? y / plan.scale : null,
                accessible: row.accessible.includes(i),
                companion: row.companion.includes(i),
                restrictedView: row.restrictedView.includes(i),
            }
        })
    })

function assertIsPlanOf(plan, seats) {
    const near = (one, other, where) =>
        one === null || other === null
            ? assert.equal(one, other, where)
            : assert.ok(Math.abs(one - other) <= 0.5001 / plan.scale, `${where}: ${one}, ${other}`)
    const drawn = seatsOfPlan(plan)
    assert.equal(drawn.length, seats.length)
    drawn.forEach(({ place, x, y, ...rest }, i) => {
        const seat = seats[i]
        assert.equal(place, i)
        near(x, seat.x ?? null, `x of ${i}`)
        near(y, seat.y ?? null, `y of ${i}`)
        for (const [field, value] of Object.entries(rest))
            assert.equal(value, seat[field] ?? (typeof value === 'boolean' ? false : null), `${field} of ${i}`)
    })
}

describe('a plan', () => {
    test('has all that the list of seats has, row by row', async () => {
        const round = await makeHall([
            { seatNumber: 'a', price: 5, section: 'S', row: '1', number: '7', grade: 'G' },
            { seatNumber: 'b', price: 5, section: 'S', row: '1', number: '8', grade: 'G' },
            { seatNumber: 'c', price: 6, section: 'S', row: '1', number: '9', restrictedView: true },
            { seatNumber: 'd', price: 5, section: 'S', row: '2', number: '01', grade: 'G' },
            { seatNumber: 'e', price: 5, section: 'S', row: '2', grade: 'G', accessible: true },
            { seatNumber: 'f', price: 5, x: 1.5, y: -2 },
            { seatNumber: 'g', price: 5, x: 2.25, y: -2, companion: true },
        ])
        const plan = ok(await ann.get(`/v1/rounds/${round.id}/plan`))
        assertIsPlanOf(plan, await seatsOf(ann, round))
        assert.deepEqual([plan.format, plan.roundId, plan.planVersion], ['usher-plan/1', round.id, 1])
        assert.deepEqual(
            plan.rows.map(row => [row.row, row.firstNumber, row.numbers.length]),
            [
                ['1', 7, 0],
                ['2', null, 2],
                [null, null, 0],
            ]
        )
        assert.deepEqual(plan.bounds, {
            left: 1.5 * plan.scale,
            top: -2 * plan.scale,
            right: 2.25 * plan.scale,
            bottom: -2 * plan.scale,
        })
    })

    test('without positions has no bounds', async () => {
        const round = await makeHall([{ seatNumber: 'a', price: 5 }])
        assert.equal(ok(await ann.get(`/v1/rounds/${round.id}/plan`)).bounds, null)
    })

    test('is kept for a year under its version, and for a second otherwise', async () => {
        const round = await makeHall([{ seatNumber: 'a', price: 5 }])
        const path = `/v1/rounds/${round.id}/plan`
        const kept = async query => (await ann.get(path + query)).headers['cache-control']
        const { planVersion } = ok(await ann.get(`/v1/rounds/${round.id}/availability`))
        assert.equal(await kept(`?v=${planVersion}`), 'public, max-age=31536000, immutable')
        assert.equal(await kept(`?v=${planVersion + 1}`), 'public, max-age=1')
        assert.equal(await kept(''), 'public, max-age=1')
        invalid(await ann.get(`${path}?v=new`), 'v')
        refused(await ann.get(`/v1/rounds/${nobody('round')}/plan`), 404, 'not_found')
    })

    test('of 50,000 seats is less than 80 KB in gzip', async () => {
        const seats = arcs(50000)
        const round = await makeHall(seats)
        const { headers, bytes } = await coded(`/v1/rounds/${round.id}/plan`)
        assert.equal(headers['content-encoding'], 'gzip')
        assert.ok(bytes.length <= 80_000, `${bytes.length} bytes`)
        assertIsPlanOf(JSON.parse(gunzipSync(bytes)), seats)
    })

    test('of 200,000 seats is less than 300 KB in gzip', async () => {
        const round = await makeHall(arcs(200000))
        const { bytes } = await coded(`/v1/rounds/${round.id}/plan`)
        assert.ok(bytes.length <= 300_000, `${bytes.length} bytes`)
    })

    test('names the places of seats that are held', async () => {
        const round = await makeHall(arcs(60))
        const plan = ok(await ann.get(`/v1/rounds/${round.id}/plan`))
        await admitted(ann)
        const held = ok(
            await ann.post('/v1/reservations', {
                roundId: round.id,
                seats: [plan.rows[1].first, plan.rows[1].first + 1],
                planVersion: plan.planVersion,
            }),
            201
        )
        assert.deepEqual(
            held.seats.map(({ seatNumber }) => seatNumber),
            ['F0-2-1', 'F0-2-2']
        )
    })
})

test('a new price is that of the seats that are free, and makes another plan', async () => {
    const round = await makeHall(
        ['a', 'b', 'c'].map(seatNumber => ({ seatNumber, price: 5, grade: 'G' }))
    )
    const path = `/v1/rounds/${round.id}`
    const byPlace = (planVersion, place) =>
        ann.post('/v1/reservations', { roundId: round.id, seats: [place], planVersion })
    await admitted(ann)
    const held = ok(await byPlace(1, 0), 201)
    ok(await organizer.patch(path, { prices: { G: 7 } }), 204)
    const prices = async () => (await seatsOf(ann, round)).map(({ price }) => price)
    assert.deepEqual(await prices(), [5, 7, 7])
    assert.deepEqual(ok(await ann.get(`${path}/map`)).price, [5, 7, 7])
    const plan = ok(await ann.get(`${path}/plan?v=2`))
    assert.equal(plan.planVersion, 2)
    assertIsPlanOf(plan, await seatsOf(ann, round))
    refused(await byPlace(1, 1), 409, 'plan_changed')
    assert.equal(ok(await byPlace(2, 1), 201).amount, 7)
    ok(await organizer.patch(path, { prices: { G: 7 } }), 204)
    assert.equal(ok(await ann.get(`${path}/availability`)).planVersion, 2)
    assert.equal(ok(await ann.get(`/v1/reservations/${held.id}`)).amount, 5)
    await house.restart()
    assert.deepEqual(await prices(), [5, 7, 7])
    assert.equal(ok(await ann.get(`${path}/plan`)).planVersion, 2)
})

describe('gzip', () => {
    let path
    before(async () => {
        path = `/v1/rounds/${(await makeHall(arcs(500))).id}`
    })

    test('is sent to who takes it, and the same without to who does not', async () => {
        for (const part of ['/plan', '/map', '/seats?limit=1000']) {
            const [plain, packed] = [await getRaw(path + part, {}), await coded(path + part)]
            assert.equal(plain.headers['content-encoding'], undefined)
            assert.equal(packed.headers['content-encoding'], 'gzip')
            assert.deepEqual(gunzipSync(packed.bytes), plain.bytes)
            assert.equal(+packed.headers['content-length'], packed.bytes.length)
            for (const { headers } of [plain, packed]) assert.match(headers.vary, /Accept-Encoding/)
            assert.notEqual(plain.headers.etag, packed.headers.etag)
        }
        const refused = await getRaw(`${path}/map`, { 'accept-encoding': 'gzip;q=0' })
        assert.equal(refused.headers['content-encoding'], undefined)
    })

    test('has a tag of its own, which is asked for with it', async () => {
        const { etag } = (await coded(`${path}/map`)).headers
        const again = await getRaw(`${path}/map`, { 'accept-encoding': 'gzip', 'if-none-match': etag })
        assert.deepEqual([again.status, again.bytes.length, again.headers.etag], [304, 0, etag])
        assert.equal(again.headers['content-encoding'], undefined)
        const plain = await getRaw(`${path}/map`, { 'if-none-match': etag })
        assert.equal(plain.status, 200)
    })

    test('is not made of what is short', async () => {
        const { headers } = await coded('/v1/settings')
        assert.equal(headers['content-encoding'], undefined)
    })

    test('packs what is one own, too', async () => {
        const headers = { authorization: `Bearer ${organizer.token}`, 'accept-encoding': 'gzip' }
        for (let i = 0; i < 20; i++)
            ok(
                await organizer.post('/v1/points/charges', {
                    userId: ann.user.id,
                    amount: 1,
                    reference: `${i} of the charges of ann that fill a page of her entries`,
                }),
                201
            )
        const entries = await getRaw(`/v1/points/entries?userId=${ann.user.id}`, headers)
        assert.equal(entries.headers['content-encoding'], 'gzip')
        assert.equal(JSON.parse(gunzipSync(entries.bytes)).items.length, 20)
    })
})
