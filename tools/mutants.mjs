// Plants each bug of test/sim/run/mutants.diff by itself and sees that the simulator finds it:
// `mutants.mjs [NAME...]`. A mutant is one source file changed, compiled as the build does and linked
// before the library that has the right one. Each has the same worlds, and 60 seconds; the source as
// it is must pass them all. Ends in "N passed, N failed". With `--fit` it only sees that each still
// fits the source.

import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'

const SECONDS_MAX = 60
// Beside each other: in the crowds of some there is what the short lives of the others lack, and back;
// and those in which a bug once showed that takes a rare meeting of faults.
const WORLDS = [
    ['--seeds', '300'],
    ['--small', '--seeds', '1500'],
    ['--regressions', 'test/sim/run/regressions'],
]
const build = process.env.BUILD ?? 'build'
const out = `${build}/mutants`
const simulator = 'test/sim/usher-sim'

// The line with which a run that fails can be repeated.
const OBJECTION = /^.* --seed \d+.*: .*$/m

// ---- The list

function readMutants(file) {
    const blocks = readFileSync(file, 'utf8')
        .replace(/^#.*\n/gm, '')
        .split(/\n{2,}/)
        .map(block => block.split('\n').filter(line => line !== ''))
        .filter(lines => lines.length > 0)
    return blocks.map(([title, source, ...lines]) => {
        const [, name, what] = /^([a-z-]+): (.*)$/.exec(title)
        const part = signs =>
            lines
                .filter(line => signs.includes(line[0]))
                .map(line => `${line.slice(1)}\n`)
                .join('')
        return { name, what, source, right: part(' -'), wrong: part(' +') }
    })
}

// The mutant's source. The place must be there, and only once: a list that no longer fits the source
// is an error, not a mutant that was not found.
function plant({ name, source, right, wrong }) {
    const text = readFileSync(source, 'utf8')
    const places = text.split(right).length - 1
    if (right === wrong || places !== 1)
        throw new Error(`${name}: its lines stand ${places} times in ${source}`)
    return text.replace(right, () => wrong)
}

// ---- Building

const commands = () => JSON.parse(readFileSync(`${build}/compile_commands.json`, 'utf8'))

function compile(mutant) {
    const planted = resolve(out, `${mutant.name}.c`)
    const object = resolve(out, `${mutant.name}.o`)
    writeFileSync(planted, plant(mutant))
    const entry = commands().find(
        ({ file, output }) =>
            resolve(build, file) === resolve(mutant.source) && !output.includes('sanitize')
    )
    const words = entry.command.split(' ').filter(word => word !== '')
    for (const flag of ['-o', '-MF', '-MQ']) words[words.indexOf(flag) + 1] = object
    words[words.indexOf('-MF') + 1] = `${object}.d`
    words[words.length - 1] = planted
    const folder = resolve(mutant.source, '..') // for what stands beside it
    execFileSync(words[0], [...words.slice(1), `-I${folder}`, '-Wno-error'], {
        cwd: build,
        stdio: ['ignore', 'ignore', 'inherit'],
    })
    return object
}

// The command that links the simulator, with the mutant's object in front.
function link(mutant, object) {
    const steps = execFileSync('ninja', ['-C', build, '-t', 'commands', '-s', simulator], {
        encoding: 'utf8',
    })
    const words = steps
        .trim()
        .split('\n')
        .at(-1)
        .split(' ')
        .filter(word => word !== '')
        .map(word => word.replace(/^'(.*)'$/, '$1').replace(/^"(.*)"$/, '$1'))
    const place = words.indexOf('-o') + 1
    const program = resolve(out, mutant.name)
    words[place] = program
    words.splice(place + 1, 0, object)
    execFileSync(words[0], words.slice(1), { cwd: build, stdio: ['ignore', 'ignore', 'inherit'] })
    return program
}

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

async function judge(mutant) {
    const { how, seconds } = await runAll(link(mutant, compile(mutant)), SECONDS_MAX)
    console.log(
        `${how ? 'found ' : 'MISSED'} ${mutant.name} (${mutant.what}) in ${seconds.toFixed(1)} s` +
            (how ? `\n       ${how}` : '')
    )
    return how !== ''
}

const wanted = process.argv.slice(2).filter(word => word !== '--fit')
const mutants = readMutants('test/sim/run/mutants.diff').filter(
    ({ name }) => wanted.length === 0 || wanted.includes(name)
)
mutants.forEach(plant) // all fit before any is tried
if (process.argv.includes('--fit')) process.exit(0)
mkdirSync(out, { recursive: true })
const control = await runAll(resolve(build, simulator), 10 * SECONDS_MAX)
if (control.how) throw new Error(`the source as it is: ${control.how}`)
console.log(`the source as it is passes all worlds, in ${control.seconds.toFixed(1)} s`)
let found = 0
for (const mutant of mutants) if (await judge(mutant)) found++
console.log(`${found} passed, ${mutants.length - found} failed`)
process.exitCode = found === mutants.length && found > 0 ? 0 : 1
