// What administrators of the machine do over the control socket while the server runs, and without a
// server: make organizers, and give them passwords. `usher status` stands in status.test.mjs.

import assert from 'node:assert/strict'
import { chmod, stat } from 'node:fs/promises'
import net from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { Client, ok, refused } from '../api/support/client.mjs'
import { House, passwordOf, program, run } from '../api/support/house.mjs'
import { signIn } from '../api/support/people.mjs'
import { within } from '../api/support/wait.mjs'

let house, boss
before(async () => {
    house = await House.open({}, { organizers: ['boss@example.com'] })
    boss = await signIn(house, 'boss@example.com')
})
after(() => house?.close())

const socketOf = house => join(house.data, 'usher.sock')
const add = (email, password = passwordOf(email), ...flags) =>
    house.usher(['organizer', 'add', email, ...flags], { input: `${password}\n` })
const change = (email, password) =>
    house.usher(['organizer', 'password', email], { input: `${password}\n` })
const session = (email, password) => house.anybody.post('/v1/sessions', { email, password })
const actions = async query => ok(await boss.get(`/v1/actions?${query}`)).items

function failed({ code, stdout, stderr }, message, status = 1) {
    assert.equal(code, status, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, message)
}

// Sends these bytes, and returns all that comes back.
function speak(bytes) {
    const socket = net.connect(socketOf(house))
    let said = ''
    socket.on('data', part => (said += part))
    socket.write(bytes)
    return within(
        'an answer',
        new Promise((resolve, reject) => socket.on('close', () => resolve(said)).on('error', reject))
    )
}

describe('while the server runs', () => {
    test('an organizer is made, and it is told who did it', async () => {
        const { code, stdout, stderr } = await add('eve@example.com', 'a password of hers', '--name', 'Eve')
        assert.deepEqual([code, stderr], [0, ''])
        assert.equal(stdout, 'usher: eve@example.com is an organizer now\n')
        const { user } = ok(await session('eve@example.com', 'a password of hers'), 201)
        assert.deepEqual([user.name, user.role], ['Eve', 'organizer'])
        const [action] = await actions(`subject=${user.id}`)
        const { what, actorId, keyId, object, address } = action
        assert.deepEqual(
            [what, actorId, keyId, object, address],
            ['registered', user.id, null, user.id, `local:${userInfo().username}`]
        )
        assert.match(house.process.said.stderr, / info administrator asked="organizer add" by=\S+ done=yes/)
    })

    test('an organizer has another password, and is signed out everywhere', async () => {
        ok({ ...(await add('ora@example.com')), status: 200 })
        const old = await signIn(house, 'ora@example.com')
        const { code, stdout, stderr } = await change('Ora@Example.com', 'quite another one')
        assert.equal(code, 0, stderr)
        assert.match(stdout, /^usher: ora@example\.com has the new password now, and is signed out/)
        refused(await old.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await session('ora@example.com', passwordOf('ora@example.com')), 401, 'bad_credentials')
        ok(await session('ora@example.com', 'quite another one'), 201)
        const told = (await actions(`subject=${old.user.id}`)).filter(({ what }) => what === 'user_changed')
        assert.deepEqual(told.map(({ address }) => address), [`local:${userInfo().username}`])
        ok(await new Client(house, { token: boss.token }).get('/v1/users/me'))
    })

    test('what is refused is said in words, and changes nothing', async () => {
        failed(await add('boss@example.com'), /^usher: boss@example\.com: Another account has this e-mail/)
        failed(await add('new@example.com', 'short'), /a password has \d+ to \d+ characters/)
        failed(await add('no address'), /'?no address'? is not an e-mail address/, 2)
        failed(await change('nobody@example.com', 'a good password'), /: no organizer has this address/)
        failed(await change('boss@example.com', 'boss@example.com'), /a password/)
        ok(await session('boss@example.com', passwordOf('boss@example.com')), 201)
    })

    test('two at once: one makes the account, or each its own', async () => {
        const same = await Promise.all([add('twin@example.com'), add('twin@example.com')])
        assert.deepEqual(same.map(({ code }) => code).sort(), [0, 1])
        const emails = ['p@example.com', 'q@example.com', 'r@example.com']
        for (const { code, stderr } of await Promise.all(emails.map(email => add(email))))
            assert.equal(code, 0, stderr)
        for (const email of emails) ok(await session(email, passwordOf(email)), 201)
    })

    test('bytes that are no request are refused, and the next is heard', async () => {
        for (const [bytes, words] of [
            ['GET / HTTP/1.1\r\n\n\n', /does not know this program's way of asking/],
            ['usher 2 status\n\n', /does not know this program's way of asking/],
            ['usher 1 make tea\n\n', /does not know 'make tea'/],
            ['usher 1 status\nname x\n\n', /a field too many/],
            ['usher 1 organizer add\nname x\nemail x@example.com\n\n', /wants a password/],
            ['usher 1 status\n\nmore', /ends in an empty line/],
            ['x'.repeat(9000), /no request|way of asking/],
        ]) {
            const said = await speak(bytes)
            const [, length, text] = /^refused (\d+)\n(.*)$/s.exec(said)
            assert.equal(Number(length), Buffer.byteLength(text))
            assert.match(text, words)
        }
        assert.match(await speak('usher 1 status\n\n'), /^ok \d+\nversion: /)
    })

    test('another user is not heard', async () => {
        assert.equal((await stat(socketOf(house))).mode & 0o7777, 0o600)
        if (process.getuid() !== 0) return // whoever is not root is nobody else
        const stranger = args => ['--reuid=65534', '--regid=65534', '--clear-groups', program, ...args]
        const ask = () => run('setpriv', stranger(['status', '--data', house.data]))
        failed(await ask(), /is another user's: ask as that user, or as root/)
        await chmod(house.data, 0o755)
        failed(await ask(), /runs as the user root: ask as that user, or as root/)
        await chmod(socketOf(house), 0o666)
        failed(await ask(), /only root and the user whom the server runs as may ask it/)
        assert.match(house.process.said.stderr, / warning control_refused user=65534 pid=\d+/)
        await chmod(socketOf(house), 0o600)
        await chmod(house.data, 0o700)
    })
})

describe('a server of another version', () => {
    test('that says something else is told apart from one that is not there', async t => {
        const data = join(house.data, 'other')
        await run('mkdir', [data])
        const server = net.createServer(socket => socket.end('version: 0.0.9\nstate: ready\n'))
        await new Promise(listening => server.listen(join(data, 'usher.sock'), listening))
        t.after(() => server.close())
        const asked = await run(program, ['status', '--data', data])
        failed(asked, /is of another version of usher than this program/)
    })
})

test('after kill -9, and without a server, the same', async () => {
    await house.end('SIGKILL')
    assert.ok((await stat(socketOf(house))).isSocket())
    const { code, stderr } = await change('boss@example.com', 'chosen without a server')
    assert.equal(code, 0, stderr)
    assert.equal((await add('late@example.com')).code, 0)
    failed(await change('nobody@example.com', 'a good password'), /: no organizer has this address/)
    await house.check()
    await house.start()
    boss = new Client(house, {
        token: ok(await session('boss@example.com', 'chosen without a server'), 201).token,
    })
    const told = await actions('what=registered')
    assert.equal(told[0].address, `local:${userInfo().username}`)
    assert.equal((await add('later@example.com')).code, 0) // by the server, in the place of what was left
})
