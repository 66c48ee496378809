// What the raw cases are made of. The texts are latin1: a character is a byte. A runner puts a
// session's token for TOKEN and an unused reference, of the same length, for each "reference-X": so
// what was executed is asked afterwards, and not believed from an answer.

export const TOKEN = '{token'.padEnd(91, '.') + '}' // as long as a token is

export const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`

// A request without a body. `fields` are further header lines.
export const get = (target = '/v1/queue', ...fields) =>
    lines(`GET ${target} HTTP/1.1`, 'Host: house', ...fields)

// The body of a charge of one point.
export const bodyOf = letter => `{"amount":1,"reference":"reference-${letter}"}`

const ACCOUNT = ['Host: house', `Authorization: Bearer ${TOKEN}`, 'Content-Type: application/json']

// A charge with `fields` instead of its length, and `rest` instead of its body.
export const chargeWith = (letter, fields, rest = bodyOf(letter)) =>
    lines('POST /v1/points/charges HTTP/1.1', ...ACCOUNT, ...fields) + rest

export const lengthOf = letter => `Content-Length: ${bodyOf(letter).length}`

// A charge as it should be.
export const charge = (letter, ...fields) => chargeWith(letter, [lengthOf(letter), ...fields])

// A charge whose chunked body is `rest`.
export const chunked = (letter, rest, ...fields) =>
    chargeWith(letter, ['Transfer-Encoding: chunked', ...fields], rest)

const hex = text => text.length.toString(16)

// A body as chunks of these texts, with the last chunk.
export const chunks = (...texts) =>
    `${texts.map(text => `${hex(text)}\r\n${text}\r\n`).join('')}0\r\n\r\n`

// Rows of [name, bytes] that are all answered in the same way.
export const all = (same, rows) =>
    rows.map(([name, bytes, other]) => ({ name, bytes, ...same, ...other }))

// Answered with one 400, after which nothing is read as a request.
export const bad = { answers: [400], closes: true, executed: '' }
// Answered as what it is, on a connection that goes on.
export const good = { answers: [200], closes: false, executed: '' }
