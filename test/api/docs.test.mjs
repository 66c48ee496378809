// GET /docs: a page for people that says all that /openapi.json says, and needs nothing but itself and
// its style sheet.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { document } from './support/document.mjs'
import { House } from './support/house.mjs'

const POLICY =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Elements that stand alone, and those whose end another one's beginning is.
const ALONE = ['meta', 'link']
const UNENDED = ['li', 'tr', 'td', 'th']

let house, page, headers
before(async () => {
    house = await House.open()
    const answer = await house.anybody.get('/docs')
    assert.equal(answer.status, 200)
    page = answer.text
    headers = answer.headers
})
after(() => house.close())

const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }
const plain = html =>
    html.replaceAll(/<[^>]*>/g, '').replaceAll(/&[a-z]+;/g, entity => {
        assert.ok(entity in entities, entity)
        return entities[entity]
    })

// The text of the part of the page that has this id.
function articleOf(id) {
    const parts = page.split(`<article id="${id}">`)
    assert.equal(parts.length, 2, `${id}: ${parts.length - 1} articles`)
    const article = parts[1].split('</article>')[0]
    return { html: article, text: plain(article) }
}

const has = (text, piece, where) => assert.ok(text.includes(piece), `${where}: ${piece}`)

// All that a schema says stands in the text, but for what it refers to.
function hasSchema(text, schema, where) {
    for (const [keyword, value] of Object.entries(schema)) {
        if (keyword === '$ref') has(text, value.split('/').at(-1), where)
        else if (['anyOf', 'oneOf', 'prefixItems'].includes(keyword))
            for (const each of value) hasSchema(text, each, where)
        else if (keyword === 'items') hasSchema(text, value, where)
        else if (keyword === 'properties' || keyword === 'x-events')
            for (const [name, member] of Object.entries(value)) {
                has(text, name, where)
                hasSchema(text, member, `${where}.${name}`)
            }
        else if (keyword === 'enum') for (const each of value) has(text, JSON.stringify(each), where)
        else if (['type', 'description'].includes(keyword)) has(text, [value].flat().join(' or '), where)
        else if (keyword === 'required' || keyword === 'additionalProperties') continue
        // JavaScript has not every integer.
        else if (value > Number.MAX_SAFE_INTEGER) has(text, `${keyword} `, where)
        else has(text, `${keyword} ${JSON.stringify(value)}`, where)
    }
}

const hasExamples = (text, { examples = {} }, where) => {
    for (const { value } of Object.values(examples))
        has(text, typeof value === 'string' ? value : JSON.stringify(value, null, 2), where)
}

function hasAnswer(text, response, where) {
    has(text, response.description, where)
    for (const name of Object.keys(response.headers ?? {})) has(text, name, where)
    for (const [type, content] of Object.entries(response.content ?? {})) {
        has(text, type, where)
        hasSchema(text, content.schema, where)
        hasExamples(text, content, where)
    }
}

// The members that may be absent, also of objects within, as they stand one after the other.
const optionalIn = ({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, member]) => [
        ...(required.includes(name) ? [] : [name]),
        ...optionalIn(member.items ?? member),
    ])

const { components, paths } = document
const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation }))
)

describe('the page says what the description says', () => {
    test('of each operation: who may, its parameters, its body, and every answer', () => {
        for (const { path, method, operationId, ...operation } of operations) {
            const { html, text } = articleOf(operationId)
            has(text, `${method.toUpperCase()} ${path}`, operationId)
            has(text, operation.summary, operationId)
            has(text, operation.security.length === 0 ? 'not looked at' : 'needed', operationId)
            for (const { name, description, schema } of operation.parameters) {
                has(text, `${name} (`, operationId)
                has(text, description, operationId)
                hasSchema(text, schema, `${operationId} ${name}`)
            }
            for (const content of Object.values(operation.requestBody?.content ?? {})) {
                hasSchema(text, content.schema, operationId)
                hasExamples(text, content, operationId)
            }
            const told = [...html.matchAll(/<tr><td>(\d+)<td>/g)].map(([, status]) => status)
            assert.deepEqual(told, Object.keys(operation.responses), operationId)
            for (const [status, response] of Object.entries(operation.responses)) {
                const where = `${operationId} ${status}`
                if (response.$ref) has(html, `href="${response.$ref.replace('#/components/', '#')}"`, where)
                else hasAnswer(text, response, where)
            }
        }
    })

    test('of each object: every member, what it may be and what it means', () => {
        for (const [name, schema] of Object.entries(components.schemas)) {
            const { html, text } = articleOf(`schemas/${name}`)
            hasSchema(text, schema, name)
            const optional = [...html.matchAll(/<code>([^<]*)<\/code> \(optional\)/g)].map(([, member]) => member)
            assert.deepEqual(optional, optionalIn(schema), name)
        }
    })

    test('of what many routes share, of headers and of sessions', () => {
        for (const [name, response] of Object.entries(components.responses))
            hasAnswer(articleOf(`responses/${name}`).text, response, name)
        for (const [status, response] of Object.entries(document['x-any-path'].responses))
            if (!response.$ref) hasAnswer(articleOf('any-path').text, response, status)
        for (const kind of ['headers', 'securitySchemes'])
            for (const [name, { description }] of Object.entries(components[kind]))
                has(articleOf(`${kind}/${name}`).text, description, name)
    })
})

describe('the page', () => {
    test('runs nothing, and asks no other address', () => {
        assert.equal(headers['content-type'], 'text/html; charset=utf-8')
        assert.equal(headers['content-security-policy'], POLICY)
        assert.doesNotMatch(page, /<(script|style|iframe|img|object|base|form)\b|\s(style|on[a-z]+|src)=/i)
        for (const [, address] of page.matchAll(/href="([^"]*)"/g)) assert.match(address, /^(#|\/[a-z.]+$)/)
    })

    test('has a style sheet of the house', async () => {
        const [, path] = /<link rel="stylesheet" href="([^"]*)">/.exec(page)
        const style = await house.anybody.get(path)
        assert.equal(style.status, 200)
        assert.equal(style.headers['content-type'], 'text/css; charset=utf-8')
        assert.doesNotMatch(style.text, /url\(|@import/)
    })

    test('is as wide as what shows it', () => {
        has(page, '<meta name="viewport" content="width=device-width, initial-scale=1">', 'page')
    })

    test('is not sent again to who has it', async () => {
        const again = await house.anybody.get('/docs', { 'if-none-match': headers.etag })
        assert.deepEqual([again.status, again.text], [304, ''])
    })

    test('has an id for each link, and each once', () => {
        const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
        assert.equal(new Set(ids).size, ids.length)
        const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, target]) => target)
        assert.deepEqual(
            targets.filter(target => !ids.includes(target)),
            []
        )
        assert.ok(targets.length > operations.length)
    })

    test('ends every element that it begins', () => {
        const open = []
        for (const [, end, name] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
            if (ALONE.includes(name) || UNENDED.includes(name)) continue
            if (end) assert.equal(open.pop(), name)
            else open.push(name)
        }
        assert.deepEqual(open, [])
    })
})
