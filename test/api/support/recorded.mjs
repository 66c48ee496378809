// The examples in the description of the API: those that are there, and those that must be.

import { createRequire } from 'node:module'

import { document } from './document.mjs'

const require = createRequire(import.meta.url)

// Made when something is held against it, which few test files do.
let ajv = null

function validatorOf(schema) {
    if (!ajv) {
        const Ajv = require('ajv/dist/2020')
        ajv = new Ajv({ strict: false, validateFormats: false })
        ajv.addSchema(document, 'api')
    }
    return ajv.compile(rooted(schema))
}

const follow = value => {
    while (value?.$ref)
        value = value.$ref
            .slice(2)
            .split('/')
            .reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], document)
    return value
}

const operations = Object.values(document.paths).flatMap(path => Object.values(path))
const byId = new Map(operations.map(operation => [operation.operationId, operation]))
const SHOWN_TYPES = [
    'application/json',
    'application/problem+json',
    'text/csv',
    'text/event-stream',
]

// The one kind of content of an answer, where that is JSON, CSV or events.
function contentOf(response) {
    const [type, content] = Object.entries(follow(response)?.content ?? {})[0] ?? []
    return SHOWN_TYPES.includes(type) ? content : null
}

// Of each answer with a body: one for what was asked for, or of each object that it may be, and one for each refusal that is the
// route's own. Of those that any route may give there is one, of whichever route.
export function wanted() {
    const keysOf = responses =>
        Object.entries(responses).flatMap(([name, response]) =>
            codesOf(contentOf(response)).map(code => ` ${Number.parseInt(name, 10)} ${code}`)
        )
    const shared = keysOf(document.components.responses)
    const keys = [...new Set([...shared, ...keysOf(document['x-any-path'].responses)])]
    for (const { operationId, responses } of operations)
        for (const [status, response] of Object.entries(responses)) {
            const content = contentOf(response)
            if (!content || Object.keys(content.schema).length === 0) continue
            if (Number(status) < 400)
                for (const name of ['', ...othersOf(content).map(nameOf)])
                    keys.push(`${operationId} ${status} ${name}`)
            else if (!response.$ref)
                for (const code of codesOf(content))
                    if (!shared.includes(` ${status} ${code}`))
                        keys.push(`${operationId} ${status} ${code}`)
        }
    return keys
}

// An answer may be one of two objects, or a page of either: the second has a name in the place of a
// refusal's code.
const othersOf = content => (content?.schema.oneOf ?? content?.schema.anyOf)?.slice(1) ?? []
const nameOf = ({ $ref }) => $ref.split('/').at(-1)

// Which other object the answer is; '': it is the first, or the only one.
export function otherOf(response, body) {
    const other = othersOf(contentOf(response)).find(each => takes(each, body))
    return other ? nameOf(other) : ''
}

const codesOf = content => content.schema.oneOf.map(each => follow(each).properties.code.const)

const refusalsOf = (status, response) =>
    Object.entries(contentOf(response).examples ?? {}).map(([code, { value }]) => ({
        operationId: '',
        status: Number.parseInt(status, 10),
        code,
        request: '',
        answer: JSON.stringify(value),
    }))

// All that the document has, in the form in which they are recorded.
export function readExamples() {
    const found = [
        ...Object.entries(document.components.responses),
        ...Object.entries(document['x-any-path'].responses),
    ].flatMap(([status, response]) => refusalsOf(status, response))
    for (const { operationId, requestBody, responses } of operations)
        for (const [status, response] of Object.entries(responses))
            for (const [name, { value }] of Object.entries(contentOf(response)?.examples ?? {})) {
                const request = Object.values(requestBody?.content['application/json']?.examples ?? {})[0]
                const code = name === 'recorded' ? '' : name
                found.push({
                    operationId,
                    status: Number(status),
                    code,
                    request: code === '' && request ? JSON.stringify(request.value) : '',
                    answer: JSON.stringify(value),
                })
            }
    return found
}

const validators = new Map()

function takes(schema, value) {
    const key = JSON.stringify(schema)
    if (!validators.has(key)) validators.set(key, validatorOf(schema))
    return validators.get(key)(value)
}

// Whether the schema that the document has for it takes the example.
export function isGood({ operationId, status, code, request, answer }) {
    const operation = byId.get(operationId)
    const anywhere = Object.entries(document.components.responses).find(
        ([name, response]) =>
            Number.parseInt(name, 10) === status && codesOf(contentOf(response)).includes(code)
    )
    const response =
        operation?.responses[status] ?? anywhere?.[1] ?? document['x-any-path'].responses[status]
    const content = contentOf(response)
    if (!content) return false
    const body = follow(operation?.requestBody)?.content['application/json'].schema
    const value = JSON.parse(answer)
    return (
        takes(content.schema, value) &&
        (request === '' || (body !== undefined && takes(body, JSON.parse(request)))) &&
        code === (status < 400 ? otherOf(response, value) : value.code)
    )
}

// A schema of the document with references that lead there from anywhere.
const rooted = schema =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components'))
