// How much one account and one address may ask for.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ok, refused } from './support/client.mjs'
import { House, passwordOf } from './support/house.mjs'
import { buyers } from './support/people.mjs'

async function open(t, settings) {
    const house = await House.open(settings)
    t.after(() => house.close())
    return house
}

// So many requests as fast as they are answered: how many went through, how many were told to wait.
async function burst(count, ask) {
    const answers = []
    for (let i = 0; i < count; i++) answers.push(await ask())
    const late = answers.filter(({ status }) => status === 429)
    for (const answer of late) refused(answer, 429, 'too_many_requests')
    return { answered: count - late.length, late: late.length }
}

test('an account is limited by itself, not with the others of its address', async t => {
    const house = await open(t, {
        'account-requests-per-second': 5,
        'address-requests-per-second': 100,
    })
    const [ann, bob] = await buyers(house, 'ann', 'bob')
    const { answered, late } = await burst(60, () => ann.get('/v1/points'))
    // Twice a second's worth at once, and what the burst's own time gives back.
    assert.ok(answered >= 10 && answered < 40, `${answered} answered`)
    assert.ok(late > 0)
    ok(await bob.get('/v1/points'))
    ok(await house.anybody.get('/v1/queue'))
})

test('strangers are limited by address, and do not slow the signed-in', async t => {
    const house = await open(t, {
        'account-requests-per-second': 100,
        'address-requests-per-second': 5,
    })
    const [ann] = await buyers(house, 'ann')
    const { answered, late } = await burst(60, () => house.anybody.get('/v1/points'))
    assert.ok(answered < 40, `${answered} answered`)
    assert.ok(late > 0)
    ok(await ann.get('/v1/points'))
    ok(await ann.get('/v1/queue'))
})

const attempts = (house, count, email) =>
    burst(count, () => house.anybody.post('/v1/sessions', { email, password: 'not it at all' }))

test('guessing at one account is slowed, and the others sign in', async t => {
    const house = await open(t, { 'account-sign-ins-per-minute': 2 })
    await buyers(house, 'ann', 'bob')
    const { answered, late } = await attempts(house, 12, 'ann@example.com')
    assert.ok(answered <= 5, `${answered} answered`)
    assert.ok(late >= 7)
    // Even the right password waits now, or the limit would tell it from the wrong ones.
    const right = { email: 'ANN@example.com', password: passwordOf('ann@example.com') }
    refused(await house.anybody.post('/v1/sessions', right), 429, 'too_many_requests')
    const other = { email: 'bob@example.com', password: passwordOf('bob@example.com') }
    ok(await house.anybody.post('/v1/sessions', other), 201)
})

test('guessing from one address is slowed, whatever the account', async t => {
    const house = await open(t, { 'address-sign-ins-per-minute': 2 })
    let guess = 0
    const { answered, late } = await burst(12, () =>
        house.anybody.post('/v1/sessions', {
            email: `g${guess++}@example.com`,
            password: 'not it at all',
        })
    )
    assert.ok(answered <= 5, `${answered} answered`)
    assert.ok(late >= 7)
})
