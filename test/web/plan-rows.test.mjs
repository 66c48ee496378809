// What rows of a plan are called and where their seats stand, as the desk's editor works it out.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const web = new URL('../../web/', import.meta.url)
const { build } = createRequire(new URL('package.json', web))('esbuild')

async function modules(...names) {
    const { outputFiles } = await build({
        absWorkingDir: fileURLToPath(web), bundle: true, write: false, format: 'esm', logLevel: 'silent',
        stdin: { contents: names.map(name => `export * from './src/desk/${name}'`).join('\n'), resolveDir: fileURLToPath(web) },
    })
    return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

const { labelAfter, listOf, numberingOf, numbersFrom, numbersOf, placesOf, reshaped, resized, seatsListed, shapeOf, turnedBy } =
    await modules('plan_labels', 'plan_shape')

test('the label after a label', () => {
    for (const [label, next] of [
        ['', '1'], ['9', '10'], ['A', 'B'], ['Z', 'AA'], ['AZ', 'BA'], ['z', 'aa'], ['09', '10'], ['B-1', 'B-2'],
        ['가', '나'], ['1층 하', '1층 하 2'], ['Box', 'Box 2'], ['Box 2', 'Box 3'], ['1-A', '1-B'], ['999999999', '1000000000'],
    ]) assert.equal(labelAfter(label), next, label)
})

test('numbers go on as they do', () => {
    for (const [kind, first, numbers] of [
        ['up', 3, ['3', '4', '5']], ['down', 3, ['5', '4', '3']], ['odd', 1, ['1', '3', '5']],
        ['oddDown', 2, ['6', '4', '2']], ['none', 1, [null, null, null]],
    ]) {
        assert.deepEqual(numbersFrom(kind, first, 3), numbers)
        assert.deepEqual(numberingOf(numbers), { kind, first })
        assert.deepEqual(numbersOf(numbers, 4), numbersFrom(kind, first, 4))
    }
    for (const own of [['1', '2', '4'], ['0', '1', '2'], ['01', '02', '03'], ['a', 'b', 'c'], ['1', null, '3']])
        assert.equal(numberingOf(own).kind, 'own', own)
    assert.deepEqual(numbersOf(['a', 'b'], 3), ['a', 'b', null])
})

test('seats written as a list', () => {
    const numbers = ['1', '2', '3', '4', 'A-1', 'A-2', null]
    const places = text => {
        const seats = seatsListed(text, numbers)
        return typeof seats === 'string' ? seats : [...seats].sort()
    }
    assert.deepEqual(places(' 1-3; A-1 , 7'), [0, 1, 2, 4, 6])
    assert.deepEqual(places('3~1'), [0, 1, 2])
    assert.deepEqual(places('4-A-2'), [3, 4, 5])
    assert.deepEqual(places(''), [])
    for (const wrong of ['8', '1-9', '-2', 'A']) assert.equal(places(wrong), wrong)
    for (const some of [[0, 1, 2, 4], [6], [], [0, 1, 2, 3, 4, 5, 6]])
        assert.deepEqual(places(listOf(numbers, i => some.includes(i))), some)
})

const near = (one, other, what) => assert.ok(Math.abs(one - other) < 1e-6, `${what}: ${one}, not ${other}`)

test('a row stands as its shape says, and its shape is found again', () => {
    for (const shape of [
        { x: 0, y: 0, spacing: 1, curve: 0, angle: 0 },
        { x: -4, y: 7, spacing: 1.2, curve: 1.5, angle: 0 },
        { x: 3, y: -2, spacing: 0.8, curve: -0.7, angle: 30 },
        { x: 3, y: -2, spacing: 1, curve: 2.5, angle: -120 },
    ])
        for (const count of [9, 30]) {
            const found = shapeOf(placesOf(count, shape))
            for (const [name, value] of Object.entries(shape)) near(found[name], value, name)
        }
    // No row of nine is bent so far: as far as it can be.
    const { curve } = shapeOf(placesOf(9, { x: 0, y: 0, spacing: 1, curve: 6, angle: 0 }))
    assert.ok(curve > 2.8 && curve < 3, `${curve}`)
    const one = placesOf(1, { x: 2, y: 3, spacing: 1, curve: 4, angle: 50 })
    assert.deepEqual(one, { x: [2], y: [3] })
})

test('seats that were placed one by one keep what is between them', () => {
    const gap = { x: [0, 1, 4, 5], y: [0, 0, 0, 0.5] }
    const moved = reshaped(gap, { x: 12.5, y: 10.25 })
    assert.deepEqual(moved, { x: [10, 11, 14, 15], y: [10, 10, 10, 10.5] })
    const turned = turnedBy(turnedBy(gap, 40), -40)
    turned.x.forEach((x, i) => near(x, gap.x[i], 'x'))
    assert.deepEqual(resized(gap, 5), { x: [0, 1, 4, 5, 6], y: [0, 0, 0, 0.5, 1] })
    assert.deepEqual(resized(gap, 2), { x: [0, 1], y: [0, 0] })
    // A row that is even stays so, around its middle.
    assert.deepEqual(resized({ x: [0, 1, 2], y: [5, 5, 5] }, 5).x, [-1, 0, 1, 2, 3])
    const even = reshaped(gap, { spacing: 1 })
    for (let i = 1; i < 4; i++) near(Math.hypot(even.x[i] - even.x[i - 1], even.y[i] - even.y[i - 1]), 1, 'step')
})
