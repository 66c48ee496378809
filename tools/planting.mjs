// Bugs as lines of a diff, planted one at a time: a source file changed, compiled as the build does and
// linked before the library that has the right one. For tools/mutants.mjs and tools/checks.mjs.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const build = process.env.BUILD ?? 'build'
export const simulator = 'test/sim/usher-sim'

// The line with which a run that fails can be repeated.
export const OBJECTION = /^.* --seed \d+.*: .*$/m

// The blocks of a list of bugs, without comments and empty lines.
export const readBlocks = file =>
    readFileSync(file, 'utf8')
        .replace(/^#.*\n/gm, '')
        .split(/\n{2,}/)
        .map(block => block.split('\n').filter(line => line !== ''))
        .filter(lines => lines.length > 0)

// A bug from its lines: "name: what it does wrong", the file, and the lines that change.
export function readBug([title, source, ...lines]) {
    const [, name, what] = /^([a-z-]+): (.*)$/.exec(title)
    const part = signs =>
        lines
            .filter(line => signs.includes(line[0]))
            .map(line => `${line.slice(1)}\n`)
            .join('')
    return { name, what, source, right: part(' -'), wrong: part(' +') }
}

// The text with the bug. The place must be there, and only once: a list that no longer fits the source
// is an error, not a bug that was not found.
export function plant({ name, source, right, wrong }, text = readFileSync(source, 'utf8')) {
    const places = text.split(right).length - 1
    if (right === wrong || places !== 1)
        throw new Error(`${name}: its lines stand ${places} times in ${source}`)
    return text.replace(right, () => wrong)
}

const commands = () => JSON.parse(readFileSync(`${build}/compile_commands.json`, 'utf8'))

// An object of the source file with this text in its place.
export function compile(out, name, source, text) {
    const planted = resolve(out, `${name}.c`)
    const object = resolve(out, `${name}.o`)
    writeFileSync(planted, text)
    const entry = commands().find(
        ({ file, output }) =>
            resolve(build, file) === resolve(source) && !output.includes('sanitize')
    )
    const words = entry.command.split(' ').filter(word => word !== '')
    for (const flag of ['-o', '-MF', '-MQ']) words[words.indexOf(flag) + 1] = object
    words[words.indexOf('-MF') + 1] = `${object}.d`
    words[words.length - 1] = planted
    const folder = resolve(source, '..') // for what stands beside it
    execFileSync(words[0], [...words.slice(1), `-I${folder}`, '-Wno-error', '-w'], {
        cwd: build,
        stdio: ['ignore', 'ignore', 'inherit'],
    })
    return object
}

// A program of the build, with these objects in front of its libraries.
export function link(out, name, objects, linked = simulator) {
    const steps = execFileSync('ninja', ['-C', build, '-t', 'commands', '-s', linked], {
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
    const program = resolve(out, name)
    words[place] = program
    words.splice(place + 1, 0, ...objects)
    execFileSync(words[0], words.slice(1), { cwd: build, stdio: ['ignore', 'ignore', 'inherit'] })
    return program
}
