// Who may be wrong about a password how often, and that nobody shuts somebody else out. Clients say
// where they are by X-Forwarded-For, which this server believes.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { exchange, ok, refused } from './support/client.mjs'
import { checkAnswer } from './support/contract.mjs'
import { House, passwordOf } from './support/house.mjs'

async function open(t, settings) {
    const house = await House.open(
        { 'trusted-proxies': '127.0.0.1', ...settings },
        { realPasswords: true }
    )
    t.after(() => house.close())
    for (const name of ['ann', 'bob']) {
        const email = `${name}@example.com`
        const body = { name, email, password: passwordOf(email) }
        ok(await house.anybody.post('/v1/users', body, from('203.0.113.1')), 201)
    }
    return house
}

const from = address => ({ 'x-forwarded-for': address })

const signIn = (house, name, address, password = passwordOf(`${name}@example.com`)) =>
    house.anybody.post(
        '/v1/sessions',
        { email: `${name}@example.com`, password },
        from(address)
    )

// Guesses, each from where `address(i)` says, until one is told to wait.
async function guess(house, name, address, most = 60) {
    for (let i = 0; i < most; i++) {
        const answer = await signIn(house, name, address(i), 'not it at all')
        if (answer.status === 429) return refused(answer, 429, 'too_many_requests')
        refused(answer, 401, 'bad_credentials')
    }
    assert.fail('never told to wait')
}

test('who is right is never told to wait', async t => {
    const house = await open(t, { 'account-sign-ins-per-minute': 1 })
    for (let i = 0; i < 6; i++) ok(await signIn(house, 'ann', '192.0.2.1'), 201)
})

test('who guesses at an account shuts only itself out of it', async t => {
    const house = await open(t, { 'account-sign-ins-per-minute': 1 })
    await guess(house, 'ann', () => '192.0.2.66')
    ok(await signIn(house, 'ann', '192.0.2.1'), 201)
    ok(await signIn(house, 'bob', '192.0.2.66'), 201)
})

test('guessing from many addresses is slowed, and not where the account is at home', async t => {
    const house = await open(t, { 'account-sign-ins-per-minute': 1 })
    ok(await signIn(house, 'ann', '192.0.2.1'), 201)
    await guess(house, 'ann', i => `198.51.100.${i}`)
    ok(await signIn(house, 'ann', '192.0.2.1'), 201)
    ok(await signIn(house, 'ann', '203.0.113.1'), 201) // where it was made
    ok(await signIn(house, 'bob', '198.51.100.1'), 201)
})

test('currentPassword is guessed no faster', async t => {
    const house = await open(t, { 'account-sign-ins-per-minute': 1 })
    const { token } = ok(await signIn(house, 'ann', '192.0.2.1'), 201)
    const change = { email: 'new@example.com', currentPassword: 'not it at all' }
    const answers = []
    for (let i = 0; i < 10; i++)
        answers.push(
            await house.anybody.request('PATCH', '/v1/users/me', {
                body: change,
                headers: { authorization: `Bearer ${token}`, ...from('192.0.2.1') },
            })
        )
    assert.ok(answers.some(({ status }) => status === 422))
    assert.ok(answers.some(({ status }) => status === 429))
})

// The workers give way to everybody else, so on a busy machine a line of sixteen takes its time:
// these requests have as much as they need.
const patiently = async (house, name, address) => {
    const email = `${name}@example.com`
    const answer = await exchange(house.url, {
        method: 'POST',
        path: '/v1/sessions',
        headers: { 'content-type': 'application/json', ...from(address) },
        body: JSON.stringify({ email, password: passwordOf(email) }),
    })
    checkAnswer(answer)
    return answer
}

test('an address that floods the password workers leaves others room', async t => {
    const house = await open(t, { 'password-threads': 1 })
    let busy
    const full = new Promise(resolve => (busy = resolve))
    const flood = Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
            const answer = await patiently(house, `guess${i}`, '192.0.2.66')
            if (answer.status === 503) busy(refused(answer, 503, 'busy'))
            else refused(answer, 401, 'bad_credentials')
            return answer.status
        })
    )
    await full
    ok(await patiently(house, 'ann', '192.0.2.1'), 201)
    const statuses = await flood
    assert.ok(statuses.filter(status => status === 401).length >= 16)
})
