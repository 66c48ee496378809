// usher on the texts that other servers test themselves with. They are not in this tree:
// USHER_CORPORA names the directory of their copies, as support/corpora.mjs has it.
//
//   USHER_CORPORA=DIRECTORY node --test test/wire/corpora.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { House } from '../api/support/house.mjs'
import { seedBuyers } from '../api/support/people.mjs'
import { checkAnswers } from './support/answers.mjs'
import { readCorpora } from './support/corpora.mjs'
import { whole } from './support/cuts.mjs'
import { charge } from './support/requests.mjs'
import { chargedOf, converse } from './support/run.mjs'

const AT_ONCE = 8
const directory = process.env.USHER_CORPORA
assert.ok(directory, 'USHER_CORPORA names no directory')

// Where usher judges otherwise than the server whose text it is, and why.
const taken = [
    [
        /invalid.md: HTTP protocol and ANNOUNCE/,
        'every token is a method, most of which nothing has',
    ],
    [
        /connection.md: No restart when keep-alive is off/,
        'what follows the last request is not read',
    ],
    [/invalid\/(006|007|008|011|012|limit_header_default_01)\./, 'their limits, and not ours'],
    [/invalid\/040\./, 'a name with an underscore is a name like others'],
    [/invalid\/rfc9110_trailer_forbidden/, 'trailers are thrown away, so that none does harm'],
]
const refused = [
    [
        /method.md: (M-SEARCH|SOURCE request with ICE|OPTIONS request with RTSP|ANNOUNCE)/,
        'other protocols than HTTP',
    ],
    [/sample.md: No HTTP version/, 'HTTP/0.9 is not spoken'],
    [/chunked` as last transfer-encoding|valid\/(025|025_line|029|030)\./, 'unknown codings'],
    [/valid\/rfc9112_smuggle/, 'unknown codings'],
    [/valid\/009\./, 'a coding and a length'],
    [/uri.md: (Fragment|.* basic auth)|valid\/(005|027)\./, 'a target that no client may send'],
    [/uri.md: Host terminated by a query string/, 'a third empty line'],
    [/valid\/rfc9112_target_(absolute_userinfo|authority)/, 'a user in a target; no tunnels'],
    [/valid\/024\./, 'a head too large'],
    [/valid\/028\./, 'a blank before a colon'],
    [/valid\/compat_obs_fold/, 'folded lines'],
    [/valid\/pp_0[1245]\./, 'the PROXY protocol is not spoken'],
]

const REFUSALS = new Set([400, 408, 414, 417, 431, 501, 505])
const isListed = (list, name) => list.some(([pattern]) => pattern.test(name))
const isTaken = ({ name, valid }) => (valid ? !isListed(refused, name) : isListed(taken, name))

// Many of the texts lack Host, which is not what they are about.
const withHost = text =>
    /^Host:/im.test(text)
        ? text
        : text.replaceAll(/^([^\s:]+ [^\r\n]* HTTP\/1\.1\r\n)/gm, '$1Host: house\r\n')

const rows = await readCorpora(directory)

describe('the texts of others', { concurrency: AT_ONCE }, () => {
    let house, buyers
    before(async () => {
        house = await House.prepare()
        buyers = await seedBuyers(house, AT_ONCE)
        await house.start()
    })
    after(() => house.close())

    for (const [i, row] of rows.entries())
        test(`${row.name}, ${i}`, async () => {
            const { token } = buyers[i % AT_ONCE]
            const text = row.valid ? withHost(row.text) : row.text + charge('Z')
            const { connection, references } = await converse(house.url, token, text, whole, {
                ends: true,
            })
            assert.equal(connection.error, null)
            const heads = text.startsWith('HEAD') ? [0] : []
            const finals = checkAnswers(connection.heard, { heads, saidClose: false })
            const statuses = finals.map(({ status }) => status)
            assert.ok(statuses.length > 0, 'an answer')
            assert.equal(!REFUSALS.has(statuses.at(-1)), isTaken(row), `${statuses} to ${text}`)
            if (!isTaken(row)) assert.equal(await chargedOf(buyers[i % AT_ONCE], references), '')
        })
})

test('every exception is one', () => {
    for (const [pattern] of [...taken, ...refused])
        assert.ok(
            rows.some(({ name }) => pattern.test(name)),
            `${pattern}`
        )
})
