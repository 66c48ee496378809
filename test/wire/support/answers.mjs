// Reads the bytes of a connection as answers, and takes nothing that RFC 9112 and the contract do
// not allow: a client that is a little sloppy would not see what is wrong.

import assert from 'node:assert/strict'

import { checkAnyAnswer } from '../../api/support/contract.mjs'

const STATUS_LINE = /^HTTP\/1\.1 ([1-5][0-9]{2}) ([ -~]*)$/
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([!-~](?:[ -~]*[!-~])?)$/
const isDate = text => new Date(text).toUTCString() === text
// These may stand in one answer more than once.
const REPEATABLE = new Set(['set-cookie', 'vary'])

function readHead(text) {
    const [first, ...lines] = text.split('\r\n')
    const [, status, reason] = STATUS_LINE.exec(first) ?? assert.fail(`a status line: ${first}`)
    const headers = {}
    for (const line of lines) {
        const [, name, value] = FIELD.exec(line) ?? assert.fail(`a header: ${JSON.stringify(line)}`)
        const key = name.toLowerCase()
        assert.ok(!(key in headers) || REPEATABLE.has(key), `${name} comes twice`)
        headers[key] = value
    }
    return { status: Number(status), reason, headers }
}

// How many bytes of content follow a head.
function contentLength({ status, headers }, isHead) {
    assert.ok(!('transfer-encoding' in headers), 'an answer of ours tells its length')
    if (status < 200 || status === 204) {
        assert.ok(!('content-length' in headers), `${status} with a length`)
        return 0
    }
    if (status === 304) return 0
    assert.match(headers['content-length'] ?? '', /^(0|[1-9][0-9]*)$/, 'Content-Length')
    return isHead ? 0 : Number(headers['content-length'])
}

// What `bytes` hold: the answers that are there in whole, in order, and the bytes left over.
// `heads` are the places of final answers that answer a HEAD.
export function readAnswers(bytes, { heads = [] } = {}) {
    const answers = []
    let finals = 0
    let at = 0
    for (;;) {
        const end = bytes.indexOf('\r\n\r\n', at)
        if (end < 0) break
        const head = readHead(bytes.toString('latin1', at, end))
        const isFinal = head.status >= 200
        const isHead = isFinal && heads.includes(finals)
        const begin = end + 4
        const length = contentLength(head, isHead)
        if (begin + length > bytes.length) break
        if (isFinal) finals++
        answers.push({ ...head, isHead, text: bytes.toString('utf8', begin, begin + length) })
        at = begin + length
    }
    return { answers, rest: bytes.subarray(at) }
}

const parse = text => {
    try {
        return JSON.parse(text)
    } catch {
        return undefined
    }
}

// Holds one answer against what the contract says of every answer.
function checkOne(answer) {
    const { status, headers, text, isHead } = answer
    assert.ok(answer.reason.length > 0, `a reason for ${status}`)
    assert.ok(isDate(headers.date), `the Date of a ${status}: ${headers.date}`)
    checkAnyAnswer({ method: isHead ? 'HEAD' : 'GET', status, headers, text, body: parse(text) })
    if (status >= 400) {
        assert.equal(headers['content-type'], 'application/problem+json')
        assert.equal(headers['cache-control'], 'no-store')
    }
    if (isHead && status >= 400) assert.notEqual(headers['content-length'], '0', 'as GET has it')
}

const closing = ({ headers }) => (headers.connection ?? '').toLowerCase() === 'close'

// Holds all answers of a connection that the server has ended against the contract, and returns the
// final ones: each is well formed, interim ones come before the final one that they belong to, and
// the last one, and no other, says that it closes. `saidClose`: whether the server had a reason to.
export function checkAnswers(bytes, { heads, saidClose = true } = {}) {
    const { answers, rest } = readAnswers(bytes, { heads })
    assert.equal(rest.toString('latin1'), '', 'bytes that are no answer')
    for (const [i, answer] of answers.entries()) {
        if (answer.status >= 200) continue
        assert.equal(answer.status, 100)
        assert.ok(answers[i + 1]?.status >= 200, 'a final answer after 100')
    }
    const finals = answers.filter(({ status }) => status >= 200)
    for (const [i, answer] of finals.entries()) {
        checkOne(answer)
        const isLast = i === finals.length - 1
        if (!isLast || saidClose)
            assert.equal(closing(answer), isLast, `Connection: close in answer ${i + 1}`)
    }
    return finals
}

// What of an answer must be the same however its request's bytes were cut. Whether it closes is
// checked apart.
export function lasting({ status, reason, headers, text }) {
    const { date, connection, 'x-request-id': id, ...kept } = headers
    if (status < 400) return { status, reason, headers: Object.keys(kept) }
    return { status, reason, headers: kept, text: text.replaceAll(id, 'the id') }
}
