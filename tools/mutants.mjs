// Plants each bug of test/sim/run/mutants.diff by itself and sees that the simulator finds it, and each
// of test/mutants.diff, which stand where the simulator does not come, and sees that its test does:
// `mutants.mjs [NAME...]`. A mutant is one source file changed, compiled as the build does and linked
// before the library that has the right one. In the simulator each has the same worlds, and 60 seconds.
// The source as it is must pass whatever finds a bug. Ends in "N passed, N failed". With `--fit` it only
// sees that each still fits the source.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
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

// ---- The simulator

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

const inWorlds = {
    program: simulator,
    run: program => runAll(program, SECONDS_MAX),
    control: () => runAll(resolve(build, simulator), 10 * SECONDS_MAX),
    what: 'all worlds',
}

// ---- A test

// A test that starts servers waits for each, beside whatever else the machine does.
const TEST_SECONDS_MAX = 300
const SERVER = 'src/app/usher'
const NOT_OK = /^\s*not ok \d+ - .*$/m

// What the test said, or '' if it passes, or does not end.
async function runTest(command, args, env) {
    const began = performance.now()
    const child = spawn(command, args, {
        env: { ...process.env, ...env },
        timeout: TEST_SECONDS_MAX * 1000,
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (said += part))
    const [code, signal] = await once(child, 'close')
    const failed = code !== 0 && signal !== 'SIGTERM'
    const how = failed ? (NOT_OK.exec(said)?.[0] ?? said.trim().split('\n').at(-1)).trim() : ''
    return { how, seconds: (performance.now() - began) / 1000 }
}

// A test over HTTP has the mutant as its server; a test in C is linked with the bug itself.
function inTest(test) {
    const overHttp = test.endsWith('.mjs')
    const program = overHttp ? SERVER : test
    const run = tried =>
        overHttp
            ? runTest(process.execPath, ['--test', '--test-reporter=tap', test], { USHER: tried })
            : runTest(tried, [], { CMOCKA_MESSAGE_OUTPUT: 'TAP' })
    const control = async () => {
        const { how, seconds } = await run(resolve(build, program))
        return { how: seconds < TEST_SECONDS_MAX ? how : 'it does not end', seconds }
    }
    if (overHttp && !existsSync(test)) throw new Error(`there is no ${test}`)
    return { program, run, control, what: test }
}

// ---- All of them

const make = mutant =>
    link(
        out,
        mutant.name,
        [compile(out, mutant.name, mutant.source, plant(mutant))],
        mutant.finder.program
    )

async function judge(mutant) {
    const { how, seconds } = await mutant.finder.run(make(mutant))
    console.log(
        `${how ? 'found ' : 'MISSED'} ${mutant.name} (${mutant.what}) in ${seconds.toFixed(1)} s` +
            (how ? `\n       ${how}` : '')
    )
    return how !== ''
}

async function judgeAsItIs({ control, what }) {
    const { how, seconds } = await control()
    if (how) throw new Error(`the source as it is, in ${what}: ${how}`)
    console.log(`the source as it is passes ${what}, in ${seconds.toFixed(1)} s`)
}

// A bug of a test has the test in its second line.
const tests = new Map()
function readTested([title, test, ...lines]) {
    if (!tests.has(test)) tests.set(test, inTest(test))
    return { ...readBug([title, ...lines]), finder: tests.get(test) }
}

const wanted = process.argv.slice(2).filter(word => word !== '--fit')
const mutants = [
    ...readBlocks('test/sim/run/mutants.diff').map(block => ({
        ...readBug(block),
        finder: inWorlds,
    })),
    ...readBlocks('test/mutants.diff').map(readTested),
].filter(({ name }) => wanted.length === 0 || wanted.includes(name))
mutants.forEach(mutant => plant(mutant)) // all fit before any is tried
if (process.argv.includes('--fit')) process.exit(0)
mkdirSync(out, { recursive: true })
for (const finder of new Set(mutants.map(({ finder }) => finder))) await judgeAsItIs(finder)
let found = 0
for (const mutant of mutants) if (await judge(mutant)) found++
console.log(`${found} passed, ${mutants.length - found} failed`)
process.exitCode = found === mutants.length && found > 0 ? 0 : 1
