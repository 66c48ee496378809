// Writes down what a client sent and was answered, where USHER_EXAMPLES names a directory for that:
// tools/examples makes the examples of /openapi.json of it. Elsewhere nothing is kept.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

import { otherOf } from './recorded.mjs'

const directory = process.env.USHER_EXAMPLES
const file = directory && join(directory, `${process.pid}.jsonl`)

// Longer ones would be no help to whoever reads them.
const BYTES_MAX = 4000

// Of a list that is too long its first items.
const shorten = ({ text, body }) =>
    text.length > BYTES_MAX && Array.isArray(body?.items)
        ? JSON.stringify({ ...body, items: body.items.slice(0, 2) })
        : text

const shortest = new Map()

const isShown = headers => /^text\/(csv|event-stream)/.test(headers['content-type'] ?? '')

const isEmpty = (text, body) =>
    body === undefined
        ? text.trimEnd().split('\n').length === 1
        : [body.items, body.changes].some(list => list?.length === 0)

// Keeps the shortest answer of each kind, and of lists and exports one that has something in it, to a
// request that asks for something.
export function record(operation, answered, sent) {
    const { method, status, headers, body } = answered
    const text = shorten(answered)
    const operationId = operation?.operationId ?? ''
    if (!file || method === 'HEAD' || text.length > BYTES_MAX) return
    if (body === undefined && !isShown(headers)) return
    const code = status >= 400 ? body.code : otherOf(operation?.responses[status], body)
    const request = status < 400 && sent !== undefined ? JSON.stringify(sent) : ''
    const weight = (isEmpty(text, body) || request === '{}' ? BYTES_MAX : 0) + text.length + request.length
    const key = `${operationId} ${status} ${code}`
    if (request.length > BYTES_MAX || (shortest.get(key) ?? Infinity) <= weight) return
    shortest.set(key, weight)
    const answer = body === undefined ? JSON.stringify(text) : text
    const example = { operationId, status, code, request, answer, weight }
    appendFileSync(file, `${JSON.stringify(example)}\n`)
}
