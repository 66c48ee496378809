// The words of the pages: each document has all that it says, in every language, and none says more
// or less than another.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const web = new URL('../../web/', import.meta.url)
const { build } = createRequire(new URL('package.json', web))('esbuild')

async function bundle(entry, options) {
    return build({
        absWorkingDir: fileURLToPath(web), entryPoints: [entry], bundle: true, write: false, metafile: true,
        format: 'esm', outdir: '/', jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'silent', ...options,
    })
}

async function textsOf(name) {
    const { outputFiles } = await bundle(`src/texts/${name}.ts`)
    return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

const places = text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
const documents = ['shop', 'line', 'seats', 'desk']
const [en, ko] = await Promise.all(['en', 'ko'].map(textsOf))

test('both languages have the same words with the same places', () => {
    for (const part of ['common', ...documents]) {
        for (const [key, text] of Object.entries(en[part])) {
            if (key.endsWith('_one')) continue
            assert.ok(ko[part][key], `ko has no words for ${key}`)
            assert.deepEqual(places(ko[part][key]), places(text), key)
        }
        for (const key of Object.keys(ko[part])) assert.ok(key in en[part], `en has no words for ${key}`)
    }
})

// A row of refusal.def for which the pages have no words fails here.
test('every refusal has words in both languages, and there are words for no other', async () => {
    const rows = await readFile(new URL('../src/record/refusal.def', web), 'utf8')
    const codes = new Set([...rows.matchAll(/^REFUSAL\(\w+, \w+, \d+, "(\w+)"/gm)].map(([, code]) => code))
    assert.ok(codes.size > 40)
    for (const [language, texts] of Object.entries(await textsOf('refusals'))) {
        assert.deepEqual(Object.keys(texts).sort(), [...codes].sort(), language)
        for (const [code, text] of Object.entries(texts)) assert.match(text, /^[^{}!]{5,}[.]$/, code)
    }
})

// A row of rule.def for which the pages have no words fails here.
test('whatever may be wrong with a field has words in both languages, and there are words for no other', async () => {
    const rows = await readFile(new URL('../src/record/rule.def', web), 'utf8')
    const rules = new Set([...rows.matchAll(/^RULE\(\w+, "(\w+)"/gm)].map(([, rule]) => rule))
    assert.ok(rules.size > 40)
    const texts = await textsOf('rules')
    for (const [language, some] of Object.entries(texts)) {
        assert.deepEqual(Object.keys(some).sort(), [...rules].sort(), language)
        for (const [rule, text] of Object.entries(some)) {
            assert.match(text, /^[^!]{5,}[.]$/, rule)
            assert.deepEqual(places(text), places(texts.en[rule]), rule)
        }
    }
})

// A verb of verb.def whose call is told and for which the desk has no words fails here.
test('whatever the house is told to have done has words in both languages', async () => {
    const [verbs, whys] = await Promise.all(
        ['office/verb.def', 'record/why.def'].map(name => readFile(new URL(`../src/${name}`, web), 'utf8'))
    )
    const texts = new Map([...whys.matchAll(/^WHY\((\w+), "(\w+)"\)/gm)].map(([, why, text]) => [why, text]))
    const told = new Set(['exported'])
    for (const [, need, effect, why] of verbs.matchAll(/^VERB\(\w+, \w+, (\w+), (WRITES|SHOWS)\((\w+)\)/gm))
        if (need !== 'ANYBODY') told.add(texts.get(why))
    assert.ok(told.size > 30)
    for (const [language, some] of Object.entries(await textsOf('actions'))) {
        for (const what of told) assert.ok(some[what], `${language} has no words for ${what}`)
        for (const what of Object.keys(some)) assert.ok(told.has(what), `nothing is told as ${what}`)
    }
})

const every = new Set(['common', ...documents].flatMap(part => Object.keys(en[part])))
for (const document of documents)
    test(`${document} says what it has words for, and has no others`, async () => {
        const { metafile } = await bundle(`src/${document}/main.tsx`)
        const own = new Set([...Object.keys(en.common), ...Object.keys(en[document])])
        const said = new Set()
        for (const path of Object.keys(metafile.inputs).filter(name => /^src\/.*\.tsx?$/.test(name) && !name.includes('/texts/')))
            for (const [, word] of (await readFile(new URL(path, web), 'utf8')).matchAll(/['"](\w+)['"]/g))
                if (every.has(word)) said.add(word)
        assert.deepEqual([...said].filter(key => !own.has(key)), [], 'no words for')
        assert.deepEqual(Object.keys(en[document]).filter(key => !said.has(key.replace(/_one$/, ''))), [], 'never said')
    })
