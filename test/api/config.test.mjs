// The file of settings: judged before anything is started, and read anew by a server that runs.

import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { ok } from './support/client.mjs'
import { House, newDirectory, program, run } from './support/house.mjs'
import { until } from './support/wait.mjs'

let scratch, file
before(async () => {
    scratch = await newDirectory()
    file = join(scratch, 'usher.conf')
})
after(() => rm(scratch, { recursive: true, force: true }))

const write = (...lines) => writeFile(file, lines.map(line => `${line}\n`).join(''))

describe('usher config check', () => {
    const check = () => run(program, ['config', 'check', file])
    const complaints = async (...lines) => {
        await write(...lines)
        const { code, stdout, stderr } = await check()
        assert.equal(stdout, '')
        assert.equal(code, stderr === '' ? 0 : 1)
        return stderr.replaceAll(`usher: ${file}:`, '').split('\n').slice(0, -1)
    }

    test('has nothing to say of a good one', async () => {
        assert.deepEqual(await complaints('# ours', '', 'hold-seconds = 240', 'charging = open'), [])
    })

    test('names every line that is wrong', async () => {
        const said = await complaints(
            'hold-secnods = 240',
            'listen = 127.0.0.1:8080',
            'charging = perhaps',
            'listen = 127.0.0.1:8081',
            'streams = 0'
        )
        assert.deepEqual(said, [
            '1: hold-secnods is not a setting',
            "3: charging = 'perhaps': must be open or closed",
            '4: listen was set in line 2 already',
            "5: streams = '0': must be a number from 1 to 1000000",
        ])
    })

    test('names what contradicts itself, with its line', async () => {
        const said = await complaints(
            'metrics-listen = 127.0.0.1:8080',
            'tls-cert = /nowhere.pem'
        )
        assert.deepEqual(said, [
            '2: tls-cert and tls-key go together',
            '2: tls-cert /nowhere.pem: No such file or directory',
            "1: metrics-listen = '127.0.0.1:8080' is where listen is",
        ])
    })

    test('tells of a file that is not there, and wants one', async () => {
        const none = await run(program, ['config', 'check', join(scratch, 'none')])
        assert.equal(none.code, 1)
        assert.match(none.stderr, /none: No such file or directory/)
        assert.equal((await run(program, ['config', 'check'])).code, 2)
    })

    test('a start says the same, and does not take place', async () => {
        await write('hold-secnods = 240')
        const { code, stderr } = await run(program, ['serve', '--data', scratch, '--config', file])
        assert.equal(code, 2)
        assert.match(stderr, /usher\.conf:1: hold-secnods is not a setting/)
    })
})

describe('SIGHUP', () => {
    let house
    before(async () => {
        await write('log-requests = off', 'hold-seconds = 300')
        house = await House.open({ config: file })
    })
    after(() => house?.close())

    const log = () => house.process.said.stderr
    // Has the server read the file, and returns what it says of it.
    async function reload(...lines) {
        await write(...lines)
        const before = log().length
        const ends = / (not_)?reloaded .*\n/
        house.process.child.kill('SIGHUP')
        await until('the word that it is done', () => ends.test(log().slice(before)))
        return log()
            .slice(before)
            .split('\n')
            .map(line => line.replace(/^\S+ /, ''))
            .filter(line => /reloaded|setting_/.test(line))
    }

    test('what can change does, and what cannot is told', async () => {
        const said = await reload('log-requests = on', 'hold-seconds = 200', 'streams = 7')
        assert.deepEqual(said, [
            'info setting_changed setting=streams old=8192 new=7',
            'info setting_changed setting=log-requests old=off new=on',
            'warning setting_waits setting=hold-seconds until="the next start"',
            `info reloaded config=${file} changed=2 waiting=1`,
        ])
        ok(await house.anybody.get('/v1/queue'))
        await until('the request in the log', () => /path="?\/v1\/queue/.test(log()))
    })

    test('what waits is told again, and what has changed is not', async () => {
        assert.deepEqual(await reload('log-requests = on', 'hold-seconds = 200', 'streams = 7'), [
            'warning setting_waits setting=hold-seconds until="the next start"',
            `info reloaded config=${file} changed=0 waiting=1`,
        ])
    })

    test('rates hold from the next request on', async () => {
        const settings = ['log-requests = on', 'hold-seconds = 300', 'connections-per-address = 1']
        const said = await reload(...settings)
        assert.ok(said.includes('info setting_changed setting=connections-per-address old=4096 new=1'))
        const turnedAway = () =>
            house.anybody.get('/healthz').then(
                () => false,
                () => true
            )
        const both = async () => (await Promise.all([turnedAway(), turnedAway()])).some(Boolean)
        await until('one connection too many', both)
        await reload(...settings.slice(0, 2))
        ok(await house.anybody.get('/v1/queue'))
    })

    test('a file that is wrong changes nothing', async () => {
        assert.deepEqual(await reload('log-requests = off', 'strems = 7'), [
            `warning not_reloaded why="${file}:2: strems is not a setting"`,
        ])
        const before = log().length
        ok(await house.anybody.get('/v1/queue'))
        await until('the request in the log', () => /queue/.test(log().slice(before)))
    })
})
