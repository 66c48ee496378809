// What accounts and sessions refuse.

import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import { Client, invalid, ok, refused } from './support/client.mjs'
import { House, passwordOf } from './support/house.mjs'
import { buyers, signIn } from './support/people.mjs'

// What the threads of a process took of the processor so far (proc_pid_schedstat(5)).
async function processorMs(pid) {
    const threads = await readdir(`/proc/${pid}/task`)
    const told = await Promise.all(
        threads.map(thread => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))
    )
    return told.reduce((sum, text) => sum + Number(text.split(' ', 1)[0]) / 1e6, 0)
}

describe('accounts', () => {
    let house, ann, bob
    before(async () => {
        house = await House.open({}, { realPasswords: true })
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
    })
    after(() => house.close())

    const signUp = change =>
        house.anybody.post('/v1/users', {
            name: 'Cho',
            email: 'cho@example.com',
            password: 'long enough',
            ...change,
        })

    test('sign up: a taken e-mail, whatever its case', async () => {
        refused(await signUp({ email: 'ann@example.com' }), 409, 'email_taken')
        refused(await signUp({ email: 'ANN@EXAMPLE.COM' }), 409, 'email_taken')
    })

    const outOfRange = [
        ['/name', { name: '' }],
        ['/name', { name: 'n'.repeat(101) }],
        ['/password', { password: '1234567' }],
        ['/password', { password: 'p'.repeat(129) }],
        ['/email', { email: '' }],
        ['/email', { email: 'cho' }],
        ['/email', { email: '@example.com' }],
        ['/email', { email: 'cho@' }],
        ['/email', { email: 'c ho@example.com' }],
        ['/email', { email: 'cho@example.com\r\nbcc: x@example.com' }],
        ['/email', { email: `${'c'.repeat(250)}@example.com` }],
        ['/email', { email: 'cho@.' }],
        ['/email', { email: 'cho@x..com' }],
        ['/email', { email: 'cho@x.com.' }],
        ['/email', { email: 'cho@house' }],
        ['/email', { email: 'cho@-x.com' }],
        ['/email', { email: 'cho@x_y.com' }],
        ['/email', { email: 'cho@10.0.0.1' }],
        ['/email', { email: 'ch\u200bo@example.com' }],
        ['/email', { email: 'cho@exam\u00adple.com' }],
        ['/email', { email: 'cho@xn--a.example' }],
        ['/email', { email: `cho@${'가힣'.repeat(30)}.kr` }],
        ['/name', { name: '   ' }],
        ['/name', { name: '\u200b' }],
        ['/name', { name: 'Cho\u200b' }],
        ['/name', { name: '\u3164' }],
        ['/name', { name: '\u2800' }],
        ['/name', { name: '\u202eohC' }],
        ['/name', { name: 'Cho\u200d' }],
        ['/name', { name: 'Cho\u{e0041}' }],
        ['/name', { name: 'Cho\ufffe' }],
        ['/password', { password: ' '.repeat(8) }],
        ['/password', { password: '\u200b'.repeat(8) }],
        ['/password', { password: 'PassWord' }],
        ['/password', { password: 'qwer1234' }],
        ['/password', { password: 'CHO@example.com' }],
        ['/password', { name: 'Cho Min-ah', password: 'cho min-AH' }],
        ['/password', { email: 'cho.min-ah@example.com', password: 'Cho.Min-Ah' }],
        ['/password', { password: 'e\u0301'.repeat(7) }], // seven characters in fourteen
    ]
    for (const [field, change] of outOfRange)
        test(`sign up: ${JSON.stringify(change).slice(0, 60)}`, async () => {
            invalid(await signUp(change), field)
        })

    test('sign up: all that is wrong is told at once', async () => {
        const answer = await house.anybody.post('/v1/users', {
            name: '',
            email: 'cho@example.com',
            extra: 1,
        })
        const { errors } = refused(answer, 422, 'invalid_field')
        assert.deepEqual(errors.map(({ field }) => field).sort(), ['/extra', '/name', '/password'])
    })

    test('sign up: names of 100 characters of any script, passwords of 8 and of 128 are fine', async () => {
        const name = '가'.repeat(99) + '🎫'
        ok(await signUp({ name, email: 'wide@example.com', password: '가나다라마바사아' }), 201)
        ok(await signUp({ email: 'long@example.com', password: 'p'.repeat(128) }), 201)
        const wide = await signIn(house, 'wide@example.com', '가나다라마바사아')
        assert.equal(wide.user.name, name)
    })

    // The server's time on the processor, since the clock's says what else the machine does.
    test('sign in: the same for a wrong password and an unknown e-mail, at the same cost', async () => {
        const attempt = async email => {
            const before = await processorMs(house.pid)
            const answer = await house.anybody.post('/v1/sessions', {
                email,
                password: 'not it at all',
            })
            const { requestId, ...problem } = refused(answer, 401, 'bad_credentials')
            return { problem, ms: (await processorMs(house.pid)) - before }
        }
        const cost = { known: 0, unknown: 0 }
        for (let i = 0; i < 3; i++) {
            const known = await attempt('ann@example.com')
            const unknown = await attempt('nobody@example.com')
            assert.deepEqual(unknown.problem, known.problem)
            cost.known += known.ms
            cost.unknown += unknown.ms
        }
        // A hash is a hundred times the rest, so an answer without one stands out.
        assert.ok(cost.unknown > cost.known / 3, JSON.stringify(cost))
    })

    const spellings = [
        ['josé@bücher.example', 'JOSÉ@BÜCHER.Example'],
        ['jose\u0301@bu\u0308cher.example', 'josé@xn--bcher-kva.example'],
        [' josé@bücher.example ', '\u3000JOSE\u0301@XN--BCHER-KVA.example\n'],
    ].flat()

    test('one mailbox is one account, however it is spelled', async () => {
        const password = 'long enough'
        const made = ok(await signUp({ email: spellings[1] }), 201)
        assert.equal(made.email, 'josé@bücher.example')
        for (const email of spellings) {
            refused(await signUp({ email }), 409, 'email_taken')
            const { user } = await signIn(house, email, password)
            assert.equal(user.id, made.id)
            const change = { email, currentPassword: passwordOf('ann@example.com') }
            refused(await ann.patch('/v1/users/me', change), 409, 'email_taken')
        }
        const other = ok(await signUp({ email: 'straße@faß.de' }), 201)
        assert.equal(other.email, 'straße@faß.de')
        refused(await signUp({ email: 'STRASSE@FAß.de' }), 409, 'email_taken')
    })

    test('a name loses the blanks around it, and keeps what shapes it', async () => {
        const names = ['می\u200cخواهم', '❤\ufe0f\u200d🔥', 'José Ó Súilleabháin', '\ue000']
        for (const name of names) {
            const me = await ann.patch('/v1/users/me', { name: ` ${name}\u3000` })
            assert.equal(ok(me).name, name)
        }
    })

    test('a password is right in every normal form, with any space', async () => {
        ok(await signUp({ email: 'forms@example.com', password: 'tre\u0300s\u00a0secrèt' }), 201)
        for (const typed of ['très secrèt', 'tre\u0300s\u3000secre\u0300t'])
            await signIn(house, 'forms@example.com', typed)
        const wrong = { email: 'forms@example.com', password: 'Très secrèt' }
        refused(await house.anybody.post('/v1/sessions', wrong), 401, 'bad_credentials')
        // 128 syllables in their pieces.
        const long = '가힣'.repeat(64).normalize('NFD')
        ok(await signUp({ email: 'pieces@example.com', password: long }), 201)
        await signIn(house, 'pieces@example.com', long.normalize('NFC'))
    })

    test('a change of the password is judged with who one is and will be', async () => {
        const email = 'margret-ann@example.com'
        const me = ok(await signUp({ name: 'Margret Ann', email }), 201)
        const client = await signIn(house, email, 'long enough')
        const change = more =>
            client.patch('/v1/users/me', { currentPassword: 'long enough', ...more })
        for (const password of ['MARGRET ANN', 'Margret-Ann', email, 'letmein1', ' '.repeat(9)])
            invalid(await change({ password }), '/password')
        invalid(await change({ password: 'Ann Margret', name: 'ann margret' }), '/password')
        invalid(await change({ password: 'someone-else', email: 'someone-else@x.com' }), '/password')
        const wrong = { password: 'MARGRET ANN', currentPassword: 'not it at all' }
        invalid(await client.patch('/v1/users/me', wrong), '/currentPassword')
        assert.equal(ok(await client.get('/v1/users/me')).name, me.name)
        await signIn(house, email, 'long enough')
    })

    const strangers = [
        ['no token', {}],
        ['an empty token', { authorization: 'Bearer ' }],
        ['another scheme', { authorization: 'Basic YW5uOnNlY3JldA==' }],
        ['a made-up token', { authorization: 'Bearer abcdefghijklmnop' }],
        ['an id for a token', { authorization: 'Bearer session_01h455vb4pex5vsknk084sn02q' }],
        ['a made-up cookie', { cookie: 'usher_session=abcdefghijklmnop' }],
    ]
    for (const [name, headers] of strangers)
        test(`a caller with ${name} is told to sign in`, async () => {
            const paths = [
                '/v1/users/me',
                '/v1/points',
                '/v1/reservations',
                '/v1/queue/tokens/current',
            ]
            for (const path of paths)
                refused(await house.anybody.get(path, headers), 401, 'unauthenticated')
        })

    test('a token with any one character changed is turned away', async () => {
        const { token } = ann
        for (let at = 0; at < token.length; at++) {
            const forged =
                token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1)
            const answer = await new Client(house, { token: forged }).get('/v1/users/me')
            refused(answer, 401, 'unauthenticated')
        }
        ok(await ann.get('/v1/users/me'))
    })

    test('a change of e-mail or password wants the current password', async () => {
        const wrong = 'not it at all'
        invalid(await ann.patch('/v1/users/me', { email: 'ann2@example.com' }), '/currentPassword')
        invalid(await ann.patch('/v1/users/me', { password: 'new password' }), '/currentPassword')
        const changes = { email: 'ann2@example.com', currentPassword: wrong }
        invalid(await ann.patch('/v1/users/me', changes), '/currentPassword')
        assert.equal(ok(await ann.get('/v1/users/me')).email, 'ann@example.com')
    })

    test('a change to a taken e-mail', async () => {
        const change = { email: 'BOB@example.com', currentPassword: passwordOf('ann@example.com') }
        refused(await ann.patch('/v1/users/me', change), 409, 'email_taken')
    })

    test('a change of the name needs nothing else', async () => {
        assert.equal(ok(await ann.patch('/v1/users/me', { name: 'Ann Two' })).name, 'Ann Two')
        assert.equal(ok(await ann.patch('/v1/users/me', {})).name, 'Ann Two')
        invalid(await ann.patch('/v1/users/me', { name: null }), '/name')
        invalid(await ann.patch('/v1/users/me', { role: 'organizer' }), '/role')
    })

    test('a new password ends the other sessions and replaces the old one', async () => {
        const other = await signIn(house, 'bob@example.com')
        const change = { password: 'another one', currentPassword: passwordOf('bob@example.com') }
        ok(await bob.patch('/v1/users/me', change))
        refused(await other.get('/v1/users/me'), 401, 'unauthenticated')
        ok(await bob.get('/v1/users/me'))
        const old = { email: 'bob@example.com', password: passwordOf('bob@example.com') }
        refused(await house.anybody.post('/v1/sessions', old), 401, 'bad_credentials')
        await signIn(house, 'bob@example.com', 'another one')
    })

    test('a new e-mail is the one to sign in with', async () => {
        const change = { email: 'Robert@Example.com', currentPassword: 'another one' }
        assert.equal(ok(await bob.patch('/v1/users/me', change)).email, 'robert@example.com')
        await signIn(house, 'robert@example.com', 'another one')
        const old = { email: 'bob@example.com', password: 'another one' }
        refused(await house.anybody.post('/v1/sessions', old), 401, 'bad_credentials')
    })

    test('the lists of users are not for buyers', async () => {
        refused(await ann.get('/v1/users'), 403, 'forbidden')
        refused(await ann.get(`/v1/users/${bob.user.id}`), 403, 'forbidden')
        refused(await house.anybody.get('/v1/users'), 401, 'unauthenticated')
    })
})

describe('a house with closed registration', () => {
    let house
    before(async () => {
        house = await House.open({ registration: 'closed' }, { organizers: ['boss@example.com'] })
    })
    after(() => house.close())

    test('lets nobody sign up, and those with accounts in', async () => {
        const body = { name: 'Cho', email: 'cho@example.com', password: 'long enough' }
        refused(await house.anybody.post('/v1/users', body), 403, 'registration_closed')
        invalid(await house.anybody.post('/v1/users', { ...body, name: '' }), '/name')
        await signIn(house, 'boss@example.com')
        assert.equal(ok(await house.anybody.get('/v1/settings')).registration, 'closed')
    })
})
