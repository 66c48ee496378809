// Over TLS: the same API, and a cookie that never travels in the clear.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { exchange, ok } from './support/client.mjs'
import { House, newDirectory, passwordOf, run } from './support/house.mjs'
import { buyer } from './support/people.mjs'

let scratch, house
before(async () => {
    scratch = await newDirectory()
    const [cert, key] = ['cert.pem', 'key.pem'].map(name => join(scratch, name))
    const request = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
    ]
    const subject = ['-subj', '/CN=localhost', '-days', '2', '-out', cert, '-keyout', key]
    const { code, stderr } = await run('openssl', [...request, ...subject])
    assert.equal(code, 0, stderr)
    house = await House.open({ 'tls-cert': cert, 'tls-key': key })
})
after(async () => {
    await house?.close()
    await rm(scratch, { recursive: true, force: true })
})

test('the ready line says https, and the API answers there', async () => {
    assert.match(house.url, /^https:/)
    ok(await house.anybody.get('/v1/queue'))
})

test('the cookie is for secure connections only', async () => {
    const ann = await buyer(house, 'ann')
    const { email } = ann.user
    const answer = await exchange(house.url, {
        method: 'POST',
        path: '/v1/sessions',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: passwordOf(email) }),
    })
    const [cookie] = answer.headers['set-cookie']
    assert.ok(cookie.split('; ').includes('Secure'), cookie)
    assert.match(cookie, /^__Host-usher_session=/)
})
