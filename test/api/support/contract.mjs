// Holds answers against the description of the API (/openapi.json): the status, the headers and the
// body that it has for the route, and no others. The client checks every answer so, and every test
// with it the form of all that it receives.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

import { document } from './document.mjs'
import { record } from './examples.mjs'

const require = createRequire(import.meta.url)
const Ajv = require('ajv/dist/2020')

// Formats are not looked at: what the server writes has a pattern. Nor is the document held against
// JSON Schema's own schema, which redocly does in openapi.test.mjs: a third of what most files compute.
const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    allErrors: true,
    meta: false,
    validateSchema: false,
    code: { optimize: false }, // a validator is made for a few answers
})
ajv.addSchema(document, 'api')

const escaped = part => part.replaceAll('~', '~0').replaceAll('/', '~1')
const shapes = new Map()

// The validator of the schema at this place of the document.
function shapeAt(place) {
    if (!shapes.has(place)) shapes.set(place, ajv.compile({ $ref: `api${place}` }))
    return shapes.get(place)
}

function assertShape(place, value, where) {
    const shape = shapeAt(place)
    assert.ok(shape(value), `${where}: ${ajv.errorsText(shape.errors)}`)
}

// What stands at the end of a chain of references, and where that is.
function follow(value, place) {
    while (value?.$ref) {
        place = value.$ref
        value = place
            .slice(2)
            .split('/')
            .reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], document)
    }
    return { value, place }
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

// Every path with its operations; one without placeholders goes before one with them.
export const routes = Object.entries(document.paths)
    .map(([path, operations]) => ({
        path,
        operations,
        answers: Object.fromEntries(
            METHODS.filter(method => method in operations).map(method => [
                method.toUpperCase(),
                operations[method],
            ])
        ),
        pattern: patternOf(path, operations),
    }))
    .sort((one, other) => one.path.includes('{') - other.path.includes('{'))

// An id of another form leads nowhere.
function patternOf(path, operations) {
    const { parameters } = Object.values(operations)[0]
    const source = path.replaceAll('.', '\\.').replaceAll(/\{([a-z]+)\}/g, (_, name) => {
        const { schema } = parameters.find(each => each.in === 'path' && each.name === name)
        return schema.pattern ? schema.pattern.slice(1, -1) : '[^/]+'
    })
    return new RegExp(`^${source}$`)
}

// A path as the server reads it: an escaped slash stays what it is, and separates nothing.
const unescaped = path =>
    path
        .split('/')
        .map(part => {
            try {
                return decodeURIComponent(part.replaceAll(/%(?=2f)/gi, '%25'))
            } catch {
                return part // it is none of ours
            }
        })
        .join('/')

// The operation that a request is one of, and its place in the document; null: there is none.
function operationOf({ method, path }) {
    const bare = unescaped(path.split('?')[0])
    const route = routes.find(({ pattern }) => pattern.test(bare))
    const name = method === 'HEAD' ? 'get' : method.toLowerCase()
    const operation = route?.operations[name]
    if (!operation) return null
    return { operation, place: `#/paths/${escaped(route.path)}/${name}` }
}

// The description of the answer: the route's, or, where the path or method is none, anybody's.
function responseOf(answer, found, where) {
    const [responses, place] = found
        ? [found.operation.responses, `${found.place}/responses`]
        : [document['x-any-path'].responses, '#/x-any-path/responses']
    const described = responses[answer.status]
    assert.ok(described, `${where}: the status is not described`)
    return follow(described, `${place}/${answer.status}`)
}

function checkHeaders({ headers }, described, where) {
    for (const [name, reference] of Object.entries(described ?? {})) {
        const { value: header } = follow(reference)
        const sent = [headers[name.toLowerCase()] ?? []].flat()
        assert.ok(sent.length > 0 || !header.required, `${where}: ${name} is missing`)
        for (const each of sent) assert.match(each, new RegExp(header.schema.pattern), where)
    }
}

function checkBody(answer, response, place, where) {
    if (!response.content) return assert.equal(answer.text, '', where)
    const [[type, { schema }]] = Object.entries(response.content)
    const sent = answer.headers['content-type'] ?? ''
    assert.ok(sent === type || sent.startsWith(`${type};`), `${where}: ${sent}`)
    if (answer.method === 'HEAD' || !/json$/.test(type)) return
    assert.notEqual(answer.body, undefined, `${where}: no JSON`)
    if (schema) assertShape(`${place}/content/${escaped(type)}/schema`, answer.body, where)
}

// What the description cannot say: that two values are the same.
function checkSameness({ status, headers, body, method }, where) {
    if (method === 'HEAD' || body === undefined) return
    if (status >= 400) {
        assert.equal(body.status, status, where)
        assert.equal(body.requestId, headers['x-request-id'], where)
        if (body.errorCount !== undefined)
            assert.ok(body.errors.length === 100 && body.errorCount > body.errors.length, where)
    } else if (status === 201 && headers.location) {
        assert.ok(headers.location.endsWith(`/${body.id}`), where)
    }
}

// A body that was taken is one that the description has.
function checkRequest(answer, found, sent, where) {
    const body = found?.operation.requestBody
    if (!body || sent === undefined || answer.status >= 300) return
    assertShape(`${found.place}/requestBody/content/application~1json/schema`, sent, where)
}

// The same of an answer to a request that nobody looked at: a refusal is in its shape, whatever
// route it was.
export function checkAnyAnswer(answer) {
    const where = `${answer.status} ${answer.text.slice(0, 500)}`
    assert.match(answer.headers['x-request-id'] ?? '', /^[A-Za-z0-9._-]{1,64}$/, where)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', where)
    assert.equal(answer.headers['referrer-policy'], 'same-origin', where)
    if (answer.status < 400 || answer.method === 'HEAD') return
    const name = `problem_${answer.body?.code}`
    assert.ok(name in document.components.schemas, where)
    assertShape(`#/components/schemas/${name}`, answer.body, where)
    checkSameness(answer, where)
    record(undefined, answer)
}

const eventStream = document.paths['/v1/events'].get.responses[200]
const eventsPlace = '#/paths/~1v1~1events/get/responses/200/content/text~1event-stream/schema/x-events'

// The head of a stream that begins.
export function checkStreamHead({ headers }) {
    assert.equal(headers['x-content-type-options'], 'nosniff')
    checkHeaders({ headers }, eventStream.headers, 'GET /v1/events')
    assert.equal(headers['content-type'], 'text/event-stream')
    assert.equal(headers['x-accel-buffering'], 'no')
}

// What it says first.
export function noteStreamBegin({ headers }, text) {
    const { get: operation } = document.paths['/v1/events']
    record(operation, { method: 'GET', status: 200, headers, text })
}

// The data of one of its events.
export function checkEvent(name, data) {
    assert.ok(name in eventStream.content['text/event-stream'].schema['x-events'], `event ${name}`)
    assertShape(`${eventsPlace}/${name}`, data, `event ${name}: ${JSON.stringify(data)}`)
}

// Holds one answer against everything that the contract says of it. `sent` is the request's body
// where that is JSON.
export function checkAnswer(answer, sent) {
    const where = `${answer.method} ${answer.path} -> ${answer.status} ${answer.text.slice(0, 500)}`
    const found = operationOf(answer)
    const { value: response, place } = responseOf(answer, found, where)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', where)
    assert.equal(answer.headers['referrer-policy'], 'same-origin', where)
    checkHeaders(answer, response.headers, where)
    checkBody(answer, response, place, where)
    checkSameness(answer, where)
    checkRequest(answer, found, sent, where)
    record(found?.operation, answer, sent)
}
