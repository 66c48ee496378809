// Plants each bug of test/sim/run/mutants.diff by itself and sees that the simulator finds it:
// `mutants.mjs [NAME...]`. A mutant is one source file changed, compiled as the build does and linked
// before the library that has the right one. Each has the same worlds, and 60 seconds; the source as
// it is must pass them all. Ends in "N passed, N failed". With `--fit` it only sees that each still
// fits the source.

import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'

import { OBJECTION, build, compile, link, plant, readBlocks, readBug, simulator } from './planting.mjs'

const SECONDS_MAX = 60
// Beside each other: in the crowds of some there is what the short lives of the others lack, and back;
// and those in which a bug once showed that takes a rare meeting of faults.
const WORLDS = [
    ['--seeds', '300'],
    ['--small', '--seeds', '1500'],
    ['--regressions', 'test/sim/run/regressions'],
]
const out = `${build}/mutants`

// ---- Running

// Runs all the worlds, or until one fails: what it said then, or ''.
const run = (program, worlds, signal) =>
    new Promise(done => {
        // A group of its own: the simulator has processes of its own.
        const child = spawn(program, worlds, { detached: true })
        let said = ''
        const end = () => {
            try {
                process.kill(-child.pid, 'SIGKILL')
            } catch (failure) {
                if (failure.code !== 'ESRCH') throw failure // it has ended by itself
            }
        }
        signal.addEventListener('abort', end, { once: true })
        const hear = part => {
            if (OBJECTION.test(said)) return
            said += part
            if (OBJECTION.test(said)) end() // one is enough
        }
        child.stdout.on('data', hear)
        child.stderr.on('data', hear)
        child.on('close', code => {
            signal.removeEventListener('abort', end)
            const failed = !signal.aborted && code !== 0
            done(failed ? (OBJECTION.exec(said)?.[0] ?? said.trim().split('\n').at(-1)) : '')
        })
    })

async function runAll(program, secondsMax) {
    const began = performance.now()
    const over = new AbortController()
    const timer = setTimeout(() => over.abort(), secondsMax * 1000)
    let how = ''
    const first = async worlds => {
        const said = await run(program, worlds, over.signal)
        if (said === '') return
        how ||= said
        over.abort()
    }
    await Promise.all(WORLDS.map(first))
    clearTimeout(timer)
    return { how, seconds: (performance.now() - began) / 1000 }
}

const make = mutant =>
    link(out, mutant.name, [compile(out, mutant.name, mutant.source, plant(mutant))])

async function judge(mutant) {
    const { how, seconds } = await runAll(make(mutant), SECONDS_MAX)
    console.log(
        `${how ? 'found ' : 'MISSED'} ${mutant.name} (${mutant.what}) in ${seconds.toFixed(1)} s` +
            (how ? `\n       ${how}` : '')
    )
    return how !== ''
}

const wanted = process.argv.slice(2).filter(word => word !== '--fit')
const mutants = readBlocks('test/sim/run/mutants.diff')
    .map(readBug)
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
mutants.forEach(mutant => plant(mutant)) // all fit before any is tried
if (process.argv.includes('--fit')) process.exit(0)
mkdirSync(out, { recursive: true })
const control = await runAll(resolve(build, simulator), 10 * SECONDS_MAX)
if (control.how) throw new Error(`the source as it is: ${control.how}`)
console.log(`the source as it is passes all worlds, in ${control.seconds.toFixed(1)} s`)
let found = 0
for (const mutant of mutants) if (await judge(mutant)) found++
console.log(`${found} passed, ${mutants.length - found} failed`)
process.exitCode = found === mutants.length && found > 0 ? 0 : 1
