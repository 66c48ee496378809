// usher behind nginx, as most will run it: the raw cases, and what chance makes of some of them,
// are sent to both. What one reads as a request and the other does not is how requests are
// smuggled.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { House } from '../api/support/house.mjs'
import { seedBuyers } from '../api/support/people.mjs'
import { Dice } from '../fault/support/dice.mjs'
import fields from './cases/fields.mjs'
import framing from './cases/framing.mjs'
import order from './cases/order.mjs'
import requestLine from './cases/request-line.mjs'
import { whole } from './support/cuts.mjs'
import { mutate } from './support/mutate.mjs'
import { Nginx } from './support/nginx.mjs'
import { TOKEN, bodyOf, charge, chunked, chunks, get } from './support/requests.mjs'
import { chargedOf, converse } from './support/run.mjs'

const AT_ONCE = 8
// The same texts every time unless it is given: chance may find one more place where one of both is
// stricter, which a person has to judge, and which is no reason to fail somebody else's change.
const seed = Number(process.env.USHER_FAULT_SEED ?? 11)
const MUTANTS = Number(process.env.USHER_WIRE_MUTANTS ?? 3000)
// Larger ones say the same as the smaller ones many times over.
const LARGEST = 5000

const cases = [...requestLine, ...fields, ...framing, ...order].filter(
    ({ bytes, heads }) => bytes.length <= LARGEST && !heads
)

const parents = [
    charge('A') + charge('B'),
    chunked('A', chunks(bodyOf('A'))) + charge('B'),
    chunked('A', chunks(bodyOf('A').slice(0, 9), bodyOf('A').slice(9))) + charge('B'),
    get() + charge('A') + get('/nothing') + charge('B'),
    charge('A').replace(TOKEN, 'x') + charge('B'),
    `${chunked('A', chunks(bodyOf('A'))).slice(0, -2)}X-One: 1\r\n\r\n${charge('B')}`,
    charge('A', 'Expect: 100-continue', 'X-One: 1') + chunked('B', chunks(bodyOf('B'))),
]

// usher is stricter than what nginx lets pass: a refusal is all that may come of these.
const stricter = [
    [
        'control characters and bytes beyond ASCII, in targets and values',
        /[\0-\x08\x0b-\x1f\x7f-\xff]/,
    ],
    ['a line that ends in LF alone, or CR alone, which nginx mends', /(^|[^\r])\n|\r(?!\n)/],
    [
        'fields that count once come twice',
        /^(Authorization|Content-Type|Idempotency-Key|Host)[^]*^\1/im,
    ],
    ['a Host that is none', /^Host:[ \t]*(?!(house|other|http:)[ \t]*\r\n)/im],
    ['a fragment, a tab or a broken percent in a target', /^[A-Z]+ [^ ]*[#%\t][^ ]* HTTP/m],
    ['a name that is no token', /^[^:\r\n]*[^!#$%&'*+\-.^_`|~0-9A-Za-z:\r\n][^:\r\n]*:/m],
]
// nginx is stricter than RFC 9112 in these: it refuses, so that nothing can hide behind them.
const looser = [
    ['a tab beside a value', /:\t| \t|\t\r/],
    ['a method with other than capitals', /^[A-Z_-]*[^A-Z_\s-]+[A-Z_-]* \/[^ ]* HTTP\/1/m],
]
const isOneOf = (rows, text) => rows.some(([, pattern]) => pattern.test(text))

const textOf = ({ heard }) => heard.toString('latin1')
const statusesOf = heard =>
    [...heard.matchAll(/HTTP\/1\.1 ([2-5]\d\d) /g)].map(([, status]) => Number(status))
const FRAMING = new Set([400, 408, 413, 414, 417, 431, 501, 505])

describe(`usher and nginx (USHER_FAULT_SEED=${seed})`, () => {
    let house, buyers, nginx
    const seen = new Set() // ids of usher's answers that came through nginx
    before(async () => {
        house = await House.prepare()
        buyers = await seedBuyers(house, AT_ONCE)
        await house.start()
        nginx = await Nginx.start(house.url)
    })
    after(async () => {
        await nginx?.close()
        await house.close()
    })

    // Says a text to one of both, and returns what came of it. Whoever was told of a charge has it,
    // and nobody else.
    async function tell(where, buyer, text) {
        const { connection, references } = await converse(where, buyer.token, text, whole, {
            ends: true,
        })
        const heard = textOf(connection)
        const told = [...references].filter(([, reference]) =>
            heard.includes(`"reference":"${reference}"`)
        )
        const letters = told
            .map(([letter]) => letter)
            .sort()
            .join('')
        const charged = await chargedOf(buyer, references)
        assert.equal(letters, charged, `told of ${letters}, charged ${charged}: ${heard}`)
        return { heard, charged, statuses: statusesOf(heard) }
    }

    // What usher said to nginx's client.
    function checkForwarded(text, { heard, statuses }) {
        assert.ok(!statuses.some(status => status === 502 || status === 504), heard)
        for (const [, id] of heard.matchAll(/X-Request-Id: (\S+)/gi)) seen.add(id)
        if (heard.includes('"code":"bad_request"')) assert.ok(isOneOf(stricter, text), heard)
    }

    async function compare(text, buyer, how) {
        const direct = await tell(house.url, buyer, text)
        const behind = await tell(nginx.sockets[how], buyer, text)
        checkForwarded(text, behind)
        if (direct.charged === behind.charged) return
        const refused =
            [...direct.statuses, ...behind.statuses].some(one => FRAMING.has(one)) ||
            direct.heard.includes('\r\nConnection: close\r\n')
        assert.ok(
            refused,
            `charged: ${direct.charged}, behind nginx: ${behind.charged}: ${behind.heard}`
        )
        // Less than nginx is strict; more would be a request that nginx does not see.
        const more = [...direct.charged].filter(letter => !behind.charged.includes(letter))
        if (more.length > 0)
            assert.ok(isOneOf(looser, text), `usher alone took it: ${behind.heard}`)
    }

    const shown = (text, error) => {
        error.message = `${error.message}\nsent: ${JSON.stringify(text)}`
        throw error
    }

    describe('raw cases', { concurrency: AT_ONCE }, () => {
        for (const [i, { name, bytes }] of cases.entries())
            test(name, async () => {
                const buyer = buyers[i % AT_ONCE]
                for (const how of ['gathered', 'streamed'])
                    await compare(bytes, buyer, how).catch(error => shown(bytes, error))
            })
    })

    test(`${MUTANTS} texts made by chance`, async () => {
        let left = MUTANTS
        const work = async (buyer, stream) => {
            const dice = new Dice(seed, stream)
            while (left-- > 0) {
                const text = mutate(dice, dice.pick(parents))
                const how = dice.pick(['gathered', 'streamed'])
                await compare(text, buyer, how).catch(error => shown(text, error))
            }
        }
        await Promise.all(buyers.map(work))
    })

    test('every answer of usher reached its client, and no other did', async () => {
        // Without a version, as in HTTP/0.9, an answer comes without its head.
        const forwarded = (await nginx.forwarded()).filter(({ version }) => version !== '-')
        assert.ok(forwarded.length > cases.length)
        assert.deepEqual(
            forwarded.filter(({ id }) => !seen.has(id)),
            []
        )
        assert.equal(forwarded.length, seen.size)
        assert.deepEqual(
            forwarded.filter(({ upstream, status }) => upstream !== status),
            []
        )
    })
})
