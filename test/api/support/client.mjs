// One caller of the API: sends requests, and holds every answer against the contract.

import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'

import { checkAnswer } from './contract.mjs'
import { DEADLINE_MS, within } from './wait.mjs'

// What a megabyte of seats may take a sanitizer's build, which needs a second for it on a quiet machine.
const MEGABYTE_MS = 3000

const parse = text => {
    try {
        return JSON.parse(text)
    } catch {
        return undefined
    }
}

// One exchange as it is, unchecked. `body` is bytes or text, or an array of them to be sent
// chunked.
export function exchange(url, { method, path, headers = {}, body, agent }) {
    const chunks = Array.isArray(body) ? body : body === undefined ? [] : [body]
    const sized =
        Array.isArray(body) || body === undefined
            ? headers
            : { 'content-length': Buffer.byteLength(body), ...headers }
    return new Promise((resolve, reject) => {
        const target = new URL(url)
        const request = (target.protocol === 'https:' ? https : http).request({
            host: target.hostname,
            port: target.port,
            method,
            path,
            agent,
            headers: sized,
            rejectUnauthorized: false,
        })
        request.on('error', reject)
        request.on('response', response => {
            const parts = []
            response.on('error', reject)
            response.on('data', part => parts.push(part))
            response.on('end', () => {
                const text = Buffer.concat(parts).toString('utf8')
                const { statusCode: status, headers: received } = response
                resolve({ method, path, status, headers: received, text, body: parse(text) })
            })
        })
        for (const chunk of chunks) request.write(chunk)
        request.end()
    })
}

export class Client {
    // `house` knows the server's address, which changes when it starts again.
    constructor(house, { token = null, user = null } = {}) {
        this.house = house
        this.token = token
        this.user = user
    }

    // `raw` is a body sent as it is; `body` is sent as JSON.
    async request(method, path, { body, raw, headers = {}, agent } = {}) {
        const sent = { ...headers }
        if (this.token && !('authorization' in sent)) sent.authorization = `Bearer ${this.token}`
        const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
        if (payload !== undefined && !('content-type' in sent))
            sent['content-type'] = 'application/json'
        for (const [name, value] of Object.entries(sent)) if (value === null) delete sent[name]
        const { url, agent: shared } = this.house
        const options = { method, path, headers: sent, body: payload, agent: agent ?? shared }
        const size = [payload ?? []].flat().reduce((sum, part) => sum + Buffer.byteLength(part), 0)
        const answer = await within(
            `${method} ${path}`,
            exchange(url, options),
            DEADLINE_MS + (size / 1e6) * MEGABYTE_MS
        )
        checkAnswer(answer, body ?? (raw === undefined ? undefined : parse(String(raw))))
        return answer
    }

    get(path, headers) {
        return this.request('GET', path, { headers })
    }
    head(path, headers) {
        return this.request('HEAD', path, { headers })
    }
    post(path, body, headers) {
        return this.request('POST', path, { body, headers })
    }
    patch(path, body) {
        return this.request('PATCH', path, { body })
    }
    delete(path) {
        return this.request('DELETE', path)
    }
}

const shown = answer => `${answer.method} ${answer.path} -> ${answer.status} ${answer.text}`

// The answer's body, which must have come with this status.
export function ok(answer, status = 200) {
    assert.equal(answer.status, status, shown(answer))
    return answer.body
}

// The problem of an answer that must be this refusal.
export function refused(answer, status, code) {
    assert.equal(answer.status, status, shown(answer))
    assert.equal(answer.body?.code, code, shown(answer))
    return answer.body
}

// A 422 that names this field and no other: a JSON pointer into the body, or a parameter of the
// query.
export function invalid(answer, field) {
    const problem = refused(answer, 422, 'invalid_field')
    const named = new Set(problem.errors.map(error => error.field))
    assert.deepEqual([...named], [field], shown(answer))
    return problem
}
