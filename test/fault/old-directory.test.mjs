// A data directory as usher left it that folded ASCII letters alone: addresses that are one mailbox,
// addresses and names that are refused today, passwords in any normal form. Half of it is in the
// tables and half only in the journal, since that usher was killed. old/ has both files as sqlite3
// dumps them, with the marks in a file's header that a dump leaves out.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from '../api/support/client.mjs'
import { House, sql } from '../api/support/house.mjs'
import { balance, signIn } from '../api/support/people.mjs'

const recorded = file => readFile(new URL(`old/${file}.sql`, import.meta.url), 'utf8')

const password = 'a good password'
const inPieces = 'mot de passe tre\u0300s secret'

// [what is typed, whose account it is, the address that is kept]
const spellings = [
    ['josÉ@example.com', 'first', 'josÉ@example.com'],
    ['JOSÉ@Example.com', 'first', 'josÉ@example.com'],
    ['josé@example.com', 'second', 'josé@example.com'],
    ['jose\u0301@example.com', 'decomposed', 'jose\u0301@example.com'],
    ['josE\u0301@example.com', 'decomposed', 'jose\u0301@example.com'],
    ['a@xn--bcher-kva.example', '\u200b', 'a@xn--bcher-kva.example'],
    ['a@bücher.example', '   ', 'a@bücher.example'],
    [' A@BÜCHER.example ', '\u200b', 'a@xn--bcher-kva.example'], // nobody's spelling: the older one's
    ['a@x..com', 'malformed', 'a@x..com'],
    ['a\u200b@example.com', 'hidden', 'a\u200b@example.com'],
]

describe('an old data directory', () => {
    let house, boss
    before(async () => {
        house = await House.prepare()
        for (const file of ['journal', 'usher'])
            await sql(join(house.data, `${file}.db`), await recorded(file))
        await house.start()
        boss = await signIn(house, 'boss@example.com', password)
    })
    after(() => house.close())

    const signUp = email =>
        house.anybody.post('/v1/users', { name: 'New', email, password: 'long enough' })

    for (const [typed, name, kept] of spellings)
        test(`${JSON.stringify(typed)} signs in to ${JSON.stringify(kept)}`, async () => {
            const { user } = await signIn(house, typed, password)
            assert.deepEqual([user.name, user.email], [name, kept])
        })

    test('the organizer finds each as it signs in', async () => {
        for (const [typed, name, kept] of spellings) {
            const path = `/v1/users?email=${encodeURIComponent(typed)}`
            const { items } = ok(await boss.get(path))
            assert.deepEqual(
                items.map(user => [user.name, user.email]),
                [[name, kept]]
            )
        }
    })

    test('no mailbox of it is given away again', async () => {
        for (const email of ['josé@example.com', 'JOSÉ@EXAMPLE.COM', 'josE\u0301@example.com'])
            refused(await signUp(email), 409, 'email_taken')
        for (const email of ['a@bücher.example', 'a@XN--bcher-kva.example'])
            refused(await signUp(email), 409, 'email_taken')
        invalid(await signUp('a@x..com'), '/email')
        invalid(await signUp('a\u200b@example.com'), '/email')
    })

    test('passwords are right as they were chosen', async () => {
        await signIn(house, 'common@example.com', 'password')
        await signIn(house, 'pieces@example.com', inPieces)
        const composed = { email: 'pieces@example.com', password: inPieces.normalize('NFC') }
        refused(await house.anybody.post('/v1/sessions', composed), 401, 'bad_credentials')
    })

    test('a password that is chosen anew is right in every form', async () => {
        const pieces = await signIn(house, 'pieces@example.com', inPieces)
        const change = { password: `${inPieces} 2`, currentPassword: inPieces }
        ok(await pieces.patch('/v1/users/me', change))
        for (const form of ['NFC', 'NFD'])
            await signIn(house, 'pieces@example.com', change.password.normalize(form))
    })

    test('a reference with blanks charges nothing twice', async () => {
        const second = await signIn(house, 'josé@example.com', password)
        const again = { amount: 100, reference: ' a reference ' }
        invalid(await second.post('/v1/points/charges', again), '/reference')
        assert.equal(await balance(second), 100)
    })

    test('names that nobody can see stay, and may be changed', async () => {
        const { items } = ok(await house.anybody.get('/v1/concerts'))
        assert.deepEqual(
            items.map(concert => [concert.title, concert.description]),
            [['\u202eWinter', '\u200b']]
        )
        const blank = await signIn(house, 'a@bücher.example', password)
        ok(await blank.patch('/v1/users/me', {}))
        assert.equal(ok(await blank.patch('/v1/users/me', { name: ' Ann ' })).name, 'Ann')
    })

    test('it is so after a restart, and usher check tells who shares a mailbox', async () => {
        await house.stop()
        const { code, stdout, stderr } = await house.usher(['check'])
        assert.equal(code, 0, stdout + stderr)
        const remarks = stdout.split('\n').filter(line => line.startsWith('remark: '))
        assert.equal(remarks.length, 2, stdout)
        assert.match(remarks.find(line => /bücher/.test(line)), /bcher-kva.*a@bücher/)
        assert.match(remarks.find(line => /jos/.test(line)), /josÉ@.*josé@.*jose\u0301@/)
        await house.start()
        for (const [typed, , kept] of spellings)
            assert.equal((await signIn(house, typed, password)).user.email, kept)
    })
})
