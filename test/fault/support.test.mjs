// `usher support`: what it writes is enough to help by, and holds no secret and no person.

import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House, passwordOf } from '../api/support/house.mjs'
import { buyer, charge, invited, makeConcert, makeRound, signIn } from '../api/support/people.mjs'

const TOP_UP = 'https://pay.example/?token=nobodys-business&u={user}&a={amount}&b={back}'

let house, secrets
before(async () => {
    house = await House.open({ 'top-up-url': TOP_UP, 'max-active': 77 }, { organizers: ['boss@example.com'] })
    const boss = await signIn(house, 'boss@example.com')
    await makeRound(boss, await makeConcert(boss, { title: 'A concert without a name' }))
    const ann = await buyer(house, 'ann')
    await charge(ann, 1234)
    const gate = await invited(boss, 'gate', ['stats'])
    const key = ok(await boss.post('/v1/api-keys', { name: 'a shop of mine', scopes: ['read'] }), 201)
    secrets = [
        ...['boss@example.com', 'ann@example.com', gate.user.email, '@'],
        ...[ann.user.name, 'a shop of mine', 'A concert without a name'],
        ...[boss.token, ann.token, gate.token, key.secret],
        ...[passwordOf('boss@example.com'), passwordOf('ann@example.com')],
        ...['$argon2', 'nobodys-business', ann.user.id, boss.user.id],
    ]
})
after(() => house?.close())

// The sections of what was written, by their titles.
const sectionsOf = text =>
    Object.fromEntries(
        text
            .split(/^== /m)
            .slice(1)
            .map(part => [part.slice(0, part.indexOf(' ==')), part.slice(part.indexOf('\n') + 1)])
    )
const settingOf = (section, name) => new RegExp(`^${name} = (.*)$`, 'm').exec(section)?.[1]

test('of a running server it tells all, and nothing that is nobody’s business', async () => {
    const file = join(house.data, 'support.txt')
    const { code, stderr } = await house.usher(['support', file])
    assert.equal(code, 0, stderr)
    const text = await readFile(file, 'utf8')
    assert.equal((await stat(file)).mode & 0o7777, 0o600)
    assert.match(text, /^usher \d+\.\d+\.\d+\nwritten: \S+Z\ncores: \d+\nsystem: Linux /)
    const sections = sectionsOf(text)
    assert.match(sections.status, /^state: ready\n/m)
    assert.equal(settingOf(sections['settings of the server'], 'max-active'), '77')
    assert.equal(settingOf(sections['settings of the server'], 'top-up-url'), '(set, and not told)')
    assert.equal(settingOf(sections['settings of this command'], 'max-active'), '1000')
    assert.match(sections.check, /^0 violations up to batch \d+, \d+ questions in \d+ ms\n$/m)
    assert.match(sections.files, /^journal\.db: \d+ bytes, mode 0600, user \d+\n/m)
    assert.match(sections.metrics, /^usher_ready 1$/m)
    for (const secret of secrets) assert.ok(!text.includes(secret), secret)
    const again = await house.usher(['support', file])
    assert.equal(again.code, 1)
    assert.match(again.stderr, /File exists/)
    assert.equal(await readFile(file, 'utf8'), text)
})

test('where nobody serves it says so, and tells the rest', async () => {
    await house.stop()
    const { code, stdout } = await house.usher(['support', '-'])
    assert.equal(code, 0)
    const sections = sectionsOf(stdout)
    for (const asked of ['status', 'settings of the server', 'check', 'metrics'])
        assert.match(sections[asked], /^not known: nobody serves /, asked)
    assert.match(sections.files, /^usher\.db: \d+ bytes/m)
    for (const secret of secrets) assert.ok(!stdout.includes(secret), secret)
})
