// Raw cases: where a body ends (RFC 9112, 6 and 7): lengths, codings, chunks and trailers.

import {
    TOKEN,
    all,
    bad,
    bodyOf,
    charge,
    chargeWith,
    chunked,
    chunks,
    get,
    lengthOf,
    lines,
} from '../support/requests.mjs'

const body = bodyOf('A')
const size = body.length.toString(16)
const length = text => chargeWith('A', [`Content-Length: ${text}`])
const coding = (...values) =>
    chargeWith(
        'A',
        values.map(value => `Transfer-Encoding: ${value}`),
        chunks(body)
    )
const charged = { answers: [201], closes: false, executed: 'A' }
const asGet = fields => lines('GET /v1/queue HTTP/1.1', 'Host: house', ...fields)

const lengths = [
    ...all(bad, [
        ['a length with a plus', length(`+${body.length}`)],
        ['a length with a minus', length(`-${body.length}`)],
        ['a negative zero', length('-0')],
        ['a length in hex', length(`0x${size}`)],
        ['a length with a letter', length(`${body.length}a`)],
        ['a length with a point', length(`${body.length}.0`)],
        ['a length with a semicolon', length(`${body.length};`)],
        ['a length in quotes', length(`"${body.length}"`)],
        ['a length with a blank inside', length('3 8')],
        ['a length with an underscore', length('3_8')],
        ['an empty length', length('')],
        ['a word for a length', length('many')],
        ['digits beyond ASCII', length('\xb2')],
        ['a list of equal lengths', length(`${body.length}, ${body.length}`)],
        ['a list of other lengths', length(`${body.length}, 0`)],
        ['a list with nothing in it', length(`${body.length},`)],
        ['two equal lengths', chargeWith('A', [lengthOf('A'), lengthOf('A')])],
        ['two other lengths', chargeWith('A', [lengthOf('A'), 'Content-Length: 0'])],
        [
            'two other lengths, the small one first',
            chargeWith('A', ['Content-Length: 0', lengthOf('A')]),
        ],
        ['two lengths, one empty', chargeWith('A', [lengthOf('A'), 'Content-Length:'])],
        ['two lengths in other letters', chargeWith('A', [lengthOf('A'), 'content-length: 0'])],
        ['a length over 2^63', length('9223372036854775809')],
        ['a length of 2^64 and a little', length('18446744073709551657')],
        ['a length of 40 digits', length('9'.repeat(40))],
        ['a bad length with GET', asGet(['Content-Length: x'])],
    ]),
    ...all(charged, [
        ['a length with zeros before it', length(`000${body.length}`)],
        ['a length behind blanks', length(` \t ${body.length} \t`)],
    ]),
    {
        name: 'a GET with a length of 0',
        bytes: asGet(['Content-Length: 0']),
        answers: [200],
        closes: false,
    },
    {
        name: 'a length of 0 with a body behind it',
        bytes: chargeWith('A', ['Content-Length: 0']),
        answers: [[400, 422], 400],
        closes: true,
        executed: '',
    },
    {
        name: 'a charge in the body of a GET',
        bytes: asGet([`Content-Length: ${charge('A').length}`]) + charge('A'),
        answers: [[200, 400, 415]],
        closes: 'either',
        executed: '',
    },
    ...all({ answers: [413], closes: 'either', executed: '' }, [
        ['a body too large', length(70_000).replace(body, ' '.repeat(70_000))],
        ['a chunked body too large', chunked('A', chunks(...Array(70).fill(' '.repeat(1000))))],
        ['a chunk too large', chunked('A', chunks(' '.repeat(70_000)))],
    ]),
    ...all({ answers: [413], closes: true, executed: '' }, [
        ['a length of 2^63 - 1', length('9223372036854775807')],
        ['a length of a terabyte', length('1099511627776')],
    ]),
    ...all({ answers: [[400, 413]], closes: true, executed: '' }, [
        ['a length of 2^63', length('9223372036854775808')],
        ['a chunk of 2^63', chunked('A', `8000000000000000\r\n${body}`)],
        ['a chunk of 2^64 - 1', chunked('A', `ffffffffffffffff\r\n${body}`)],
    ]),
]

const codings = [
    ...all(charged, [
        ['chunked', coding('chunked')],
        ['Chunked, in other letters', coding('cHuNkEd')],
        ['chunked behind blanks', coding(' \tchunked \t')],
        ['an underscore is no hyphen here either', charge('A', 'Transfer_Encoding: chunked')],
    ]),
    ...all(bad, [
        [
            'a length and a coding',
            chargeWith('A', [lengthOf('A'), 'Transfer-Encoding: chunked'], chunks(body)),
        ],
        [
            'a coding and a length',
            chargeWith('A', ['Transfer-Encoding: chunked', lengthOf('A')], chunks(body)),
        ],
        [
            'a coding and a length of 0',
            chargeWith('A', ['Transfer-Encoding: chunked', 'Content-Length: 0'], chunks(body)),
        ],
        [
            'a length and an unknown coding',
            chargeWith('A', [lengthOf('A'), 'Transfer-Encoding: identity']),
        ],
        ['chunked in two lines', coding('chunked', 'chunked')],
        // Where chunked is not the last, nobody can tell where the body ends (RFC 9112, 6.3).
        ['identity', coding('identity')],
        ['gzip', coding('gzip')],
        ['a coding nobody knows', coding('xchunked')],
        ['a coding that begins as chunked', coding('chunkedx')],
        ['chunked not last', coding('chunked, identity')],
        ['chunked before gzip', coding('chunked, gzip')],
        ['chunked in HTTP/1.0', coding('chunked').replace('HTTP/1.1', 'HTTP/1.0')],
        ['chunked with a vertical tab', coding('\x0bchunked')],
        ['chunked with a NUL', coding('chunked\0')],
        ['a folded coding', coding('\r\n chunked')],
        ['a coding behind a blank line of its own', coding('x\r\n\tchunked')],
    ]),
    ...all({ answers: [501], closes: true, executed: '' }, [
        ['gzip and chunked', coding('gzip, chunked')],
        ['identity and chunked', coding('identity, chunked')],
        ['a coding nobody knows, and chunked', coding('cow, chunked')],
    ]),
    ...all({ answers: [[400, 501]], closes: true, executed: '' }, [
        ['chunked twice', coding('chunked, chunked')],
        ['an empty coding', coding('')],
        ['chunked with a parameter', coding('chunked;a=b')],
        ['chunked in quotes', coding('"chunked"')],
        ['a blank inside chunked', coding('chun ked')],
        ['chunked and another word', coding('chunked x')],
        ['chunked and an empty element', coding('chunked,')],
        ['an empty element and chunked', coding(', chunked')],
        ['gzip and chunked in two lines', coding('gzip', 'chunked')],
        ['chunked and gzip in two lines', coding('chunked', 'gzip')],
        ['chunked and an empty second line', coding('chunked', '')],
    ]),
]

const withSize = text => chunked('A', `${text}\r\n${body}\r\n0\r\n\r\n`)
const withExtension = text => withSize(`${size}${text}`)
const withTrailer = text => chunked('A', `${size}\r\n${body}\r\n0\r\n${text}\r\n\r\n`)

const goodChunks = all(charged, [
    ['one chunk', chunked('A', chunks(body))],
    ['two chunks', chunked('A', chunks(body.slice(0, 7), body.slice(7)))],
    ['chunks of one byte', chunked('A', chunks(...body.slice(0, 20), body.slice(20)))],
    ['a size in capitals and zeros', chunked('A', `02A\r\n${body.padEnd(42)}\r\n0\r\n\r\n`)],
    ['a size of sixteen digits', withSize(size.padStart(16, '0'))],
    [
        'a last chunk of sixteen zeros',
        chunked('A', `${size}\r\n${body}\r\n${'0'.repeat(16)}\r\n\r\n`),
    ],
    ['an extension', withExtension(';a=b')],
    ['an extension without a value', withExtension(';a')],
    ['an extension in quotes', withExtension(';a="b;c\\"d"')],
    ['a CRLF written out in a quoted extension', withExtension(';a="\\r\\n0"')],
    ['several extensions', withExtension(';a=b;c;d="e"')],
    ['an extension of the last chunk', chunked('A', `${size}\r\n${body}\r\n0;a=b\r\n\r\n`)],
    ['a trailer', withTrailer('X-One: 1')],
    ['two trailers', withTrailer('X-One: 1\r\nX-Two: 2')],
    ['a trailer that nobody believes: a length', withTrailer('Content-Length: 5')],
    ['a trailer that nobody believes: a session', withTrailer('Authorization: Bearer x')],
    [
        'an announced trailer',
        chunked('A', `${size}\r\n${body}\r\n0\r\nX-One: 1\r\n\r\n`, 'Trailer: X-One'),
    ],
])

const badChunks = all(bad, [
    ['a size with 0x', withSize(`0x${size}`)],
    ['a size with a plus', withSize(`+${size}`)],
    ['a size with a minus', withSize(`-${size}`)],
    ['a size behind a blank', withSize(` ${size}`)],
    ['a blank behind a size', withSize(`${size} `)],
    ['a tab behind a size', withSize(`${size}\t`)],
    ['a size with a letter', withSize(`${size}g`)],
    ['a size with an underscore', withSize('2_6')],
    ['no size', withSize('')],
    ['an extension without a size', withSize(';a=b')],
    ['a size of seventeen digits', withSize(size.padStart(17, '0'))],
    ['a size of 2^64 and a little', withSize(`1${size.padStart(16, '0')}`)],
    ['a size of 40,000 zeros', chunked('A', '0'.repeat(40_000)), { bare: true }],
    ['a NUL in a size', withSize(`${size}\0`)],
    ['a size line that ends in LF alone', chunked('A', `${size}\n${body}\r\n0\r\n\r\n`)],
    ['a size line that ends in CR alone', chunked('A', `${size}\r${body}\r\n0\r\n\r\n`)],
    ['a size line that ends in CR CR LF', chunked('A', `${size}\r\r\n${body}\r\n0\r\n\r\n`)],
    ['data that end in LF alone', chunked('A', `${size}\r\n${body}\n0\r\n\r\n`)],
    ['data that end in CR alone', chunked('A', `${size}\r\n${body}\r0\r\n\r\n`)],
    ['data that end in nothing', chunked('A', `${size}\r\n${body}0\r\n\r\n`)],
    ['data that end in two other bytes', chunked('A', `${size}\r\n${body}xx0\r\n\r\n`)],
    [
        'more data than the size',
        chunked('A', `${(body.length - 1).toString(16)}\r\n${body}\r\n0\r\n\r\n`),
    ],
    [
        'less data than the size',
        chunked('A', `${(body.length + 1).toString(16)}\r\n${body}\r\n0\r\n\r\n`),
    ],
    ['a last chunk that ends in LF alone', chunked('A', `${size}\r\n${body}\r\n0\n\r\n`)],
    ['an empty line that is LF alone', chunked('A', `${size}\r\n${body}\r\n0\r\n\n`)],
    ['an empty line that is CR and a letter', chunked('A', `${size}\r\n${body}\r\n0\r\n\rX`)],
    ['no empty line behind the last chunk', chunked('A', `${size}\r\n${body}\r\n0\r\n`)],
    ['an extension without a name', withExtension(';=b')],
    ['an extension with nothing in it', withExtension(';')],
    ['an extension without its value', withExtension(';a=')],
    ['an extension with an open quote', withExtension(';a="b')],
    ['an extension with something behind its quotes', withExtension(';a="b"c')],
    ['an extension with a bare LF', withExtension(';a=b\nc')],
    ['an extension with a bare CR', withExtension(';a=b\rc')],
    ['a bare LF in a quoted extension', withExtension(';a="b\nc"')],
    ['an extension with a NUL', withExtension(';a=\0')],
    ['an extension with a control character', withExtension(';a="\x01"')],
    ['an extension that is no token', withExtension(';a(b)=c')],
    ['an extension of 300 bytes', withExtension(`;a=${'b'.repeat(300)}`)],
    ['an extension without end', chunked('A', `${size};a=${'b'.repeat(40_000)}`), { bare: true }],
    ['a comma for a semicolon', withExtension(',a=b')],
    ['a trailer with a blank before its colon', withTrailer('X-One : 1')],
    ['a trailer without a colon', withTrailer('X-One')],
    ['a trailer without a name', withTrailer(': 1')],
    ['a folded trailer', withTrailer('X-One: 1\r\n 2')],
    ['a trailer with a NUL', withTrailer('X-One: \0')],
    ['a trailer with a bare LF', withTrailer('X-One: 1\nX-Two: 2')],
    ['a trailer with a bare CR', withTrailer('X-One: 1\rX-Two: 2')],
    ['a trailer that ends in LF alone', chunked('A', `${size}\r\n${body}\r\n0\r\nX-One: 1\n\r\n`)],
    ['a request for a trailer', chunked('A', `${size}\r\n${body}\r\n0\r\n${charge('B')}`)],
])

const boundedTrailers = all({ answers: [[400, 431]], closes: true, executed: '' }, [
    ['a thousand trailers', withTrailer(Array(1000).fill('X-One: 1').join('\r\n'))],
    [
        'a trailer without end',
        chunked('A', `${size}\r\n${body}\r\n0\r\nX-One: ${'1'.repeat(40_000)}`),
        { bare: true },
    ],
])

const toNothing = lines('DELETE /nothing HTTP/1.1', 'Host: house', 'Transfer-Encoding: chunked')

const empty = [
    ...all({ answers: [200], closes: false }, [
        ['an empty chunked body of a GET', asGet(['Transfer-Encoding: chunked']) + chunks()],
        [
            'an empty chunked body with a trailer',
            `${asGet(['Transfer-Encoding: chunked'])}0\r\nX-One: 1\r\n\r\n`,
        ],
    ]),
    // Nothing is answered before its end is there.
    ...all(bad, [
        [
            'an empty chunked body that ends in CR and a letter, on a path that is not there',
            `${toNothing}0\r\n\rX`,
        ],
        [
            'an empty chunked body with a trailer without a name, on a path that is not there',
            `${toNothing}0\r\n: 1\r\n\r\n`,
        ],
    ]),
    // The runner's people are in line already.
    ...all({ answers: [200], closes: false }, [
        [
            'an empty chunked body of a join, without a type',
            lines(
                'POST /v1/queue/tokens HTTP/1.1',
                'Host: house',
                `Authorization: Bearer ${TOKEN}`,
                'Transfer-Encoding: chunked'
            ) + chunks(),
        ],
        [
            'a join without anything about a body',
            lines(
                'POST /v1/queue/tokens HTTP/1.1',
                'Host: house',
                `Authorization: Bearer ${TOKEN}`
            ),
        ],
    ]),
    {
        name: 'an empty chunked body on a path that is not there',
        bytes: toNothing + chunks(),
        answers: [404],
        closes: 'either',
    },
    // Who sends blanks there breaks a rule; who reads them keeps one (RFC 9110, 5.6.3).
    {
        name: 'blanks around an extension',
        bytes: `${asGet(['Transfer-Encoding: chunked'])}0 ; a = b\r\n\r\n`,
        answers: [[200, 400]],
        closes: 'either',
    },
    {
        name: 'TE in a request',
        bytes: get('/v1/queue', 'TE: trailers', 'Connection: TE'),
        answers: [200],
        closes: false,
    },
]

export default [...lengths, ...codings, ...goodChunks, ...badChunks, ...boundedTrailers, ...empty]
