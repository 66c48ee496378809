// Runs raw cases: sends a case's bytes cut as told, and holds what came back, and what happened in
// the books, against the case's row. A row is
//
//   name      unique
//   bytes     latin1 text; requests.mjs says what stands in it for a token and for references
//   answers   the expected statuses in order; a list where several will do, with null for none
//   closes    true, false, or 'either': whether the server ends the connection by itself
//   executed  the letters of the references that were charged; all others were not (default: none)
//   heads     the places of answers to HEAD
//   interim   false: no 100 may come
//   code      of a last 400 that is not bad_request
//   ends      the client says that no more comes, right after the bytes
//   bare      nothing is sent behind the bytes, since their own end is what is missing
//
// Behind the bytes goes what tells how the server read them: where it closes, a charge that must
// not be executed; where it goes on, a request that must be answered.

import assert from 'node:assert/strict'

import { checkAnswers, lasting, readAnswers } from './answers.mjs'
import { Connection } from './connection.mjs'
import { TOKEN, charge, lines } from './requests.mjs'

const PROBE = lines('GET /healthz HTTP/1.1', 'Host: house', 'Connection: close')
const REFERENCE = /reference-([A-Z])/g

let runs = 0

// The case's bytes with a session and with references of this run's own.
function fill(text, token) {
    assert.equal(token.length, TOKEN.length, 'lengths are told of texts that are not filled yet')
    const run = String(runs++).padStart('reference'.length - 1, '0')
    const references = new Map()
    const bytes = text.replaceAll(TOKEN, token).replaceAll(REFERENCE, (_, letter) => {
        references.set(letter, `r${run}-${letter}`)
        return references.get(letter)
    })
    return { bytes: Buffer.from(bytes, 'latin1'), references }
}

export const textOf = ({ bytes, closes, ends, bare }) =>
    bytes + (ends || bare ? '' : closes === true ? charge('Z') : PROBE)

// Whether a reference was charged before: then the same again is answered with the first entry.
async function wasCharged(buyer, reference) {
    const answer = await buyer.post('/v1/points/charges', { amount: 1, reference })
    assert.ok(answer.status === 200 || answer.status === 201, answer.text)
    return answer.status === 200
}

// The letters, in order, whose references were charged.
export async function chargedOf(buyer, references) {
    const charged = []
    for (const [letter, reference] of references)
        if (await wasCharged(buyer, reference)) charged.push(letter)
    return charged.sort().join('')
}

const answered = ({ heard }) => heard.toString('latin1').split('HTTP/1.1 ').length - 1

// Sends a text whose bytes `cut` takes apart, and returns the connection when it is over. More than
// `most` answers are already wrong, and not waited for.
export async function converse(where, token, text, cut, { ends = false, most = Infinity } = {}) {
    const { bytes, references } = fill(text, token)
    const connection = await Connection.open(where)
    await connection.send(...cut(bytes))
    if (ends) connection.end()
    await connection.until(
        'the end of the connection',
        one => one.ended || one.over || answered(one) > most
    )
    connection.end()
    await connection.until('its last word', ({ over }) => over)
    return { connection, references }
}

function matches(statuses, expected) {
    const rows = expected.map(one => (Array.isArray(one) ? one : [one]))
    const least = rows.filter(row => !row.includes(null)).length
    return (
        statuses.length <= rows.length &&
        statuses.length >= least &&
        statuses.every((status, i) => rows[i].includes(status))
    )
}

// The statuses that a case may be answered with, its probe's included.
function expectedOf({ answers, closes, ends, bare }) {
    if (ends || bare || closes === true) return [answers]
    return closes === false ? [[...answers, 200]] : [answers, [...answers, 200]]
}

function checkStatuses(row, finals) {
    const statuses = finals.map(({ status }) => status)
    const expected = expectedOf(row)
    const shown = `got ${statuses}, not ${JSON.stringify(expected)}`
    assert.ok(
        expected.some(one => matches(statuses, one)),
        shown
    )
    const last = finals.at(-1)
    if (row.closes === true && last?.status === 400 && row.answers.flat().includes(400))
        assert.equal(JSON.parse(last.text).code, row.code ?? 'bad_request')
}

// Answers that can come where all is well: the probe's, and an interim one.
const mostOf = ({ bytes, answers, closes }) =>
    answers.length + (closes === true ? 0 : 1) + (bytes.includes('Expect: 100') ? 1 : 0)

// Runs a case once and returns what must be the same in every run of it.
export async function runCase(row, { house, buyer, cut }) {
    const text = textOf(row)
    const how = { ends: row.ends, most: mostOf(row) }
    const { connection, references } = await converse(house.url, buyer.token, text, cut, how)
    const heard = connection.heard
    assert.equal(connection.error, null, `it broke after ${heard.length} bytes`)
    // Who says first that no more comes may hear no "close" with the last answer.
    const finals = checkAnswers(heard, { heads: row.heads, saidClose: !row.ends })
    checkStatuses(row, finals)
    if (row.interim === false)
        assert.equal(readAnswers(heard, row).answers.length, finals.length, 'a 100')
    assert.equal(await chargedOf(buyer, references), row.executed ?? '', 'what was executed')
    // Where it may close or not, that may hang on how much of a refused body has come by then.
    return finals.slice(0, row.closes === 'either' ? row.answers.length : undefined).map(lasting)
}
