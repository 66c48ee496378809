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

    describe('is called what that system says', () => {
        let shop, kim
        const patching = (client, change, id = kim.id) => client.patch(`/v1/users/${id}`, change)
        before(async () => {
            const scopes = ['users:write']
            const { secret } = ok(await organizer.post('/v1/api-keys', { name: 'shop', scopes }), 201)
            shop = new Client(house, { token: secret })
            kim = ok(await ensuring(shop, { name: 'Kim', externalId: 'kim' }), 201)
        })

        test('by name and e-mail, each by itself', async () => {
            assert.deepEqual(ok(await patching(shop, {})), kim)
            const renamed = ok(await patching(shop, { name: 'Kim Ann' }))
            assert.deepEqual(renamed, { ...kim, name: 'Kim Ann' })
            const reached = ok(await patching(shop, { email: 'Kim@example.com ' }))
            assert.deepEqual(reached, { ...renamed, email: reached.email })
            assert.equal(reached.email.toLowerCase(), 'kim@example.com')
            assert.deepEqual(ok(await patching(shop, { email: 'kim@example.com' })).id, kim.id)
            assert.deepEqual(ok(await ensuring(shop, { externalId: 'kim' }), 200).name, 'Kim Ann')
            await house.restart()
            assert.deepEqual(ok(await organizer.get(`/v1/users/${kim.id}`)).name, 'Kim Ann')
            assert.equal(ok(await organizer.get('/v1/users?email=kim@example.com')).items.length, 1)
        })

        test('whose sessions go on, and who may say so too', async () => {
            const { token } = ok(await shop.post('/v1/sessions', { userId: kim.id }), 201)
            const own = new Client(house, { token })
            ok(await patching(shop, { name: 'Kim A.' }))
            assert.equal(ok(await own.get('/v1/users/me')).name, 'Kim A.')
            ok(await own.patch('/v1/users/me', { name: 'Kim B.' }))
            refused(await patching(own, { name: 'x' }), 403, 'forbidden')
        })

        test('without an e-mail again, which another then has', async () => {
            const change = { email: 'kim@example.com' }
            const lee = ok(await ensuring(shop, { name: 'Lee', externalId: 'lee' }), 201)
            refused(await patching(shop, change, lee.id), 409, 'email_taken')
            assert.equal(ok(await patching(shop, { email: null })).email, null)
            assert.deepEqual(ok(await patching(shop, change, lee.id)), { ...lee, ...change })
        })

        test('and not those who are not of another system', async () => {
            const { items } = ok(await organizer.get('/v1/users?email=ole%40example.com'))
            refused(await patching(shop, { name: 'x' }, items[0].id), 403, 'forbidden')
            refused(await patching(shop, { name: 'x' }, nobody('user')), 404, 'not_found')
            refused(await patching(house.anybody, { name: 'x' }), 401, 'unauthenticated')
            const scopes = ['read']
            const { secret } = ok(await organizer.post('/v1/api-keys', { name: 'till', scopes }), 201)
            const till = new Client(house, { token: secret })
            refused(await patching(till, { name: 'x' }), 403, 'scope_required')
        })

        test('its form', async () => {
            for (const [field, value] of [
                ['/name', ''],
                ['/name', null],
                ['/name', 'x'.repeat(101)],
                ['/email', 'nobody'],
                ['/externalId', 'other'],
                ['/password', 'a good password'],
            ])
                invalid(await patching(shop, { [field.slice(1)]: value }), field)
        })

        test('which is told among the actions', async () => {
            const { items } = ok(await organizer.get(`/v1/actions?subject=${kim.id}`))
            assert.ok(items.some(({ what }) => what === 'user_changed'))
        })
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
