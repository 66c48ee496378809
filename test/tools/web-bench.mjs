// `make bench-web`: what the pages weigh and how fast they are, in a real browser beside a real server.
// Prints a table of what was found and what was asked for, and writes the same as JSON to WEB_BENCH_JSON.
//
// WEB_BENCH_ONLY=bytes,frames   only these parts
// WEB_BENCH_RUNS=5              how often paints and frames are measured; the medians count
// WEB_BENCH_SECONDS=5           how long each load and each gesture lasts

import { writeFile } from 'node:fs/promises'

import { stopAll } from '../../bench/children.mjs'
import { describeMachine } from '../../bench/machine.mjs'
import { number } from '../../bench/numbers.mjs'
import { closeBrowser } from './web-bench/browser.mjs'
import { bytes } from './web-bench/bytes.mjs'
import { frames } from './web-bench/frames.mjs'
import { paint } from './web-bench/paint.mjs'
import { statics } from './web-bench/statics.mjs'
import { streams, waiting } from './web-bench/traffic.mjs'

const parts = { bytes, paint, frames, waiting, streams, statics }
const only = process.env.WEB_BENCH_ONLY?.split(',') ?? Object.keys(parts)
for (const name of only)
    if (!(name in parts)) throw new Error(`WEB_BENCH_ONLY: '${name}' is none of ${Object.keys(parts).join(', ')}`)

// One that is asked for no bound is told for who reads.
const verdict = ({ found, most, least }) =>
    (most === undefined && least === undefined) ? '' : found <= (most ?? found) && found >= (least ?? found) ? 'met' : '**missed**'
const asked = ({ most, least }) =>
    most !== undefined ? `≤ ${number(most)}` : least !== undefined ? `≥ ${number(least)}` : ''

const rows = []
try {
    const machine = await describeMachine()
    console.log(`${machine.cores} cores (${machine.model}), Linux ${machine.kernel}\n`)
    console.log('| | found | asked | |\n| --- | --- | --- | --- |')
    for (const name of only)
        for await (const row of parts[name]()) {
            rows.push(row)
            console.log(`| ${row.what} | ${number(row.found)} | ${asked(row)} | ${verdict(row)} |`)
        }
    if (process.env.WEB_BENCH_JSON)
        await writeFile(process.env.WEB_BENCH_JSON, `${JSON.stringify({ date: new Date().toISOString(), machine, rows }, null, 2)}\n`)
} finally {
    await closeBrowser()
    await stopAll()
}
