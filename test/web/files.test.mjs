// The pages' files as HTTP: codings, validators, how long they last, and what a browser may do with
// them.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

import { House } from '../api/support/house.mjs'

let house
before(async () => (house = await House.open()))
after(() => house.close())

// What the server sends, byte for byte: fetch would decode it.
const ask = (path, { method = 'GET', ...headers } = {}) =>
    new Promise((resolve, reject) => {
        const request = http.request(`${house.url}${path}`, { method, headers }, response => {
            const pieces = []
            response.on('data', piece => pieces.push(piece))
            response.on('end', () =>
                resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(pieces) }))
        })
        request.on('error', reject)
        request.end()
    })

async function assetsOf(path) {
    const { bytes } = await ask(path)
    const found = [...bytes.toString().matchAll(/(?:src|href)="(\/a\/[^"]+)"/g)].map(([, name]) => name)
    assert.equal(found.length, 3, 'a script, a style sheet and an icon')
    return found
}

test('a page is asked for anew each time, and its files never again', async () => {
    const page = await ask('/')
    assert.equal(page.status, 200)
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(page.headers['cache-control'], 'no-cache')
    for (const path of await assetsOf('/')) {
        const { status, headers } = await ask(path)
        assert.equal(status, 200)
        assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
        assert.match(headers['content-type'], /^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/)
    }
})

test('every coding gives the same bytes, under an entity tag of its own', async () => {
    for (const path of ['/', ...(await assetsOf('/seats/round_1'))]) {
        const plain = await ask(path)
        assert.equal(plain.headers['content-encoding'], undefined)
        assert.equal(plain.headers.vary, 'Accept-Encoding')
        const tags = new Set([plain.headers.etag])
        for (const [coding, decode] of [['gzip', gunzipSync], ['br', brotliDecompressSync]]) {
            const packed = await ask(path, { 'accept-encoding': coding })
            const coded = packed.headers['content-encoding']
            if (coded === undefined) assert.ok(plain.bytes.length < 500, `${path} is large and not packed`)
            else assert.equal(coded, coding)
            assert.deepEqual(coded ? decode(packed.bytes) : packed.bytes, plain.bytes)
            if (coded) tags.add(packed.headers.etag)
            const again = await ask(path, { 'accept-encoding': coding, 'if-none-match': packed.headers.etag })
            assert.equal(again.status, 304)
            assert.equal(again.bytes.length, 0)
        }
        assert.ok(tags.size > 1 || plain.bytes.length < 500)
    }
})

test('a page runs our own scripts alone, and stands in no frame', async () => {
    const { headers } = await ask('/pay/anything')
    const policy = headers['content-security-policy']
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part), part)
    assert.doesNotMatch(policy, /unsafe|https?:|\*/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
})

test('HEAD, other methods, and what is not there', async () => {
    const head = await ask('/line', { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(head.bytes.length, 0)
    assert.ok(Number(head.headers['content-length']) > 0)
    const post = await ask('/line', { method: 'POST' })
    assert.equal(post.status, 405)
    assert.equal(post.headers.allow, 'GET, HEAD')
    for (const path of ['/shop.html', '/a/', '/a/shop.js', '/lines', '/concerts', '/concerts/', '/concerts/a/b', '/seats//'])
        assert.equal((await ask(path)).status, 404, path)
})

// What a page of that address asks for first: paths.
async function asksOf(path) {
    const { status, headers } = await ask(path)
    assert.ok([200, 404].includes(status))
    return (headers.link?.split(', ') ?? []).map(link => {
        const [, asked] = /^<(\/v1\/[^<>]+)>; rel=preload; as=fetch; crossorigin$/.exec(link)
        return asked
    })
}

test('a page tells what it asks for first, of the round in its address, but who joins by it', async () => {
    assert.deepEqual(await asksOf('/line'), ['/v1/queue/tokens/current', '/v1/queue', '/v1/users/me', '/v1/settings'])
    assert.equal((await asksOf('/line?to=/seats/round_1')).length, 4)
    assert.deepEqual(await asksOf('/line?to=/&join=1'), [])
    const round = `round_${'0'.repeat(26)}`
    assert.deepEqual(await asksOf(`/seats/${round}`), [
        `/v1/rounds/${round}/plan`, `/v1/rounds/${round}/availability`, `/v1/rounds/${round}`, '/v1/queue/tokens/current',
    ])
    for (const path of ['/', '/pay/one', '/seats/a%3E', '/seats/a%0D%0Ab', '/seats/A', `/seats/${'a'.repeat(41)}`, '/seats/'])
        assert.deepEqual(await asksOf(path), [], path)
})

// Budgets of bytes on the wire for what stands before the first paint.
test('what a page weighs', async () => {
    for (const [path, most] of [['/line', 16], ['/seats/round_1', 36], ['/', 36], ['/desk', 130]]) {
        let bytes = 0
        for (const file of [path, ...(await assetsOf(path))])
            bytes += (await ask(file, { 'accept-encoding': 'gzip' })).bytes.length
        assert.ok(bytes <= most * 1024, `${path}: ${bytes} bytes`)
    }
})

test('every page of web_page.def is there', async () => {
    const rows = await readFile(new URL('../../src/web/web_page.def', import.meta.url), 'utf8')
    const patterns = [...rows.matchAll(/^PAGE\("([^"]+)", (\w+)\)$/gm)].map(([, pattern]) => pattern)
    assert.ok(patterns.length > 5)
    for (const pattern of patterns) {
        const { status, headers } = await ask(pattern.replace(/\{\w+\}/, 'one'))
        assert.equal(status, 200, pattern)
        assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    }
})
