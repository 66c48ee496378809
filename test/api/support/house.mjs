// A real usher process for a test: data in a temporary directory, a port that the kernel picks. A
// sanitizer's report, or an end that the test did not ask for, fails the test.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Client } from './client.mjs'
import { preload, program } from './preload.mjs'
import { until, within } from './wait.mjs'

export { program }

const READY = /^usher: listening on (https?:\/\/\S+)$/m
const BROKEN = /(Address|Leak|Thread|Memory)Sanitizer|runtime error:|check failed/

// Limits stand aside except where they are what is tested.
const roomy = {
    'account-requests-per-second': 100000,
    'key-requests-per-second': 100000,
    'address-requests-per-second': 100000,
    'account-sign-ins-per-minute': 10000,
    'address-sign-ins-per-minute': 10000,
}
const friendly = { charging: 'open', 'admit-per-second': 1000, ...roomy }

export const flags = settings =>
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])

// No setting may leak in from the surroundings.
const cleanEnvironment = extra => ({
    ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !name.startsWith('USHER_'))
    ),
    ...extra,
})

export const newDirectory = () => mkdtemp(join(tmpdir(), 'usher-test-'))

// A program that is killed leaves what libfaketime, loaded before it, keeps in shared memory: a hundred
// pieces a run of the tests.
const removeClock = pid =>
    Promise.all(
        [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`].map(name =>
            rm(`/dev/shm/${name}`, { force: true })
        )
    )

// Starts any program and gathers what it says; `ended` tells how it ended.
export function launch(command, args, { env = {}, input = '', ...options } = {}) {
    const child = spawn(command, args, { env: cleanEnvironment(env), ...options })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'])
        child[stream].setEncoding('utf8').on('data', part => (said[stream] += part))
    child.stdin.on('error', () => {}) // it may end without reading
    child.stdin.end(input)
    const closed = new Promise((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (code, signal) => resolve({ code, signal, ...said }))
    })
    const ended = env.LD_PRELOAD?.includes('libfaketime')
        ? closed.finally(() => removeClock(child.pid))
        : closed
    return { child, said, ended }
}

// Runs a program to its end.
export async function run(command, args, { deadlineMs, ...options } = {}) {
    const { child, ended } = launch(command, args, options)
    return within(`${command} ${args.join(' ')}`, ended, deadlineMs).catch(error => {
        child.kill('SIGKILL')
        throw error
    })
}

// Runs SQL on a database file that no server has open.
export async function sql(file, statements) {
    const { code, stdout, stderr } = await run('sqlite3', ['-bail', file], { input: statements })
    assert.equal(code, 0, `sqlite3 ${file}: ${stderr}`)
    return stdout.trim()
}

export class House {
    // Makes a data directory, with organizers' accounts in it, and starts the server.
    static async open(settings = {}, options = {}) {
        const house = await House.prepare(settings, options)
        await house.start()
        return house
    }

    // The same without starting. `organizers` are e-mail addresses. The server runs with `env`, and
    // as the arguments of `wrapper`, a command that becomes what it is given. Its passwords are hashed
    // with little work, but with `realPasswords`.
    static async prepare(
        settings = {},
        { organizers = [], env = {}, wrapper = [], realPasswords = false } = {}
    ) {
        const house = new House()
        house.settings = { ...friendly, ...settings }
        house.realPasswords = realPasswords
        house.env = env
        house.wrapper = wrapper
        house.data = await newDirectory()
        for (const email of organizers) {
            const input = `${passwordOf(email)}\n`
            const added = await house.usher(['organizer', 'add', email, ...house.flags], { input })
            assert.equal(added.code, 0, added.stderr)
        }
        return house
    }

    // The server's process, from its first instruction on.
    launch() {
        const serve = ['serve', '--data', this.data, '--listen', '127.0.0.1:0', ...this.flags]
        const [command, ...args] = [...this.wrapper, program, ...serve]
        this.process = launch(command, args, { env: this.environment })
        this.pid = this.process.child.pid
        let over = null
        this.process.ended.then(end => (over = end))
        return { said: this.process.said, over: () => over }
    }

    async start() {
        const { said, over: ended } = this.launch()
        await until('the ready line', () => READY.test(said.stdout) || ended())
        const over = ended()
        if (over)
            throw new Error(`usher serve ended with ${over.code ?? over.signal}: ${over.stderr}`)
        this.url = READY.exec(said.stdout)[1]
        const { Agent } = this.url.startsWith('https:') ? https : http
        this.agent = new Agent({ keepAlive: true, maxSockets: 512 })
    }

    // Starts the server and kills it `ms` later; tells whether that was before it was ready.
    async startAndKill(ms) {
        const end = performance.now() + ms
        const { said, over } = this.launch()
        await until('the moment', () => performance.now() >= end || over(), { everyMs: 1 })
        const early = !READY.test(said.stdout)
        const { code, signal, stderr } = await this.end('SIGKILL')
        assert.equal(signal, 'SIGKILL', `usher serve ended with ${code}: ${stderr}`)
        return early
    }

    // Ends the server with a signal and returns how it ended.
    async end(signal) {
        const { child, ended } = this.process
        child.kill(signal)
        const end = await within(`the end by ${signal}`, ended)
        this.process = null
        this.agent?.destroy()
        assert.doesNotMatch(end.stderr, BROKEN)
        return end
    }

    // Stops the server as an operator does.
    async stop() {
        const end = await this.end('SIGTERM')
        assert.equal(end.code, 0, `usher serve ended with ${end.code ?? end.signal}: ${end.stderr}`)
        assert.match(end.stdout, /^usher: listening on \S+\n$/)
    }

    async restart(settings = {}) {
        await this.stop()
        this.settings = { ...this.settings, ...settings }
        await this.start()
    }

    // The end of a test file: stops and removes everything.
    async close() {
        try {
            if (this.process) await this.stop()
        } finally {
            if (this.process) this.process.child.kill('SIGKILL')
            await rm(this.data, { recursive: true, force: true })
        }
    }

    // Runs another subcommand on the same data.
    usher(args, { env = {}, ...options } = {}) {
        return run(program, [...args, '--data', this.data], {
            env: this.withPasswords(env),
            ...options,
        })
    }

    withPasswords(env) {
        return this.realPasswords ? env : preload(['quick_passwords'], env)
    }

    get environment() {
        return this.withPasswords(this.env)
    }

    // `usher check`, which must find nothing.
    async check() {
        const { code, stdout, stderr } = await this.usher(['check'])
        assert.equal(code, 0, `usher check: ${stdout}${stderr}`)
    }

    // The first command on a data directory gives it the queue's settings, so all get the same.
    get flags() {
        return flags(this.settings)
    }

    get anybody() {
        return new Client(this)
    }
}

// Every account of a test has a password that follows from its address.
export const passwordOf = email => `password of ${email}`
