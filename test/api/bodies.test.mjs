// Request bodies that are wrong in form: each is refused with the right problem, and changes
// nothing.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buyer,
    fromNow,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    seatsOf,
    signIn,
} from './support/people.mjs'

const KIB = 1024
const MIB = 1024 * KIB

let house, organizer, ann, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
    round = await makeRound(organizer, await makeConcert(organizer))
    seats = await seatsOf(ann, round)
    await admitted(ann)
})
after(() => house.close())

const bytes = (...parts) => Buffer.concat(parts.map(part => Buffer.from(part)))
const nested = (depth, open, close) => open.repeat(depth) + close.repeat(depth)
const concertText = (title, description) =>
    `{"title": ${title}, "description": ${description}, ` +
    `"reservationOpenAt": "2030-01-01T00:00:00Z", "reservationCloseAt": "2030-02-01T00:00:00Z"}`

const malformed = [
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['an array', '[]'],
    ['a string', '"amount"'],
    ['a number', '1'],
    ['null', 'null'],
    ['half an object', '{"amount": 1'],
    ['a value missing', '{"amount": }'],
    ['a comma too many', '{"amount": 1,}'],
    ['a key without quotes', '{amount: 1}'],
    ['single quotes', "{'amount': 1}"],
    ['a comment', '{"amount": 1 /* one */}'],
    ['something after it', '{"amount": 1} x'],
    ['a second object', '{"amount": 1}{"amount": 1}'],
    ['a NUL after it', '{"amount": 1}\0'],
    ['a NUL before it', '\0{"amount": 1}'],
    ['a NUL after a number', '{"amount":123\0}'],
    ['a NUL among digits', '{"amount":1\x0023}'],
    ['a NUL in a key', '{"amount\0":1}'],
    ['a NUL in a string', '{"reference": "a\0b", "amount": 1}'],
    ['a number too great, never closed', '{"amount": 1e400'],
    ['a number too great, and a comma too many', '{"amount": 1e400,}'],
    ['400 digits, and a key without quotes', `{"amount": ${'9'.repeat(400)}, tip: 1}`],
    ['a number too great, and a key twice', '{"amount": 1e400, "amount": 1}'],
    ['a key twice', '{"amount": 1, "amount": 1}'],
    ['a key twice, once escaped', '{"amount": 1, "\\u0061mount": 2}'],
    ['a key twice, deeper', '{"amount": 1, "x": {"y": 1, "y": 1}}'],
    ['a leading zero', '{"amount": 01}'],
    ['a plus sign', '{"amount": +1}'],
    ['hexadecimal', '{"amount": 0x1}'],
    ['NaN', '{"amount": NaN}'],
    ['Infinity', '{"amount": Infinity}'],
    ['a bare fraction', '{"amount": .5}'],
    ['a raw line break in a string', '{"reference": "a\nb", "amount": 1}'],
    ['an unknown escape', '{"reference": "\\x41", "amount": 1}'],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], '{"amount": 1}')],
    ['UTF-16', Buffer.from('{"amount": 1}', 'utf16le')],
    ['a stray continuation byte', bytes('{"reference": "', [0x80], '", "amount": 1}')],
    ['an overlong slash', bytes('{"reference": "', [0xc0, 0xaf], '", "amount": 1}')],
    ['an encoded surrogate', bytes('{"reference": "', [0xed, 0xa0, 0x80], '", "amount": 1}')],
    [
        'a code point past the last',
        bytes('{"reference": "', [0xf4, 0x90, 0x80, 0x80], '", "amount": 1}'),
    ],
    ['a character cut short', bytes('{"reference": "', [0xe2, 0x82], '", "amount": 1}')],
    // Good by JSON's grammar, but no text of C or of Unicode.
    ['an escaped NUL in a key', '{"amount": 1, "reference\\u0000": "a"}'],
    ['half a surrogate pair', '{"amount": 1, "reference": "\\ud83c"}'],
    ['surrogates the wrong way round', '{"amount": 1, "reference": "\\udfab\\ud83c"}'],
    ['33 levels of arrays', `{"amount": ${nested(32, '[', ']')}}`],
    ['33 levels of objects', `${nested(32, '{"a":', '}').replace('}', '{}}')}`],
    ['20,000 levels', `{"amount": ${nested(20_000, '[', ']')}}`],
    ['20,000 levels never closed', `{"amount": ${'['.repeat(20_000)}`],
]

// Valid JSON whose value this API can't take: [name, body, field].
const outOfRange = [
    ['an unknown field', '{"amount": 1, "tip": 1}', '/tip'],
    ['a name with a slash', '{"amount": 1, "a/b~c": 1}', '/a~1b~0c'],
    ['a name in another case', '{"amount": 1, "Reference": "x"}', '/Reference'],
    ['nothing in it', '{}', '/amount'],
    ['null for a number', '{"amount": null}', '/amount'],
    ['a string for a number', '{"amount": "1"}', '/amount'],
    ['true for a number', '{"amount": true}', '/amount'],
    ['an object for a number', '{"amount": {}}', '/amount'],
    ['32 levels for a number', `{"amount": ${nested(31, '[', ']')}}`, '/amount'],
    ['a fraction', '{"amount": 1.5}', '/amount'],
    ['a tiny number', '{"amount": 1e-400}', '/amount'],
    ['2^31 + 1', '{"amount": 2147483649}', '/amount'],
    ['2^32 + 1', '{"amount": 4294967297}', '/amount'],
    ['2^53 + 1', '{"amount": 9007199254740993}', '/amount'],
    ['2^63 - 1', '{"amount": 9223372036854775807}', '/amount'],
    ['-2^63', '{"amount": -9223372036854775808}', '/amount'],
    ['2^63', '{"amount": 9223372036854775808}', '/amount'],
    ['2^64 + 1', '{"amount": 18446744073709551617}', '/amount'],
    ['300 digits', `{"amount": ${'9'.repeat(300)}}`, '/amount'],
    ['400 digits', `{"amount": ${'9'.repeat(400)}}`, '/amount'],
    ['1e400', '{"amount": 1e400}', '/amount'],
    ['-1e400', '{"amount": -1e400}', '/amount'],
    ['1e400 in an unknown field', '{"amount": 1, "tip": 1e400}', '/tip'],
    ['a number for a string', '{"amount": 1, "reference": 1}', '/reference'],
    ['an escaped NUL', '{"amount": 1, "reference": "a\\u0000b"}', '/reference'],
    ['an escaped line break', '{"amount": 1, "reference": "a\\nb"}', '/reference'],
    ['a number for an id', '{"amount": 1, "userId": 1}', '/userId'],
]

describe('a charge is refused when its body', () => {
    const charge = raw => ann.request('POST', '/v1/points/charges', { raw })

    for (const [name, raw] of malformed)
        test(`is ${name}`, async () => {
            refused(await charge(raw), 400, 'malformed_json')
        })
    for (const [name, raw, field] of outOfRange)
        test(`has ${name}`, async () => {
            invalid(await charge(raw), field)
        })
    after(async () => {
        assert.equal(ok(await ann.get('/v1/points')).balance, 0)
        assert.deepEqual(ok(await ann.get('/v1/points/entries')).items, [])
    })
})

describe('a charge is taken when its body', () => {
    const taken = [
        ['has blanks around it', ' \r\n\t{ "amount" : 1 } \n'],
        ['writes letters as escapes', '{"\\u0061mount": 1, "reference": "\\uD83C\\uDFAB"}'],
        ['has quotes and backslashes in a string', '{"amount": 1, "reference": "\\"\\\\\\/ é"}'],
    ]
    for (const [name, raw] of taken)
        test(name, async () => {
            const entry = ok(await ann.request('POST', '/v1/points/charges', { raw }), 201)
            assert.equal(entry.reference, JSON.parse(raw).reference ?? null)
        })
})

describe('ids in bodies', () => {
    const wrong = ['', 'x', 1, null, {}, nobody('payment'), nobody('reservation').toUpperCase()]
    const almost = nobody('reservation')
    wrong.push(almost.slice(0, -1), `${almost}0`, ` ${almost}`, almost.replace('_', '-'))
    // The first character carries two bits only; i, l, o and u are no digits.
    wrong.push('reservation_81h455vb4pex5vsknk084sn02q', 'reservation_01h455vb4pex5vsknk084sn0il')
    wrong.push('reservation_00000000000000000000000000')
    for (const reservationId of wrong)
        test(JSON.stringify(reservationId), async () => {
            invalid(await ann.post('/v1/payments', { reservationId }), '/reservationId')
        })
    for (const seatIds of [null, {}, 'x', [], [1], [null], [[]], ['x']])
        test(`seatIds ${JSON.stringify(seatIds)}`, async () => {
            const field = Array.isArray(seatIds) && seatIds.length > 0 ? '/seatIds/0' : '/seatIds'
            invalid(await ann.post('/v1/reservations', { roundId: round.id, seatIds }), field)
        })
    test('only the wrong one of several is named', async () => {
        const seatIds = [seats[0].id, seats[1].id, 'x']
        invalid(await ann.post('/v1/reservations', { roundId: round.id, seatIds }), '/seatIds/2')
    })
})

describe('ids in paths', () => {
    const good = nobody('reservation')
    const wrong = ['x', '%20', good.slice(0, -1), `${good}0`, good.toUpperCase(), nobody('payment')]
    wrong.push('reservation_81h455vb4pex5vsknk084sn02q', '..', '%2e%2e', '%ff')
    for (const id of wrong)
        test(id, async () => {
            assert.equal((await ann.get(`/v1/reservations/${id}`)).status, 404)
            assert.equal((await ann.post(`/v1/reservations/${id}/cancel`)).status, 404)
        })
})

describe('times in bodies', () => {
    const make = reservationOpenAt =>
        organizer.post('/v1/concerts', {
            title: 'x',
            description: '',
            reservationOpenAt,
            reservationCloseAt: '2090-01-01T00:00:00Z',
        })
    const wrong = [
        '2030-01-01T00:00:00', // no offset
        '2030-01-01',
        '2030-02-30T00:00:00Z',
        '2029-02-29T00:00:00Z',
        '2030-04-31T00:00:00Z',
        '2030-00-01T00:00:00Z',
        '2030-13-01T00:00:00Z',
        '2030-01-00T00:00:00Z',
        '2030-01-01T24:00:00Z',
        '2030-01-01T00:60:00Z',
        '2030-01-01T00:00:61Z',
        '2030-01-01T00:00:00+24:00',
        '2030-01-01T00:00:00+09',
        '2030-01-01T00:00:00+0900',
        '2030-01-01T00:00Z',
        '2030-1-1T00:00:00Z',
        '2030-01-01T00:00:00.Z',
        '+2030-01-01T00:00:00Z',
        ' 2030-01-01T00:00:00Z',
        '2030-01-01T00:00:00Z ',
        'Tue, 01 Jan 2030 00:00:00 GMT',
        '1893456000',
        1893456000,
        1893456000000,
        null,
        '',
    ]
    for (const time of wrong)
        test(JSON.stringify(time), async () => {
            invalid(await make(time), '/reservationOpenAt')
        })
    const right = [
        ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
        ['2030-01-01T00:00:00.5Z', '2030-01-01T00:00:00.500Z'],
        ['2028-02-29T23:59:59.999Z', '2028-02-29T23:59:59.999Z'],
        ['2030-01-01T09:30:00+09:30', '2030-01-01T00:00:00.000Z'],
        ['2029-12-31T19:00:00-05:00', '2030-01-01T00:00:00.000Z'],
        ['2030-01-01t00:00:00z', '2030-01-01T00:00:00.000Z'],
    ]
    for (const [given, told] of right)
        test(`${given} is fine`, async () => {
            assert.equal(ok(await make(given), 201).reservationOpenAt, told)
        })
})

describe('in a PATCH', () => {
    const patches = [
        ['/v1/users/me', () => ann, 'name'],
        ['/v1/users/me', () => ann, 'email'],
        ['/v1/queue', () => organizer, 'silentSeconds'],
        ['/v1/queue', () => organizer, 'maxActive'],
        ['/v1/queue', () => organizer, 'paused'],
    ]
    for (const [path, client, field] of patches)
        test(`null for ${field} of ${path}`, async () => {
            invalid(await client().patch(path, { [field]: null }), `/${field}`)
        })
    test('null for the fields of a concert and a round', async () => {
        for (const field of ['title', 'description', 'reservationOpenAt', 'reservationCloseAt'])
            invalid(
                await organizer.patch(`/v1/concerts/${round.concertId}`, { [field]: null }),
                `/${field}`
            )
        invalid(await organizer.patch(`/v1/rounds/${round.id}`, { startTime: null }), '/startTime')
    })
    test('fields that are there but not to be changed', async () => {
        invalid(await ann.patch('/v1/users/me', { id: ann.user.id }), '/id')
        invalid(await organizer.patch('/v1/queue', { serving: 1 }), '/serving')
        invalid(
            await organizer.patch(`/v1/rounds/${round.id}`, { totalSeatCnt: 1 }),
            '/totalSeatCnt'
        )
    })
    test('an empty change is fine', async () => {
        ok(await ann.patch('/v1/users/me', {}))
        ok(await organizer.patch('/v1/queue', {}))
        ok(await organizer.patch(`/v1/concerts/${round.concertId}`, {}))
        ok(await organizer.patch(`/v1/rounds/${round.id}`, {}), 204)
    })
})

describe('a body in another form', () => {
    const types = [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/jsonp',
        'application',
        '',
    ]
    for (const type of types)
        test(`sent as ${JSON.stringify(type)}`, async () => {
            const headers = { 'content-type': type }
            const answer = await ann.request('POST', '/v1/points/charges', {
                raw: '{"amount":1}',
                headers,
            })
            refused(answer, 415, 'unsupported_media_type')
        })
    test('sent as nothing in particular', async () => {
        const headers = { 'content-type': null }
        const answer = await ann.request('POST', '/v1/points/charges', {
            raw: '{"amount":1}',
            headers,
        })
        refused(answer, 415, 'unsupported_media_type')
    })
    for (const type of [
        'application/json; charset=utf-8',
        'application/json;charset=utf8',
        'application/json; charset=latin1',
        'Application/JSON',
        'application/json ;x=y',
    ])
        test(`${type} is fine`, async () => {
            const headers = { 'content-type': type }
            ok(
                await ann.request('POST', '/v1/points/charges', { raw: '{"amount":1}', headers }),
                201
            )
        })
    test('whatever its charset says, it is UTF-8', async () => {
        const headers = { 'content-type': 'application/json; charset=utf-16le' }
        const raw = Buffer.from('{"amount":1}', 'utf16le')
        const answer = await ann.request('POST', '/v1/points/charges', { raw, headers })
        refused(answer, 400, 'malformed_json')
    })
    test('an action takes nothing, or {}', async () => {
        for (const raw of ['', '{}', ' {} '])
            ok(await ann.request('POST', '/v1/queue/tokens', { raw }), 200)
        ok(await ann.request('POST', '/v1/queue/tokens'), 200)
        const empty = { 'content-type': null }
        ok(await ann.request('POST', '/v1/queue/tokens', { headers: empty }), 200)
        invalid(await ann.post('/v1/queue/tokens', { number: 1 }), '/number')
        refused(await ann.post('/v1/queue/tokens', []), 400, 'malformed_json')
    })
})

describe('a body that is too large', () => {
    const charge = (raw, headers) => ann.request('POST', '/v1/points/charges', { raw, headers })
    // Says that so much will come, and waits to be asked for it.
    const announced = (path, size) =>
        organizer.request('POST', path, {
            headers: {
                'content-type': 'application/json',
                'content-length': String(size),
                expect: '100-continue',
            },
            agent: false,
        })
    const padded = size => `{"amount":1}${' '.repeat(size - 12)}`

    test('of 64 KiB is not', async () => {
        ok(await charge(padded(64 * KIB)), 201)
        ok(await charge([padded(64 * KIB - 1), ' ']), 201)
    })
    test('is, by its length', async () => {
        refused(await charge(padded(64 * KIB + 1)), 413, 'body_too_large')
    })
    test('is, in chunks', async () => {
        refused(await charge([padded(64 * KIB), ' ']), 413, 'body_too_large')
        refused(await charge(Array(80).fill(' '.repeat(KIB))), 413, 'body_too_large')
    })
    test('is refused before it is sent', async () => {
        refused(await announced('/v1/points/charges', 64 * KIB + 1), 413, 'body_too_large')
        refused(await announced('/v1/points/charges', 2 ** 40), 413, 'body_too_large')
    })
    test('a seat import may be larger', async () => {
        const many = Array.from({ length: 20_000 }, (_, n) => ({
            seatNumber: `standing place number ${n}`,
            price: 1,
        }))
        const body = { startTime: fromNow(86_400_000), seats: many }
        assert.ok(JSON.stringify(body).length > MIB)
        const made = ok(await organizer.post(`/v1/concerts/${round.concertId}/rounds`, body), 201)
        assert.equal(made.totalSeatCnt, 20_000)
    })
    test('a seat import is read as it comes, in any pieces', async () => {
        const path = `/v1/concerts/${round.concertId}/rounds`
        const post = raw => organizer.request('POST', path, { raw })
        const rows = Array.from({ length: 20_000 }, (_, n) => `{"seatNumber":"자리 ${n}","price":1}`)
        const text = `{"seats":[${rows.join(',\n')}],\n"startTime":"2099-01-01T00:00:00Z"}`
        const bytes = Buffer.from(text)
        const parts = size =>
            Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
                bytes.subarray(n * size, (n + 1) * size)
            )
        for (const raw of [text, parts(9973), parts(300_000)])
            assert.equal(ok(await post(raw), 201).totalSeatCnt, 20_000)
        const cut = refused(await post(text.slice(0, -1)), 400, 'malformed_json')
        assert.match(cut.detail, /it ends too early \(line 20001, column 34\)/)
        // What is wrong early is told when all was read, and where it is.
        const broken = refused(await post(text.replace('"자리 7"', '"자리 7')), 400, 'malformed_json')
        assert.match(broken.detail, /a syntax error \(line 8, column \d+\)/)
    })
    test('but not as large as one likes', async () => {
        const path = `/v1/concerts/${round.concertId}/rounds`
        refused(await announced(path, 64 * MIB + 1), 413, 'body_too_large')
    })
})

describe('refusals stand in order', () => {
    const [plain, json] = ['text/plain', 'application/json']
    const path = '/v1/reservations'
    const rows = [
        ['an unknown path before all', 'POST', '/v1/nowhere', plain, 'x', 404],
        ['the method before the type', 'PUT', path, plain, 'x', 405],
        ['the type before the caller', 'POST', path, plain, 'x', 415],
        ['the size before the caller', 'POST', path, json, ' '.repeat(64 * KIB + 1), 413],
        ['the caller before the form', 'POST', path, json, 'x', 401],
    ]
    for (const [name, method, where, type, raw, status] of rows)
        test(name, async () => {
            const headers = { 'content-type': type }
            assert.equal(
                (await house.anybody.request(method, where, { raw, headers })).status,
                status
            )
        })
    test('the form before a session that has ended', async () => {
        const gone = await signIn(house, 'ann@example.com')
        ok(await gone.delete('/v1/sessions/current'), 204)
        refused(await gone.request('POST', path, { raw: 'x' }), 400, 'malformed_json')
        invalid(await gone.post('/v1/payments', {}), '/reservationId')
        refused(
            await gone.post('/v1/payments', { reservationId: nobody('reservation') }),
            401,
            'unauthenticated'
        )
    })
    test('the form before the role', async () => {
        refused(await ann.request('POST', '/v1/concerts', { raw: 'x' }), 400, 'malformed_json')
        refused(await ann.patch('/v1/queue', { paused: 1 }), 422, 'invalid_field')
        refused(await ann.patch('/v1/queue', { paused: true }), 403, 'forbidden')
    })
})

test('texts come back as they were sent', async () => {
    const title = '"\\/ é가🎫<script>'
    const raw = concertText(JSON.stringify(title), '"one\\n\\ttwo\u2028\\u00e9\\uac00\\ud83c\\udfab"')
    const concert = ok(await organizer.request('POST', '/v1/concerts', { raw }), 201)
    assert.deepEqual([concert.title, concert.description], [title, 'one\n\ttwo\u2028é가🎫'])
    assert.deepEqual(ok(await house.anybody.get(`/v1/concerts/${concert.id}`)), concert)
})
