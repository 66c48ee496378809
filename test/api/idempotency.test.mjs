// Idempotency-Keys: the same request again has no second effect and gets the first answer's status
// and the object as it is now, whatever happened to the first answer.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import { run } from './support/house.mjs'
import {
    admitted,
    balance,
    buyers,
    makeConcert,
    makeRound,
    openHouse,
    seatsOf,
} from './support/people.mjs'
import { until } from './support/wait.mjs'
import { speak, statuses } from './support/wire.mjs'

const COPIES = 5
const key = text => ({ 'idempotency-key': text })
const replayed = answer => answer.headers['idempotency-replayed'] === 'true'
const replay = (answer, status) => {
    assert.ok(replayed(answer), answer.text)
    return ok(answer, status)
}
const fresh = (answer, status) => {
    assert.ok(!replayed(answer), answer.text)
    return ok(answer, status)
}

let house, organizer, ann, bob, concert, round, seats
before(async () => {
    ;({ house, organizer } = await openHouse({ 'max-seats-per-user': 20 }))
    ;[ann, bob] = await buyers(house, 'ann', 'bob')
    concert = await makeConcert(organizer)
    round = await makeRound(organizer, concert)
    seats = await seatsOf(ann, round)
})
after(() => house.close())

// Every request of a purchase, as [path, body], in their order.
const purchase = async (client, seat, name, send) => {
    const [charged] = await send('/v1/points/charges', { amount: 300 }, `${name} charge`)
    const [token] = await send('/v1/queue/tokens', undefined, `${name} join`)
    await admitted(client)
    const held = { roundId: round.id, seatIds: [seat.id] }
    const [reservation] = await send('/v1/reservations', held, `${name} hold`)
    const paid = { reservationId: reservation.id }
    const [payment] = await send('/v1/payments', paid, `${name} pay`)
    const cancel = `/v1/reservations/${reservation.id}/cancel`
    await send(cancel, undefined, `${name} cancel`)
    return { charged, token, reservation, payment }
}

describe('copies of a request', () => {
    // An account has four requests in flight at most: the fifth is told to come again, and does.
    const insist = (client, path, body, name) =>
        until(`an answer to ${name}`, async () => {
            const answer = await client.post(path, body, key(name))
            return answer.status !== 429 && answer
        })
    const copies = async (client, path, body, name, status) => {
        const answers = await Promise.all(
            Array.from({ length: COPIES }, () => insist(client, path, body, name))
        )
        for (const answer of answers) assert.equal(answer.status, status, answer.text)
        assert.equal(answers.filter(answer => !replayed(answer)).length, 1, name)
        const ids = new Set(answers.map(answer => answer.body.id))
        assert.equal(ids.size, 1, name)
        return answers.map(answer => answer.body)
    }

    test('five at the same time have one effect, at every step of a purchase', async () => {
        const before = await balance(ann)
        const statusOf = path => (path.endsWith('/cancel') ? 200 : 201)
        const made = await purchase(ann, seats[0], 'copies', (path, body, name) =>
            copies(ann, path, body, name, statusOf(path))
        )
        assert.equal(await balance(ann), before + 300) // charged once, paid once, refunded once
        const entries = ok(await ann.get('/v1/points/entries')).items
        assert.deepEqual(
            entries.map(entry => entry.kind),
            ['refund', 'payment', 'charge']
        )
        const found = ok(await ann.get(`/v1/reservations/${made.reservation.id}`))
        assert.equal(found.status, 'cancelled')
    })

    test('of two callers who chose the same keys each has its own effect', async () => {
        const people = [ann, bob]
        const before = await Promise.all(people.map(balance))
        await Promise.all(
            people.flatMap(person =>
                Array.from({ length: COPIES }, (_, i) =>
                    insist(person, '/v1/points/charges', { amount: 7 }, `both ${i % 2}`)
                )
            )
        )
        const now = await Promise.all(people.map(balance))
        assert.deepEqual(
            now,
            before.map(points => points + 14)
        )
    })
})

describe('what a key made and somebody took away since', () => {
    const concertBody = {
        title: 'Gone',
        description: '',
        reservationOpenAt: '2030-01-01T00:00:00Z',
        reservationCloseAt: '2030-02-01T00:00:00Z',
    }
    const plan = { format: 'usher-plan/1', rows: [{ section: 'A', row: '1', count: 2 }] }
    const planBody = { name: 'Gone', plan }
    for (const [path, body] of [
        ['/v1/concerts', concertBody],
        ['/v1/plans', planBody],
    ])
        test(`is not made again at ${path}`, async () => {
            const headers = key(`gone ${path}`)
            const { id } = ok(await organizer.post(path, body, headers), 201)
            const gone = await organizer.delete(`${path}/${id}`)
            assert.equal(gone.status, 204, gone.text)
            refused(await organizer.post(path, body, headers), 404, 'not_found')
        })
})

describe('a replay', () => {
    test('has the first status and shows the object as it is now', async () => {
        const again = []
        const made = await purchase(bob, seats[1], 'now', async (path, body, name) => {
            const answer = await bob.post(path, body, key(name))
            again.push([path, body, name, answer.status])
            assert.ok(!replayed(answer))
            return [answer.body]
        })
        const answers = []
        for (const [path, body, name, status] of again)
            answers.push(replay(await bob.post(path, body, key(name)), status))
        const [charged, token, reservation, payment, cancelled] = answers
        assert.deepEqual(charged, made.charged)
        assert.equal(token.status, 'expired')
        assert.equal(reservation.status, 'cancelled')
        assert.equal(payment.status, 'cancelled')
        assert.deepEqual(cancelled, reservation)
    })

    test('is known after a restart', async () => {
        const first = fresh(await ann.post('/v1/points/charges', { amount: 11 }, key('restart')), 201)
        await house.restart()
        const second = await ann.post('/v1/points/charges', { amount: 11 }, key('restart'))
        assert.deepEqual(replay(second, 201), first)
    })

    test('of what an organizer makes', async () => {
        const body = {
            title: 'Once',
            description: '',
            reservationOpenAt: '2030-01-01T00:00:00Z',
            reservationCloseAt: '2030-02-01T00:00:00Z',
        }
        const first = fresh(await organizer.post('/v1/concerts', body, key('concert')), 201)
        assert.deepEqual(replay(await organizer.post('/v1/concerts', body, key('concert')), 201), first)

        // Longer than the bodies that are read before it is known who sends them.
        const sections = Array.from({ length: 900 }, (_, i) => ({
            name: `section number ${i} of the house, by the door`.slice(0, 20) + i,
            rows: 1,
            seatsPerRow: 2,
            price: 100,
        }))
        const startTime = '2030-03-01T00:00:00Z'
        const path = `/v1/concerts/${first.id}/rounds`
        const round = fresh(
            await organizer.post(path, { startTime, sections }, key('round')),
            201
        )
        assert.deepEqual(
            replay(await organizer.post(path, { startTime, sections }, key('round')), 201),
            round
        )
        refused(
            await organizer.post(path, { startTime, sections: sections.slice(1) }, key('round')),
            422,
            'idempotency_key_reused'
        )
        assert.equal(ok(await organizer.get(path)).items.length, 1)
    })
})

describe('a key', () => {
    test('belongs to one method, path and body', async () => {
        fresh(await ann.post('/v1/points/charges', { amount: 1 }, key('one')), 201)
        const reused = [
            ['/v1/points/charges', { amount: 2 }],
            ['/v1/points/charges', { amount: 1, reference: 'x' }],
            ['/v1/queue/tokens', undefined],
            ['/v1/payments', { reservationId: 'reservation_01h455vb4pex5vsknk084sn02q' }],
        ]
        for (const [path, body] of reused)
            refused(await ann.post(path, body, key('one')), 422, 'idempotency_key_reused')
        replay(await ann.post('/v1/points/charges', { amount: 1 }, key('one')), 201)
    })

    test('belongs to what a body says, not to how it is written', async () => {
        const send = (raw, name) =>
            ann.request('POST', '/v1/points/charges', { raw, headers: key(name) })
        const body = '{"amount":12,"reference":"a/b é"}'
        const first = fresh(await send(body, 'written'), 201)
        for (const same of [
            body,
            '{"reference":"a/b é","amount":12}',
            ' {\n\t"amount" : 12 ,\r\n "reference" : "a\\/b \\u00E9" } ',
            '{"\\u0061mount":12,"reference":"a\\u002fb \\u00e9"}',
        ])
            assert.deepEqual(replay(await send(same, 'written'), 201), first)
        for (const other of [
            '{"amount":13,"reference":"a/b é"}',
            '{"amount":12,"reference":"a/b e\u0301"}',
            '{"amount":12,"reference":"a/b"}',
            '{"amount":12}',
        ])
            refused(await send(other, 'written'), 422, 'idempotency_key_reused')
    })

    test('of an action counts with {} and without a body', async () => {
        const join = raw => bob.request('POST', '/v1/queue/tokens', { raw, headers: key('action') })
        const first = ok(await join('{}'), 201)
        for (const raw of ['', ' { } ', '{}'])
            assert.equal(replay(await join(raw), 201).id, first.id)
    })

    test('of an import counts for its bytes', async () => {
        const path = `/v1/concerts/${concert.id}/rounds`
        const sections = [{ name: 'A', rows: 1, seatsPerRow: 2, price: 100 }]
        const body = JSON.stringify({ startTime: '2030-03-01T00:00:00Z', sections })
        const send = raw => organizer.request('POST', path, { raw, headers: key('bytes') })
        const first = fresh(await send(body), 201)
        assert.equal(replay(await send(body), 201).id, first.id)
        refused(await send(`${body} `), 422, 'idempotency_key_reused')
    })

    test('is 1 to 255 printable ASCII characters, once', async () => {
        const before = await balance(ann)
        const post = header => ann.post('/v1/points/charges', { amount: 1 }, { 'idempotency-key': header })
        const longest = `${'~ '.repeat(127)}~`
        fresh(await post(longest), 201)
        replay(await post(longest), 201)
        fresh(await post('!'), 201)
        for (const bad of ['', 'x'.repeat(256), 'caf\u00e9', 'a\tb'])
            refused(await post(bad), 400, 'bad_request')
        const body = '{"amount":1}'
        const raw = async keys => {
            const answer = await speak(
                house.url,
                `POST /v1/points/charges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\n` +
                    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
                    `${keys}\r\n\r\n${body}`,
                { until: /\r\n\r\n/ }
            )
            return statuses(answer)
        }
        assert.deepEqual(await raw('Idempotency-Key: a\r\nIdempotency-Key: b'), [400])
        assert.equal(await balance(ann), before + 2)
        // Blanks around it are not part of it.
        assert.deepEqual(await raw('Idempotency-Key:  ! \t '), [201])
        assert.equal(await balance(ann), before + 2)
    })

    test('is looked at after the caller, and before the body', async () => {
        const path = '/v1/points/charges'
        refused(await house.anybody.post(path, { amount: 1 }, key('')), 401, 'unauthenticated')
        refused(await ann.post(path, { amount: -1 }, key('')), 400, 'bad_request')
        refused(await ann.post(path, { amount: -1 }, key('form')), 422, 'invalid_field')
        fresh(await ann.post(path, { amount: 1 }, key('form')), 201) // a refusal was not kept
    })

    test('is ignored where nobody has signed in, and on other methods', async () => {
        const name = { name: 'Ann', email: 'ann@example.com', password: 'some password' }
        refused(await house.anybody.post('/v1/users', name, key('same')), 409, 'email_taken')
        const credentials = { email: 'ann@example.com', password: 'password of ann@example.com' }
        for (let i = 0; i < 2; i++)
            fresh(await house.anybody.post('/v1/sessions', credentials, key('same')), 201)
        const headers = key('same')
        for (const newName of ['Anna', 'Ann'])
            fresh(await ann.request('PATCH', '/v1/users/me', { body: { name: newName }, headers }))
        assert.equal(ok(await ann.get('/v1/users/me')).name, 'Ann')
    })

    test('is kept for the last 64 requests', async () => {
        const post = i => bob.post('/v1/points/charges', { amount: 1 }, key(`many ${i}`))
        for (let i = 0; i < 65; i++) fresh(await post(i), 201)
        for (let i = 1; i < 65; i++) replay(await post(i), 201)
        fresh(await post(0), 201)
    })
})

describe('an answer that was lost', () => {
    const post = () => ann.post('/v1/points/charges', { amount: 5 }, key('lost'))

    test('by kill -9 after the effect is given when asked for again', async () => {
        const before = await balance(ann)
        const body = '{"amount":5}'
        const asked = speak(
            house.url,
            `POST /v1/points/charges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\n` +
                `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
                `Idempotency-Key: lost\r\n\r\n${body}`
        )
        await until('the effect', async () => (await balance(ann)) === before + 5)
        await house.end('SIGKILL')
        await asked
        await house.start()
        replay(await post(), 201)
        assert.equal(await balance(ann), before + 5)
    })

    test('by a failing disk is found out by asking again', async () => {
        const limit = async bytes => {
            const args = ['--pid', String(house.pid), `--fsize=${bytes}:`]
            const { code, stderr } = await run('prlimit', args)
            assert.equal(code, 0, stderr)
        }
        const before = await balance(ann)
        let asked = 0
        const next = name => ann.post('/v1/points/charges', { amount: 1 }, key(name))
        await limit(4096)
        const unknown = await until('the disk to be full', async () => {
            const answer = await next(`full ${asked}`)
            if (answer.status === 201) asked++
            else return answer
        })
        refused(unknown, 503, 'outcome_unknown')
        await limit('unlimited')
        await until('writing again', async () => (await next(`full ${asked}`)).status === 201)
        assert.equal(await balance(ann), before + asked + 1)
        replay(await next(`full ${asked}`), 201)
        await house.stop()
        await house.check()
    })
})
