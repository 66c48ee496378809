// Over TLS: the same API, a cookie that never travels in the clear, and a certificate that is
// renewed while people are connected.

import assert from 'node:assert/strict'
import { chmod, copyFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'

import { exchange, ok } from './support/client.mjs'
import { House, flags, newDirectory, passwordOf, program, run } from './support/house.mjs'
import { buyer } from './support/people.mjs'
import { until, within } from './support/wait.mjs'
import { statuses } from './support/wire.mjs'

let scratch
before(async () => {
    scratch = await newDirectory()
})
after(() => rm(scratch, { recursive: true, force: true }))

// A certificate for this name, and its key, as settings.
async function makePaper(name) {
    const [cert, key] = ['cert', 'key'].map(kind => join(scratch, `${name}-${kind}.pem`))
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', cert, '-keyout', key]
    const { code, stderr } = await run('openssl', ['req', '-x509', ...curve, ...subject])
    assert.equal(code, 0, stderr)
    await chmod(key, 0o600)
    return { 'tls-cert': cert, 'tls-key': key }
}

// A TLS connection whose handshake is made, and what it heard. The caller destroys it.
async function connect(house, options = {}) {
    const { hostname, port } = new URL(house.url)
    const socket = tls.connect({
        host: hostname,
        port: Number(port),
        rejectUnauthorized: false,
        ...options,
    })
    const connection = { socket, heard: '', sessions: [] }
    const failed = new Promise((_, reject) => socket.on('error', reject))
    failed.catch(() => {}) // later ones are the end of the connection
    socket.setEncoding('latin1').on('data', text => (connection.heard += text))
    socket.on('session', session => connection.sessions.push(session))
    const secure = new Promise(resolve => socket.on('secureConnect', resolve))
    await within('a TLS handshake', Promise.race([secure, failed]))
    return connection
}

const nameOf = ({ socket }) => socket.getPeerCertificate().subject.CN

async function ask(connection) {
    const before = statuses(connection.heard).length
    connection.socket.write('GET /v1/queue HTTP/1.1\r\nHost: house\r\n\r\n')
    await until('an answer', () => statuses(connection.heard).length > before)
    assert.equal(statuses(connection.heard)[before], 200)
}

// The name on the certificate that who comes now is shown.
async function shown(house) {
    const connection = await connect(house)
    const name = nameOf(connection)
    connection.socket.destroy()
    return name
}

// Has the server read its certificate again, and returns the line that says what came of it.
async function reload(house) {
    const lines = () => house.process.said.stderr.match(/^.* (not_)?reloaded .*\n/gm) ?? []
    const before = lines().length
    house.process.child.kill('SIGHUP')
    await until('the line about the reload', () => lines().length > before)
    assert.equal(lines().length, before + 1)
    return lines().at(-1)
}

describe('a server with a certificate', () => {
    let house, first, second, used
    before(async () => {
        first = await makePaper('first')
        second = await makePaper('second')
        used = await makePaper('used')
        await use(first)
        house = await House.open(used)
    })
    after(() => house?.close())

    const use = async paper => {
        for (const kind of ['tls-cert', 'tls-key']) await copyFile(paper[kind], used[kind])
    }

    test('the ready line says https, and the API answers there', async () => {
        assert.match(house.url, /^https:/)
        ok(await house.anybody.get('/v1/queue'))
    })

    test('the cookie is for secure connections only', async () => {
        const ann = await buyer(house, 'ann')
        const { email } = ann.user
        const answer = await exchange(house.url, {
            method: 'POST',
            path: '/v1/sessions',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ email, password: passwordOf(email) }),
        })
        const [cookie] = answer.headers['set-cookie']
        assert.ok(cookie.split('; ').includes('Secure'), cookie)
        assert.match(cookie, /^__Host-usher_session=/)
    })

    for (const version of ['TLSv1.2', 'TLSv1.3'])
        test(`${version} is spoken`, async () => {
            const connection = await connect(house, { minVersion: version, maxVersion: version })
            assert.equal(connection.socket.getProtocol(), version)
            await ask(connection)
            connection.socket.destroy()
        })

    for (const version of ['TLSv1', 'TLSv1.1'])
        test(`${version} is refused`, async () => {
            const old = { minVersion: version, maxVersion: version, ciphers: 'ALL@SECLEVEL=0' }
            await assert.rejects(connect(house, old), {
                code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
            })
        })

    test('HTTP/1.1 is what it speaks, to those who ask', async () => {
        const both = await connect(house, { ALPNProtocols: ['h2', 'http/1.1'] })
        assert.equal(both.socket.alpnProtocol, 'http/1.1')
        both.socket.destroy()
        const none = await connect(house)
        assert.equal(none.socket.alpnProtocol, false)
        none.socket.destroy()
        await assert.rejects(connect(house, { ALPNProtocols: ['h2'] }), {
            code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
        })
    })

    test('plain HTTP is no TLS', async () => {
        const plain = house.url.replace('https:', 'http:')
        await assert.rejects(exchange(plain, { method: 'GET', path: '/v1/queue' }))
    })

    test('SIGHUP: new connections get the new certificate, open ones go on', async () => {
        await use(first)
        await reload(house)
        const open = await connect(house)
        assert.equal(nameOf(open), 'first')
        await ask(open)

        await use(second)
        assert.equal(await shown(house), 'first')
        assert.match(await reload(house), / info reloaded tls-cert=\S*used-cert\.pem tls-key=\S+\n/)
        assert.equal(await shown(house), 'second')
        await ask(open)
        open.socket.destroy()
    })

    test('SIGHUP: what is wrong is told, and the old one stays', async () => {
        await use(first)
        await reload(house)
        const wrong = [
            [/ warning not_reloaded why=.*used-key\.pem is not the private key/, async () => {
                await copyFile(first['tls-key'], used['tls-key'])
            }],
            [/ warning not_reloaded why=.*used-cert\.pem holds no certificate/, async () => {
                await writeFile(used['tls-cert'], 'nothing of the kind')
            }],
            [/ warning not_reloaded why=.*cannot read .*used-cert\.pem/, async () => {
                await rm(used['tls-cert'])
            }],
            [/ warning not_reloaded why=.*used-key\.pem: others .*mode 0644/, async () => {
                await chmod(used['tls-key'], 0o644)
            }],
        ]
        for (const [line, spoil] of wrong) {
            await use(second)
            await spoil()
            assert.match(await reload(house), line)
            assert.equal(await shown(house), 'first')
        }
        await chmod(used['tls-key'], 0o600)
        assert.match(await reload(house), / info reloaded /)
        assert.equal(await shown(house), 'second')
    })

    for (const version of ['TLSv1.2', 'TLSv1.3'])
        test(`${version}: a session is resumed, also after a reload`, async () => {
            await use(first)
            await reload(house)
            const only = { minVersion: version, maxVersion: version }
            let session
            for (const [resumed, paper] of [[false], [true], [true, second], [true]]) {
                if (paper) {
                    await use(paper)
                    await reload(house)
                }
                const connection = await connect(house, { ...only, session })
                assert.equal(connection.socket.isSessionReused(), resumed)
                await ask(connection)
                await until('a ticket', () => resumed || connection.sessions.length > 0)
                session = connection.sessions.at(-1) ?? session
                connection.socket.destroy()
            }
        })
})

describe('at the start', () => {
    const refusal = async settings => {
        const args = ['--data', join(scratch, 'data'), '--listen', '127.0.0.1:0']
        const { code, stdout, stderr } = await run(program, ['serve', ...args, ...flags(settings)])
        assert.equal(code, 1, stderr)
        assert.equal(stdout, '')
        return stderr
    }

    test('a key that others may read is refused', async () => {
        const paper = await makePaper('open')
        await chmod(paper['tls-key'], 0o644)
        assert.match(await refusal(paper), /open-key\.pem: others .* \(mode 0644\)/)
    })

    test("another certificate's key is refused", async () => {
        const [paper, other] = [await makePaper('own'), await makePaper('other')]
        const mixed = { ...paper, 'tls-key': other['tls-key'] }
        assert.match(await refusal(mixed), /other-key\.pem is not the private key/)
    })
})

test('SIGHUP does not stop a server without a certificate', async () => {
    const house = await House.open()
    try {
        assert.match(await reload(house), / warning not_reloaded why="there is no certificate/)
        ok(await house.anybody.get('/v1/queue'))
    } finally {
        await house.close()
    }
})
