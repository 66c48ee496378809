// Buyers who have accounts in another system: made by its id, and signed in by whoever runs it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { balance, nobody, openHouse } from './support/people.mjs'

describe('a buyer of another system', () => {
    let house, organizer, ann, made
    before(async () => {
        const settings = { registration: 'closed', charging: 'closed' }
        ;({ house, organizer } = await openHouse(settings, { others: ['ole@example.com'] }))
    })
    after(() => house.close())

    const both = ['/email', '/password']
    const fields = answer => refused(answer, 422, 'invalid_field').errors.map(({ field }) => field)
    const ensuring = (client, change) =>
        client.post('/v1/users', { name: 'Ann', externalId: 'shop 17', ...change })

    for (const externalId of ['', 'x'.repeat(101), 7, ' shop', 'shop\u200b', null])
        test(`with the id ${JSON.stringify(externalId).slice(0, 12)}`, async () => {
            invalid(await ensuring(organizer, { externalId }), '/externalId')
        })

    test('has no password, and needs a name', async () => {
        invalid(await ensuring(organizer, { password: 'a good password' }), '/password')
        invalid(await ensuring(organizer, { name: undefined }), '/name')
        invalid(await ensuring(organizer, { email: 'nobody' }), '/email')
        invalid(await organizer.post('/v1/users', { name: 'Ann', email: 'a@example.com' }), '/password')
        assert.deepEqual(fields(await organizer.post('/v1/users', { name: 'Ann' })), both)
    })

    test('is made once', async () => {
        const first = await ensuring(organizer)
        made = ok(first, 201)
        assert.equal(first.headers.location, `/v1/users/${made.id}`)
        assert.deepEqual(
            [made.name, made.email, made.role, made.externalId],
            ['Ann', null, 'buyer', 'shop 17']
        )
        assert.deepEqual(ok(await ensuring(organizer, { name: 'Anna' }), 200), made)
        await house.restart()
        assert.deepEqual(ok(await ensuring(organizer, { name: 'Anna' }), 200), made)
        const found = ok(await organizer.get('/v1/users?externalId=shop%2017')).items
        assert.deepEqual(found, [made])
        const csv = await organizer.get('/v1/exports/users.csv?reason=test&externalId=shop%2017')
        assert.equal(csv.text.trim().split('\r\n').length, 2)
    })

    test('is found by whoever asks for the same one at once, and made once', async () => {
        const answers = await Promise.all(
            Array.from({ length: 4 }, () => ensuring(organizer, { externalId: 'at once' }))
        )
        assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 201])
        assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
    })

    test('gets no address that somebody has', async () => {
        const change = { externalId: 'shop 18', email: 'BOSS@example.com' }
        refused(await ensuring(organizer, change), 409, 'email_taken')
        ok(await ensuring(organizer, { externalId: 'shop 18', email: 'carl@example.com' }), 201)
        const other = { externalId: 'shop 19', email: 'carl@example.com' }
        refused(await ensuring(organizer, other), 409, 'email_taken')
    })

    test('cannot sign in by the address alone', async () => {
        for (const password of ['', 'shop 18', 'a good password']) {
            const answer = await house.anybody.post('/v1/sessions', { email: 'carl@example.com', password })
            assert.ok([401, 422].includes(answer.status), answer.text)
        }
    })

    test('is signed in for, without a cookie, and buys', async () => {
        const answer = await organizer.post('/v1/sessions', { userId: made.id })
        const session = ok(answer, 201)
        assert.equal(answer.headers['set-cookie'], undefined)
        assert.deepEqual(session.user, made)
        ann = new Client(house, { token: session.token })
        assert.deepEqual(ok(await ann.get('/v1/users/me')), made)
        ok(await organizer.post('/v1/points/charges', { userId: made.id, amount: 500 }), 201)
        assert.equal(await balance(ann), 500)
        assert.equal(ok(await organizer.get('/v1/users/me')).email, 'boss@example.com')
        await house.restart()
        assert.equal(await balance(ann), 500)
    })

    test('is nobody\'s to make or sign in who is no organizer', async () => {
        refused(await ensuring(house.anybody), 401, 'unauthenticated')
        refused(await ensuring(ann, { externalId: 'own' }), 403, 'forbidden')
        refused(await house.anybody.post('/v1/sessions', { userId: made.id }), 401, 'unauthenticated')
        refused(await ann.post('/v1/sessions', { userId: made.id }), 403, 'forbidden')
        const { token } = ok(await organizer.post('/v1/sessions', { userId: made.id }), 201)
        const ended = new Client(house, { token })
        ok(await ended.delete('/v1/sessions/current'), 204)
        refused(await ended.post('/v1/sessions', { userId: made.id }), 401, 'unauthenticated')
    })

    test('and no organizer is signed in so', async () => {
        const { items } = ok(await organizer.get('/v1/users?email=ole%40example.com'))
        refused(await organizer.post('/v1/sessions', { userId: items[0].id }), 403, 'forbidden')
        refused(await organizer.post('/v1/sessions', { userId: nobody('user') }), 404, 'not_found')
    })

    test('userId goes with no password', async () => {
        const body = { userId: made.id, email: 'boss@example.com', password: 'a good password' }
        assert.deepEqual(fields(await organizer.post('/v1/sessions', body)), both)
        invalid(await organizer.post('/v1/sessions', { userId: 'ann' }), '/userId')
        assert.deepEqual(fields(await house.anybody.post('/v1/sessions', {})), both)
    })
})
