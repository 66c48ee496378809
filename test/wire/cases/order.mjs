// Raw cases: several requests on one connection (RFC 9112, 9.3), and connections that end before
// what they began to say does.

import {
    TOKEN,
    all,
    bodyOf,
    charge,
    chargeWith,
    chunked,
    chunks,
    get,
    lines,
} from '../support/requests.mjs'

const nothing = get('/nothing')
const forged = charge('A').replace(TOKEN, 'x')
const repeat = (count, text) => Array(count).fill(text).join('')
const answers = (count, status) => Array(count).fill(status)

const inOrder = [
    {
        name: 'three requests',
        bytes: get() + nothing + get(),
        answers: [200, 404, 200],
        closes: false,
    },
    {
        name: 'fifty requests',
        bytes: repeat(50, get()),
        answers: answers(50, 200),
        closes: false,
    },
    {
        name: 'charges and reads',
        bytes: charge('A') + get() + charge('B') + nothing + charge('C'),
        answers: [201, 200, 201, 404, 201],
        closes: false,
        executed: 'ABC',
    },
    {
        name: 'a chunked body and a request behind it',
        bytes: chunked('A', chunks(bodyOf('A'))) + charge('B'),
        answers: [201, 201],
        closes: false,
        executed: 'AB',
    },
    {
        name: 'a chunked body with trailers and a request behind it',
        bytes: `${chunked('A', chunks(bodyOf('A'))).slice(0, -2)}X-One: 1\r\n\r\n${charge('B')}`,
        answers: [201, 201],
        closes: false,
        executed: 'AB',
    },
    {
        name: 'an empty line between requests',
        bytes: `${charge('A')}\r\n${charge('B')}`,
        answers: [201, 201],
        closes: false,
        executed: 'AB',
    },
    {
        name: 'HEAD among others',
        bytes: get() + lines('HEAD /v1/queue HTTP/1.1', 'Host: house') + get(),
        answers: [200, 200, 200],
        heads: [1],
        closes: false,
    },
    {
        name: 'a 304 among others',
        bytes: get('/v1/settings', 'If-None-Match: *') + get(),
        answers: [[200, 304], 200],
        closes: false,
    },
    {
        name: 'a refusal without a session, and a charge',
        bytes: forged + charge('B'),
        answers: [401, 201],
        closes: false,
        executed: 'B',
    },
    {
        name: 'a refusal of a path with a body, and a charge',
        bytes: charge('A').replace('/v1/points/charges', '/v1/points/chargez') + charge('B'),
        answers: [404, 201],
        closes: false,
        executed: 'B',
    },
    {
        name: 'a charge whose body is another',
        bytes:
            chargeWith('A', [`Content-Length: ${charge('A').length}`], charge('A')) + charge('B'),
        answers: [400, 201],
        code: 'malformed_json',
        closes: false,
        executed: 'B',
    },
    {
        name: 'a refusal with a body in chunks, and a request',
        bytes: chunked('A', chunks(bodyOf('A'))).replace(TOKEN, 'x') + get(),
        answers: [401, [200, null]], // it may close, since it cannot know how much there is to read
        closes: 'either',
    },
]

const closing = all({ closes: true }, [
    [
        'a broken request between two',
        charge('A') + get('/#') + charge('B'),
        { answers: [201, 400], executed: 'A' },
    ],
    [
        'a broken line behind a charge',
        `${charge('A')}x\r\n\r\n${charge('B')}`,
        { answers: [201, 400], executed: 'A' },
    ],
    [
        'two empty lines between requests',
        `${charge('A')}\r\n\r\n${charge('B')}`,
        { answers: [201, 400], executed: 'A' },
    ],
    [
        'a request behind one that closes',
        charge('A', 'Connection: close') + charge('B'),
        { answers: [201], executed: 'A' },
    ],
    [
        'a request behind one of HTTP/1.0',
        charge('A').replace('1.1', '1.0') + charge('B'),
        { answers: [201], executed: 'A' },
    ],
    [
        'a request behind a refusal that closes',
        get('/nothing', 'Connection: close') + charge('B'),
        { answers: [404], executed: '' },
    ],
    [
        'a request behind another version',
        charge('A') + get().replace('1.1', '2.0') + charge('B'),
        { answers: [201, 505], executed: 'A' },
    ],
    [
        'a request behind an unknown coding',
        charge('A') + get('/', 'Transfer-Encoding: x, chunked') + charge('B'),
        { answers: [201, 501], executed: 'A' },
    ],
    [
        'a broken chunk behind fifty requests',
        repeat(50, get()) + chunked('A', 'x\r\n') + charge('B'),
        { answers: [...answers(50, 200), 400], executed: '' },
    ],
    [
        'a broken body of a request that is refused anyway',
        chunked('A', `x\r\n${bodyOf('A')}`).replace(TOKEN, 'x') + charge('B'),
        { answers: [[400, 401]], executed: '' },
    ],
])

// The client says that no more comes.
const cutShort = all({ ends: true, closes: true, executed: '' }, [
    ['nothing at all', '', { answers: [] }],
    ['one letter', 'G', { answers: [400] }],
    ['half a line', 'GET /v1/qu', { answers: [400] }],
    ['a line without its LF', 'GET /v1/queue HTTP/1.1\r', { answers: [400] }],
    ['a line alone', 'GET /v1/queue HTTP/1.1\r\n', { answers: [400] }],
    ['half a header line', 'GET /v1/queue HTTP/1.1\r\nHost: ho', { answers: [400] }],
    [
        'a head without its empty line',
        'GET /v1/queue HTTP/1.1\r\nHost: house\r\n',
        { answers: [400] },
    ],
    ['a head without its last LF', get().slice(0, -1), { answers: [400] }],
    ['a whole request', get(), { answers: [200] }],
    ['a whole charge', charge('A'), { answers: [201], executed: 'A' }],
    [
        'three whole requests',
        get() + charge('A') + get(),
        { answers: [200, 201, 200], executed: 'A' },
    ],
    ['an empty line behind a request', `${get()}\r\n`, { answers: [200, [400, null]] }],
    ['a request and half another', `${charge('A')}GET /v1`, { answers: [201, 400], executed: 'A' }],
    ['a head without its body', charge('A').slice(0, -bodyOf('A').length), { answers: [400] }],
    ['a body without its last byte', charge('A').slice(0, -1), { answers: [400] }],
    ['chunks without a size', chunked('A', ''), { answers: [400] }],
    ['half a chunk', chunked('A', chunks(bodyOf('A')).slice(0, 20)), { answers: [400] }],
    [
        'chunks without the last one',
        chunked('A', chunks(bodyOf('A')).slice(0, -5)),
        { answers: [400] },
    ],
    [
        'chunks without the last CRLF',
        chunked('A', chunks(bodyOf('A')).slice(0, -2)),
        { answers: [400] },
    ],
    [
        'chunks without the last LF',
        chunked('A', chunks(bodyOf('A')).slice(0, -1)),
        { answers: [400] },
    ],
    ['a whole chunked body', chunked('A', chunks(bodyOf('A'))), { answers: [201], executed: 'A' }],
    [
        'half a body of a request that is refused anyway',
        charge('A').replace(TOKEN, 'x').slice(0, -1),
        { answers: [[400, 401]] },
    ],
])

export default [...inOrder, ...closing, ...cutShort]
