// Tickets over HTTP: with the payment, until the refund; and what a door reads of them, which knows the
// key of GET /v1/settings and nothing else.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'

import jsQR from 'jsqr'

import { Client, invalid, ok, refused } from './support/client.mjs'
import {
    admitted,
    buy,
    buyers,
    charge,
    makeConcert,
    makeRound,
    nobody,
    openHouse,
    seatsOf,
} from './support/people.mjs'
import { pixelsOf } from './support/png.mjs'
import { keyOf, readCode } from './support/signed-code.mjs'

const ticketOf = async (client, { id }) => ok(await client.get(`/v1/tickets/${id}`))

describe('tickets', () => {
    let house, boss, ann, bob, round, seats, bought, key
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
        round = await makeRound(boss, await makeConcert(boss))
        seats = await seatsOf(ann, round)
        await charge(ann, 1000)
        await charge(bob, 1000)
        await buy(ann, round, seats[0], seats[1])
        bought = ok(await ann.get('/v1/reservations')).items[0]
        key = keyOf(ok(await house.anybody.get('/v1/settings')).ticketKey)
    })
    after(() => house.close())

    test('a reservation that is paid for has one a seat', () => {
        assert.equal(bought.status, 'confirmed')
        assert.deepEqual(
            bought.tickets.map(({ id, ...rest }) => rest),
            bought.seats.map(({ seatId, seatNumber }) => ({
                seatId,
                seatNumber,
                status: 'valid',
                holderName: null,
            }))
        )
        assert.ok(bought.tickets.every(({ id }) => id.startsWith('ticket_')))
    })

    test('its owner is shown a code that the key of the settings signed, and that nobody keeps', async () => {
        const answer = await ann.get(`/v1/tickets/${bought.tickets[1].id}`)
        const ticket = ok(answer)
        assert.equal(answer.headers['cache-control'], 'no-store')
        assert.deepEqual(
            [ticket.seatId, ticket.reservationId, ticket.roundId, ticket.userId],
            [bought.seats[1].seatId, bought.id, round.id, ann.user.id]
        )
        assert.ok(ticket.code.length < 256)
        assert.deepEqual(readCode(ticket.code, [key]), {
            seed: `${ticket.serial}.1`,
            item: 1,
            variation: 0,
            subevent: 0,
        })
        const other = keyOf(Buffer.alloc(32, 7).toString('base64'))
        assert.equal(readCode(ticket.code, [other]), null)
        const middle = ticket.code[40] === 'A' ? 'B' : 'A'
        const forged = ticket.code.slice(0, 40) + middle + ticket.code.slice(41)
        assert.equal(readCode(forged, [key]), null)
    })

    test('a code that is made anew names another generation, and the serial stays', async () => {
        const before = await ticketOf(ann, bought.tickets[0])
        const path = `/v1/tickets/${before.id}/reissue`
        const headers = { 'idempotency-key': 'lost' }
        const again = ok(await ann.post(path, {}, headers))
        assert.deepEqual([again.serial, again.generation], [before.serial, 2])
        assert.notEqual(again.code, before.code)
        assert.equal(readCode(again.code, [key]).seed, `${before.serial}.2`)
        const repeated = await ann.post(path, {}, headers)
        assert.equal(repeated.headers['idempotency-replayed'], 'true')
        assert.deepEqual(ok(repeated), again)
        assert.deepEqual(await ticketOf(ann, before), again)
    })

    test('a ticket is for whom its owner says', async () => {
        const path = `/v1/tickets/${bought.tickets[1].id}`
        const named = ok(await ann.patch(path, { holderName: '이영희' }))
        assert.equal(named.holderName, '이영희')
        assert.deepEqual(ok(await ann.patch(path, {})), named)
        const { tickets } = ok(await ann.get(`/v1/reservations/${bought.id}`))
        assert.deepEqual(tickets.map(({ holderName }) => holderName), [null, '이영희'])
        const { items } = ok(await ann.get(`/v1/tickets?reservationId=${bought.id}`))
        assert.deepEqual(items.map(({ holderName }) => holderName), ['이영희', null])
        assert.ok(items.every(ticket => !('code' in ticket)))
        assert.equal(ok(await ann.patch(path, { holderName: null })).holderName, null)
        invalid(await ann.patch(path, { holderName: '' }), '/holderName')
        invalid(await ann.patch(path, { holderName: 'a\nb' }), '/holderName')
        invalid(await ann.patch(path, { seatId: seats[5].id }), '/seatId')
    })

    test("others find none, and the house's people see all but the code", async () => {
        const [{ id }] = bought.tickets
        const path = `/v1/tickets/${id}`
        for (const [method, where, body] of [
            ['GET', path],
            ['GET', `${path}/qr.svg`],
            ['POST', `${path}/reissue`],
            ['PATCH', path, { holderName: 'Bob' }],
        ])
            refused(await bob.request(method, where, { body }), 404, 'not_found')
        assert.deepEqual(ok(await bob.get('/v1/tickets')).items, [])
        refused(await bob.get(`/v1/tickets?userId=${ann.user.id}`), 403, 'forbidden')
        refused(await ann.get(`/v1/tickets/${nobody('ticket')}`), 404, 'not_found')
        refused(await ann.get('/v1/tickets/ticket_x'), 404, 'not_found')

        const seen = ok(await boss.get(path))
        assert.deepEqual([seen.code, seen.userId], [null, ann.user.id])
        refused(await boss.get(`${path}/qr.svg`), 404, 'not_found')
        const listed = ok(await boss.get(`/v1/tickets?roundId=${round.id}&status=valid`)).items
        assert.deepEqual(listed.map(ticket => ticket.id).sort(), bought.tickets.map(ticket => ticket.id).sort())
        const { secret } = ok(await boss.post('/v1/api-keys', { name: 'shop', scopes: ['users:write'] }), 201)
        const shop = new Client(house, { token: secret })
        assert.equal(ok(await shop.post(`${path}/reissue`)).code, null)
    })

    test('two readers that know nothing of each other read the QR code', async () => {
        const { code, id } = await ticketOf(ann, bought.tickets[1])
        const answer = await ann.get(`/v1/tickets/${id}/qr.svg`)
        assert.equal(answer.status, 200)
        assert.equal(answer.headers['content-type'], 'image/svg+xml')
        assert.equal(answer.headers['cache-control'], 'no-store')
        const png = execFileSync('rsvg-convert', ['--format=png'], { input: answer.text })
        const { pixels, width, height } = pixelsOf(png)
        assert.equal(jsQR(pixels, width, height).data, code)
        const read = execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', '-'], {
            input: png,
        })
        assert.equal(read.toString().trimEnd(), code)
    })

    test('from the refund on they are void, and what was shown before is no more', async () => {
        await admitted(bob)
        await buy(bob, round, seats[6])
        const mine = ok(await bob.get('/v1/reservations')).items[0]
        const cancelled = ok(await bob.post(`/v1/reservations/${mine.id}/cancel`))
        assert.deepEqual(cancelled.tickets.map(({ status }) => status), ['void'])
        const ticket = await ticketOf(bob, mine.tickets[0])
        assert.deepEqual([ticket.status, ticket.code], ['void', null])
        assert.ok(ticket.voidedAt)
        const path = `/v1/tickets/${ticket.id}`
        refused(await bob.get(`${path}/qr.svg`), 409, 'ticket_void')
        refused(await bob.post(`${path}/reissue`), 409, 'ticket_void')
        refused(await bob.patch(path, { holderName: 'Bob' }), 409, 'ticket_void')
    })

    test('what was revoked stays so when the server starts again', async () => {
        const before = await ticketOf(ann, bought.tickets[0])
        await house.end('SIGKILL')
        await house.start()
        assert.deepEqual(await ticketOf(ann, before), before)
        assert.equal(keyOf(ok(await house.anybody.get('/v1/settings')).ticketKey).equals(key), true)
        assert.equal(ok(await boss.post('/v1/selfcheck')).ok, true)
    })

    test('who follows the house is told of each, and of no name', async () => {
        ok(await ann.patch(`/v1/tickets/${bought.tickets[1].id}`, { holderName: '이영희' }))
        const types = 'ticket.issued,ticket.voided,ticket.reissued,ticket.changed'
        const told = []
        for (let cursor = ''; told.at(-1)?.type !== 'ticket.changed' || told.length < 9; ) {
            const page = ok(await boss.get(`/v1/changes?types=${types}&wait=5${cursor}`))
            told.push(...page.items)
            cursor = `&cursor=${page.nextCursor}`
        }
        const of = type => told.filter(change => change.type === `ticket.${type}`)
        assert.deepEqual([of('issued').length, of('voided').length, of('reissued').length], [3, 1, 2])
        assert.equal(of('issued')[0].objectId, bought.tickets[0].id)
        assert.deepEqual(
            [of('issued')[0].roundId, of('issued')[0].userId, of('issued')[0].data.generation],
            [round.id, ann.user.id, 1]
        )
        assert.ok(!JSON.stringify(told).includes('이영희'))
    })
})

// From libpretixsync's tests (testFixtures/resources/events/event1.json and AsyncCheckProviderTest.kt of
// github.com/pretix/libpretixsync, Apache-2.0): what pretix signed, and one that somebody forged.
const PRETIX_KEYS = [
    'LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQTdBRDcvdkZBMzNFc1k0ejJQSHI3aVpQc1o4bjVkaDBhalA4Z3l6Tm1tSXM9Ci0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo=',
    'LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQVlNSnNPbkxwNUFXR3BKK2RGSkUycjlET1hlUUlaZ1ZyQ3Q5M0xBbDVCTjg9Ci0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo=',
]
const PRETIX_CODES = [
    'E4BibyTSylQOgeKjuMPiTDxi5HXPuTVsx1qCli3IL0143gj0EZXOB9iQInANxRFJTt4Pf9nXnHdB91Qk/RN0L5AIBABSxw2TKFnSUNUCKAEAPAQA',
    'OUmw2Ro3YOMQ4ktAlAIsDVe4Xsr1KXla/0SZVN34qIZWtUX0hx1DXDHxaCatGTNzOeCMjHQABR5E6ESCOOx1g7AIkBhVkdDdJJTVSZWCKAEAPAQA',
    'Ok4EsqDRCr2cL6yDRtqeP7j5Usr1Vj1Db7J0izOuRGx6Qn0BS1ISW2nxlW8PXkYRk7PJhIBmsK1V1ucq5obBoBAMG4p9jCPKBAheRdFV0REVDZUCKAEAVAQA',
]
const PRETIX_FORGED =
    'EFAKEyTSylQOgeKjuMPiTDxi5HXPuTVsx1qCli3IL0143gj0EZXOB9iQInANxRFJTt4Pf9nXnHdB91Qk/RN0L5AIBABSxw2TKFnSUNUCKAEAPAQA'

test("what reads the house's codes reads pretix's, which it published with its keys", () => {
    const keys = PRETIX_KEYS.map(keyOf)
    const read = PRETIX_CODES.map(code => readCode(code, keys))
    assert.ok(read.every(Boolean))
    for (const { seed, item } of read) {
        assert.match(seed, /^[A-Za-z0-9]{9}$/)
        assert.ok(item > 0)
    }
    assert.equal(readCode(PRETIX_FORGED, keys), null)
})
