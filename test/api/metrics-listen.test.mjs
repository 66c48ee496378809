// The second address, for machines that watch: it tells how the house is to whoever reaches it, and
// does nothing else. What is told where people buy stands in http.test.mjs.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { exchange, ok, refused } from './support/client.mjs'
import { openHouse } from './support/people.mjs'
import { until } from './support/wait.mjs'

const TOLD = /metrics listening=(http:\/\/\S+)/

let house, organizer, watched
before(async () => {
    ;({ house, organizer } = await openHouse({ 'metrics-listen': '127.0.0.1:0' }))
    await until('the second address', () => TOLD.test(house.process.said.stderr))
    watched = TOLD.exec(house.process.said.stderr)[1]
})
after(() => house?.close())

const ask = (method, path, headers) => exchange(watched, { method, path, headers })

test('metrics, health and readiness are told to anybody', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
        for (const method of ['GET', 'HEAD']) assert.equal((await ask(method, path)).status, 200)
    assert.match((await ask('GET', '/metrics')).text, /^usher_http_requests_total/m)
})

test('nothing else is there, whoever asks', async () => {
    const headers = { authorization: `Bearer ${organizer.token}` }
    for (const path of ['/v1/queue', '/v1/concerts', '/v1/users', '/problems/busy', '/'])
        refused(await ask('GET', path, headers), 404, 'not_found')
    refused(await ask('POST', '/v1/sessions', headers), 404, 'not_found')
    refused(await ask('POST', '/metrics', headers), 404, 'not_found')
    ok(await house.anybody.get('/v1/queue'))
})
