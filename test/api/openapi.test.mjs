// GET /openapi.json: served as any public page, good OpenAPI, and with an example of everything. That
// it says what the server does, every other test sees: their clients hold each answer against it.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { ok } from './support/client.mjs'
import { document, documentText } from './support/document.mjs'
import { House, run } from './support/house.mjs'
import { isGood, readExamples, wanted } from './support/recorded.mjs'

const inTests = path => fileURLToPath(new URL(`../${path}`, import.meta.url))

let house, directory
before(async () => {
    house = await House.open()
    directory = await mkdtemp(join(tmpdir(), 'usher-openapi-'))
})
after(async () => {
    await house.close()
    await rm(directory, { recursive: true })
})

describe('the route', () => {
    test('answers anybody, the same from each server of the program', async () => {
        const answer = await house.anybody.get('/openapi.json')
        assert.deepEqual(ok(answer), document)
        assert.equal(answer.text, documentText)
        assert.equal(answer.headers['content-type'], 'application/json')
    })

    test('is not sent again to who has it', async () => {
        const { etag } = (await house.anybody.get('/openapi.json')).headers
        const again = await house.anybody.get('/openapi.json', { 'if-none-match': etag })
        assert.deepEqual([again.status, again.text], [304, ''])
    })
})

test('redocly lint finds nothing', async () => {
    const file = join(directory, 'openapi.json')
    await writeFile(file, documentText)
    const redocly = inTests('node_modules/@redocly/cli/bin/cli.js')
    const options = ['lint', file, `--config=${inTests('redocly.yaml')}`, '--format=json']
    const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const { code, stdout, stderr } = await run(process.execPath, [redocly, ...options], { env })
    assert.equal(code, 0, stdout + stderr)
    assert.deepEqual(JSON.parse(stdout).problems, [], stdout)
})

test('every component is referred to', () => {
    const { securitySchemes, ...others } = document.components
    for (const [kind, components] of Object.entries(others))
        for (const name of Object.keys(components))
            assert.ok(documentText.includes(`"#/components/${kind}/${name}"`), `${kind}/${name}`)
    for (const name of Object.keys(securitySchemes))
        assert.ok(documentText.includes(`{"${name}":[]}`), name)
})

describe('examples', () => {
    const examples = readExamples()
    const keys = new Set(
        examples.map(({ operationId, status, code }) => `${operationId} ${status} ${code}`)
    )

    // tools/examples records what is missing here.
    test('there is one of everything', () => {
        assert.deepEqual(
            wanted().filter(key => !keys.has(key)),
            []
        )
    })

    test('each is of the shape that the API has', () => {
        assert.ok(examples.length > 0)
        assert.deepEqual(
            examples.filter(example => !isGood(example)),
            []
        )
    })
})
