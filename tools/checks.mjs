// The checks of src/office, and what they are worth.
//
// `checks.mjs count` counts them and the lines of code. `checks.mjs draw SEED` draws twenty at random.
// `checks.mjs [NAME...]` plants each bug of test/sim/run/checks.diff, whose check was drawn so, with the
// check and without it, runs the same small worlds, and tells how long the bug lived: in how many worlds
// nothing was said, how many lines the trace of the next one has, and who found it then. A bug that lives
// as long without its check shows nothing of the check's worth. It fails when a bug is not found with its
// check. With `--fit` it only sees that each still fits the source.

import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { build, compile, link, plant, readBlocks, readBug } from './planting.mjs'

const OFFICE = 'src/office'
const DRAWN = 20
const WORLDS = 100
const out = `${build}/checks`

// ---- The checks

// Where the parenthesis that is open at `from` is closed.
function closing(text, from) {
    let depth = 0
    for (let at = from; ; at++) {
        if (text[at] === '(') depth++
        if (text[at] === ')' && --depth === 0) return at
    }
}

const squeezed = text => text.replaceAll(/\\?\s+/g, ' ').trim()

function checksIn(source) {
    const text = readFileSync(source, 'utf8')
    return [...text.matchAll(/\bCHECK\(/g)].map(({ index }) => {
        const end = closing(text, index + 'CHECK'.length)
        return {
            source,
            condition: squeezed(text.slice(index + 'CHECK('.length, end)),
            statement: text.slice(index, end + 1),
        }
    })
}

const sources = readdirSync(OFFICE)
    .filter(name => /\.[ch]$/.test(name))
    .map(name => `${OFFICE}/${name}`)
const checks = sources.flatMap(checksIn)

const isCode = line => !/^\s*(\/?\*.*|\/\/.*)?$/.test(line)
const linesOf = source => readFileSync(source, 'utf8').split('\n').filter(isCode).length

function count() {
    const lines = sources.map(linesOf).reduce((sum, each) => sum + each)
    const rate = (100 * checks.length) / lines
    console.log(`${checks.length} checks in ${lines} lines of code: ${rate.toFixed(1)} a hundred`)
}

// The same for a seed, whatever is added later, but for what is added.
function draw(seed) {
    const rank = ({ source, condition }) =>
        createHash('sha256').update(`${seed} ${source}: ${condition}`).digest('hex')
    const ranked = [...checks].sort((one, other) => (rank(one) < rank(other) ? -1 : 1))
    for (const { source, condition } of ranked.slice(0, DRAWN)) console.log(`${source}: ${condition}`)
}

// ---- The bugs

// A block names its check in its second line; the rest is as in mutants.diff.
function readPlanted([title, checked, ...lines]) {
    const bug = readBug([title, ...lines])
    const check = checks.find(({ source, condition }) => `${source}: ${condition}` === checked)
    if (!check) throw new Error(`${bug.name}: there is no check '${checked}'`)
    return { ...bug, check }
}

// The texts of the files that the bug changes, and its check's absence.
function textsOf({ check, ...bug }, isChecked) {
    const texts = new Map([[bug.source, plant(bug)]])
    if (isChecked) return texts
    const text = texts.get(check.source) ?? readFileSync(check.source, 'utf8')
    if (!text.includes(check.statement)) throw new Error(`${bug.name}: it changes its own check`)
    return texts.set(check.source, text.replace(check.statement, '(void)0'))
}

function make(bug, isChecked) {
    const name = `${bug.name}-${isChecked ? 'with' : 'without'}`
    const objects = [...textsOf(bug, isChecked)].map(([source, text], index) =>
        compile(out, `${name}-${index}`, source, text)
    )
    return link(out, name, objects)
}

// ---- How long they live

const run = (program, args) =>
    // Each line as it comes: what is kept back is lost when the program aborts.
    spawnSync('stdbuf', ['-oL', program, '--small', '--jobs', '1', ...args], {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
    })

// The first world of the seeds in which something is said.
function life(program) {
    for (let seed = 1; seed <= WORLDS; seed++) {
        const { status, signal, stdout, stderr } = run(program, ['--seed', String(seed), '--verbose'])
        if (status === 0) continue
        const bug = /usher: bug: \S+: (.*)/.exec(stderr)
        const objection = stdout.trim().split('\n').at(-1).replace(/^.*?: /, '')
        const who = bug ? `CHECK(${bug[1]})` : (signal ?? objection)
        return { worlds: seed - 1, lines: stdout.split('\n').length, who }
    }
    return { worlds: WORLDS, lines: 0, who: null }
}

const told = ({ worlds, lines, who }) =>
    who ? `${worlds} worlds and ${lines} lines, found by ${who}` : `${worlds} worlds, not found`

// In the same line of the trace another may object to it later; a crash is nobody's objection.
const livesLonger = (one, other) =>
    other.worlds > one.worlds ||
    (other.worlds === one.worlds &&
        (other.lines > one.lines || (one.who !== other.who && !/^SIG/.test(other.who))))

function judge(bug) {
    const [one, other] = [true, false].map(isChecked => life(make(bug, isChecked)))
    const isFound = one.who !== null
    const isLonger = isFound && livesLonger(one, other)
    console.log(`${isLonger ? 'longer ' : 'as long'} ${bug.name} (${bug.what})`)
    console.log(`       with:    ${told(one)}\n       without: ${told(other)}`)
    return { isFound, isLonger }
}

const names = process.argv.slice(2)
const planted = wanted =>
    readBlocks('test/sim/run/checks.diff')
        .map(readPlanted)
        .filter(({ name }) => wanted.length === 0 || wanted.includes(name))

function judgeAll() {
    mkdirSync(resolve(out), { recursive: true })
    const judged = planted(names).map(judge)
    const longer = judged.filter(({ isLonger }) => isLonger).length
    console.log(`${longer} of ${judged.length} bugs live longer without their check`)
    process.exitCode = judged.length > 0 && judged.every(({ isFound }) => isFound) ? 0 : 1
}

if (names[0] === 'count') count()
else if (names[0] === 'draw') draw(names[1])
else if (names[0] === '--fit') planted([]).forEach(bug => textsOf(bug, false))
else judgeAll()
