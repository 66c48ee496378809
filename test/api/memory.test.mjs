// A request's head is bounded: one that is longer is refused before anything is done, never carried
// out and unanswered.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { House } from './support/house.mjs'
import { buyer } from './support/people.mjs'
import { speak, statuses } from './support/wire.mjs'

let house, ann
before(async () => {
    house = await House.open({ charging: 'open', 'head-bytes': 8192 }, {})
    ann = await buyer(house, 'ann')
})
after(() => house.close())

// A charge of one point with a Cookie header of that many bytes.
const charge = cookie =>
    `POST /v1/points/charges HTTP/1.1\r\nHost: usher\r\nAuthorization: Bearer ${ann.token}\r\n` +
    'Content-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n' +
    `Cookie: ${cookie}\r\n\r\n{"amount":1}`

async function charged(cookies) {
    const before = (await ann.get('/v1/points')).body.balance
    let created = 0
    const seen = new Set()
    for (const cookie of cookies) {
        const [status] = statuses(await speak(house.url, charge(cookie)))
        seen.add(status)
        if (status === 201) created++
    }
    assert.equal((await ann.get('/v1/points')).body.balance, before + created)
    return seen
}

describe('near the bound of a head', () => {
    test('one long cookie: what is answered is what is done', async () => {
        const cookies = Array.from({ length: 44 }, (_, i) => 'c=' + 'a'.repeat(6950 + 50 * i))
        const seen = await charged(cookies)
        assert.ok(seen.has(201) && seen.has(431), [...seen].join())
    })
    test('many small cookies: what is answered is what is done', async () => {
        const cookies = Array.from({ length: 12 }, (_, i) =>
            Array.from({ length: 200 + 10 * i }, (_, j) => `n${j}=${'v'.repeat(24)}`).join('; ')
        )
        const seen = await charged(cookies)
        assert.ok(seen.has(201) && seen.has(431), [...seen].join())
    })
})
