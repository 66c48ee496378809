// Writes down what a client sent and was answered, where USHER_EXAMPLES names a directory for that:
// tools/examples makes the examples of /openapi.json of it. Elsewhere nothing is kept.

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

import { otherOf } from './recorded.mjs'

const directory = process.env.USHER_EXAMPLES
const file = directory && join(directory, `${process.pid}.jsonl`)

// Longer ones would be no help to whoever reads them.
const BYTES_MAX = 4000

const shortest = new Map()

const isEmpty = body => [body?.items, body?.changes].some(list => list?.length === 0)

// Keeps the shortest answer of each kind, and of lists one that has something in it.
export function record(operation, { method, status, text, body }, sent) {
    const operationId = operation?.operationId ?? ''
    if (!file || method === 'HEAD' || body === undefined || text.length > BYTES_MAX) return
    const code = status >= 400 ? body.code : otherOf(operation?.responses[status], body)
    const request = status < 400 && sent !== undefined ? JSON.stringify(sent) : ''
    const weight = (isEmpty(body) ? BYTES_MAX : 0) + text.length + request.length
    const key = `${operationId} ${status} ${code}`
    if (request.length > BYTES_MAX || (shortest.get(key) ?? Infinity) <= weight) return
    shortest.set(key, weight)
    const example = { operationId, status, code, request, answer: text, weight }
    appendFileSync(file, `${JSON.stringify(example)}\n`)
}
