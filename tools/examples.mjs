// `node tools/examples.mjs DIRECTORY [--all]`: makes src/api/examples.def of what the tests' clients
// wrote into DIRECTORY (test/api/support/examples.mjs), for tools/examples.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { readExamples, isGood, wanted } from '../test/api/support/recorded.mjs'

const [directory, all] = process.argv.slice(2)
const target = fileURLToPath(new URL('../src/api/examples.def', import.meta.url))

const head = `/* Recorded by tools/examples from the tests over HTTP; not written by hand.
 *
 * EXAMPLE("route", status, "code of a refusal, or a route's other object", "request", "answer") */
`

const keyOf = ({ operationId, status, code }) => `${operationId} ${status} ${code}`

// What was recorded, the shortest of each kind.
function recorded() {
    const kept = new Map()
    for (const name of readdirSync(directory).filter(each => each.endsWith('.jsonl')))
        for (const line of readFileSync(join(directory, name), 'utf8').split('\n').filter(Boolean)) {
            const example = JSON.parse(line)
            keepShorter(kept, example)
            // Of a refusal that any route may give, one is enough.
            if (example.code) keepShorter(kept, { ...example, operationId: '' })
        }
    return kept
}

function keepShorter(kept, example) {
    const known = kept.get(keyOf(example))
    if (!known || known.weight > example.weight) kept.set(keyOf(example), example)
}

// Pieces of a string of C, none of which is too long for a line.
function quoted(text) {
    if (text === '') return '""'
    // Nobody sees a byte order mark in a source; the text is JSON, which can say it.
    const pieces = text.replaceAll('\ufeff', '\\ufeff').match(/.{1,80}/gsu)
    return pieces.map(piece => JSON.stringify(piece)).join('\n        ')
}

// "getOwnUser" as routes.def has it.
const routeName = operationId => operationId.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const found = recorded()
if (all !== '--all')
    for (const example of readExamples()) if (isGood(example)) found.set(keyOf(example), example)

const lines = []
for (const key of wanted()) {
    // A refusal says the same on every route; one that a test cannot wait for is another route's.
    const example = found.get(key) ?? found.get(key.replace(/^\S*/, ''))
    if (!example) {
        process.stderr.write(`examples: no test has ${key}\n`)
        continue
    }
    const { status, code, request, answer } = example
    const [operationId] = key.split(' ')
    lines.push(
        `EXAMPLE("${routeName(operationId)}", ${status}, "${code}",\n        ${quoted(request)},\n        ${quoted(answer)})`
    )
}
writeFileSync(target, `${head}\n${lines.join('\n')}\n\n#undef EXAMPLE\n`)
process.stdout.write(`${lines.length} examples\n`)
