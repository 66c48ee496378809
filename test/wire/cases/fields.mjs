// Raw cases: header lines (RFC 9112, 5; RFC 9110, 5.5), Host (RFC 9112, 3.2), and how much of a
// head is taken.

import { TOKEN, all, bad, bodyOf, charge, get, good, lines } from '../support/requests.mjs'

const field = text => get('/v1/queue', text)
const host = text => lines('GET /v1/queue HTTP/1.1', `Host: ${text}`)

// As a careless server would see it: the length hides, and the charge behind it is a request.
const hidden = text =>
    lines('PUT /v1/queue HTTP/1.1', 'Host: house', text.replace('N', charge('A').length)) +
    charge('A')

const malformed = all(bad, [
    ['a blank before the colon', field('X-One : 1')],
    ['a tab before the colon', field('X-One\t: 1')],
    ['a blank before the colon of a length', hidden('Content-Length : N')],
    ['a tab before the colon of a length', hidden('Content-Length\t: N')],
    ['a blank before the colon of a coding', hidden('Transfer-Encoding : chunked')],
    ['a blank before a length', hidden(' Content-Length: N')],
    ['a vertical tab before a length', hidden('\x0bContent-Length: N')],
    ['a NUL in the name of a length', hidden('Content-\0Length: N')],
    ['a bare CR before a length', hidden('X-One: 1\rContent-Length: N')],
    ['a bare LF before a length', hidden('X-One: 1\nContent-Length: N')],
    ['a bare LF and a blank before a length', hidden('X-One: 1\n Content-Length: N')],
    ['a CR CR LF before a length', hidden('X-One: 1\r\r\nContent-Length: N')],
    ['a folded length', hidden('Content-Length:\r\n N')],
    ['a blank in a name', field('X One: 1')],
    ['a parenthesis in a name', field('X(One): 1')],
    ['a quote in a name', field('"X": 1')],
    ['a slash in a name', field('X/One: 1')],
    ['a byte beyond ASCII in a name', field('X-On\xe9: 1')],
    ['a control character in a name', field('X-\x01One: 1')],
    ['an empty name', field(': 1')],
    ['a colon alone', field(':')],
    ['no colon', field('X-One')],
    ['a blank line that holds a blank', 'GET /v1/queue HTTP/1.1\r\nHost: house\r\n \r\n\r\n'],
    ['a folded value', field('X-One: 1\r\n 2')],
    ['a value folded with a tab', field('X-One: 1\r\n\t2')],
    ['a value folded to nothing', field('X-One: 1\r\n ')],
    ['the first line folded', lines('GET /v1/queue HTTP/1.1', ' X-One: 1', 'Host: house')],
    ['a NUL in a value', field('X-One: a\0b')],
    ['a NUL at the end of a value', field('X-One: a\0')],
    ['a control character in a value', field('X-One: a\x01b')],
    ['a bell in a value', field('X-One: a\x07b')],
    ['an escape in a value', field('X-One: \x1b[31m')],
    ['a delete character in a value', field('X-One: a\x7f')],
    ['a bare CR in a value', field('X-One: a\rb')],
    ['a bare CR at the end of a value', field('X-One: a\r')],
    ['a bare LF in a value', field('X-One: a\nb')],
    ['a header line that ends in LF alone', 'GET /v1/queue HTTP/1.1\r\nHost: house\n\r\n'],
    ['the empty line is LF alone', 'GET /v1/queue HTTP/1.1\r\nHost: house\r\n\n'],
    ['the empty line is CR CR LF', 'GET /v1/queue HTTP/1.1\r\nHost: house\r\n\r\r\n'],
    ['the empty line is CR and a letter', 'GET /v1/queue HTTP/1.1\r\nHost: house\r\n\rX'],
    ['a Host after a bare CR', 'GET /v1/queue HTTP/1.1\rHost: house\r\n\r\n'],
])

const hosts = [
    ...all(bad, [
        ['no Host', lines('GET /v1/queue HTTP/1.1')],
        ['no Host in HTTP/1.2', lines('GET /v1/queue HTTP/1.2')],
        ['two Hosts', lines('GET /v1/queue HTTP/1.1', 'Host: house', 'Host: other')],
        ['two equal Hosts', lines('GET /v1/queue HTTP/1.1', 'Host: house', 'Host: house')],
        [
            'two Hosts in other letters',
            lines('GET /v1/queue HTTP/1.1', 'Host: house', 'hOsT: other'),
        ],
        ['two Hosts in HTTP/1.0', lines('GET /v1/queue HTTP/1.0', 'Host: house', 'Host: other')],
        ['two Hosts, one empty', lines('GET /v1/queue HTTP/1.1', 'Host: house', 'Host:')],
        ['a Host with a blank', host('ho use')],
        ['a Host with a tab', host('ho\tuse')],
        ['a Host with a path', host('house/v1')],
        ['a Host with a query', host('house?x')],
        ['a Host with a fragment', host('house#x')],
        ['a Host with a user', host('ann@house')],
        ['a list of Hosts', host('house, other')],
        ['a Host with a bad port', host('house:port')],
        ['a Host with a negative port', host('house:-1')],
        ['a Host with two ports', host('house:80:80')],
        ['a Host with a blank before its port', host('house :80')],
        ['a Host with a scheme', host('http://house')],
        ['a Host with an open bracket', host('[::1')],
        ['a Host with a closing bracket', host('::1]')],
        ['a Host with something after the bracket', host('[::1]x')],
        ['a Host that is no address', host('[::zz]')],
        ['a Host with a bare address', host('::1')],
        ['a Host with a broken percent', host('ho%us')],
        ['a Host beyond ASCII', host('b\xfccher.example')],
        ['a Host in quotes', host('"house"')],
        ['a Host with a backslash', host('ho\\use')],
        ['a Host with a NUL', host('house\0.example')],
        ['a Host with angle brackets', host('<house>')],
    ]),
    ...all(good, [
        ['a Host with a port', host('house:8080')],
        ['a Host with an empty port', host('house:')],
        ['a Host with an address', host('127.0.0.1:80')],
        ['a Host with an address of six', host('[::1]:80')],
        ['a Host with all that a name may have', host("A-b._~!$&'*+;=%41.example")],
        ['a Host in capitals', lines('GET /v1/queue HTTP/1.1', 'HOST:house')],
        ['a Host behind blanks', host(' \t house \t ')],
    ]),
    { name: 'an empty Host', bytes: host(''), answers: [[200, 400]], closes: 'either' },
]

const doubled = all(bad, [
    ['two Authorizations', charge('A', `Authorization: Bearer ${TOKEN}`)],
    ['two Authorizations, one empty', charge('A', 'Authorization:')],
    ['two Content-Types', charge('A', 'Content-Type: text/plain')],
    ['two equal Content-Types', charge('A', 'Content-Type: application/json')],
    ['two keys', charge('A', 'Idempotency-Key: one', 'Idempotency-Key: two')],
    ['two equal keys', charge('A', 'Idempotency-Key: one', 'idempotency-key: one')],
    ['a key with a blank before its colon', charge('A', 'Idempotency-Key : one')],
])

const repeat = (count, line) => Array.from({ length: count }, (_, i) => line(i))
const many = count => get('/v1/queue', ...repeat(count - 1, i => `X-${i}: ${i}`))
const parameters = count => repeat(count, i => `p${i}=${i}`).join('&')

const sizes = [
    ...all(good, [
        ['a hundred header lines', many(100)],
        ['a name of 200 letters', field(`${'N'.repeat(200)}: 1`)],
        ['a value of 8,000 bytes', field(`X-One: ${'v'.repeat(8000)}`)],
        ['a cookie of 8,000 bytes', field(`Cookie: a=${'v'.repeat(8000)}`)],
        ['three hundred cookies', field(`Cookie: ${repeat(300, i => `c${i}=${i}`).join('; ')}`)],
        ['forty Cookie lines', get('/v1/queue', ...repeat(40, i => `Cookie: c${i}=${i}`))],
        ['a value of nothing', field('X-One:')],
        ['a value of blanks', field('X-One: \t \t ')],
        ['a tab inside a value', field('X-One: a\tb')],
        ['bytes beyond ASCII in a value', field('X-One: \x80\xff\xed\x95\x9c')],
        ['no blank behind the colon', field('X-One:1')],
        ['colons in a value', field('X-One: a: b: c')],
        ['every character of a name', field("!#$%&'*+-.^_`|~09AZaz: 1")],
        ['a name twice', get('/v1/queue', 'X-One: 1', 'x-one: 2')],
        ['an Upgrade', get('/v1/queue', 'Connection: Upgrade', 'Upgrade: h2c')],
        ['an underscore is no hyphen', field('Content_Length: 5')],
    ]),
    // A later rule may refuse parameters that a route does not know; here they are read at all.
    ...all({ answers: [[200, 422]], closes: false, executed: '' }, [
        ['500 parameters', get(`/v1/concerts?${parameters(500)}`)],
        ['500 ampersands', get(`/v1/concerts?${'&'.repeat(500)}`)],
        ['a parameter of 8,000 bytes', get(`/v1/concerts?p=${'v'.repeat(8000)}`)],
    ]),
    ...all({ answers: [431], closes: true, executed: '' }, [
        ['a hundred and one header lines', many(101)],
        ['a thousand header lines', many(1000)],
        ['a head too large', field(`X-One: ${'v'.repeat(20_000)}`)],
        [
            'a head too large by many lines',
            get('/v1/queue', ...repeat(90, () => `X-One: ${'v'.repeat(250)}`)),
        ],
        [
            'a name without end',
            `GET /v1/queue HTTP/1.1\r\nHost: house\r\n${'N'.repeat(20_000)}`,
            { bare: true },
        ],
        [
            'a value without end',
            `GET /v1/queue HTTP/1.1\r\nHost: house\r\nX: ${'v'.repeat(20_000)}`,
            { bare: true },
        ],
    ]),
    ...all({ answers: [414], closes: true, executed: '' }, [
        ['a target too long', get(`/${'t'.repeat(17_000)}`)],
        ['a target without end', `GET /${'t'.repeat(17_000)}`, { bare: true }],
        ['a query too long', get(`/v1/queue?${'q'.repeat(40_000)}`)],
    ]),
    {
        name: 'a method without end',
        bytes: 'M'.repeat(17_000),
        bare: true,
        answers: [[400, 414, 501]],
        closes: true,
    },
]

const connection = [
    ...all({ answers: [200], closes: true, executed: '' }, [
        ['Connection: close', field('Connection: close')],
        ['Connection: close in capitals', field('Connection: CLOSE')],
        ['close in a list', field('Connection: keep-alive, close')],
        ['close in a second line', get('/v1/queue', 'Connection: x', 'Connection: close')],
        ['close behind empty elements', field('Connection: ,, close,')],
    ]),
    ...all(good, [
        ['Connection: keep-alive', field('Connection: keep-alive')],
        ['a connection option that is not close', field('Connection: closed')],
        ['a connection option with close in it', field('Connection: x-close')],
    ]),
    {
        name: 'a charge and close',
        bytes: charge('A', 'Connection: close'),
        answers: [201],
        closes: true,
        executed: 'A',
    },
    {
        name: 'a charge in HTTP/1.0',
        bytes: charge('A').replace('HTTP/1.1', 'HTTP/1.0'),
        answers: [201],
        closes: true,
        executed: 'A',
    },
]

const expectations = [
    ...all({ answers: [417], closes: 'either', executed: '' }, [
        ['another expectation', field('Expect: 200-ok')],
        ['100-continue and another', field('Expect: 100-continue, x')],
    ]),
    ...all({ answers: [201], closes: false, executed: 'A' }, [
        ['100-continue with the body behind it', charge('A', 'Expect: 100-continue')],
        ['100-Continue in other letters', charge('A', 'Expect: 100-Continue')],
    ]),
    {
        name: 'an expectation in HTTP/1.0 is not heard',
        bytes: charge('A', 'Expect: 100-continue').replace('HTTP/1.1', 'HTTP/1.0'),
        answers: [201],
        closes: true,
        executed: 'A',
        interim: false,
    },
    {
        name: '100-continue without a body',
        bytes: field('Expect: 100-continue'),
        answers: [200],
        closes: false,
        interim: false,
    },
    ...all({ answers: [415], closes: 'either', executed: '' }, [
        ['a gzipped body', charge('A', 'Content-Encoding: gzip')],
        ['a body in br', charge('A', 'Content-Encoding: br')],
        ['a body in two codings', charge('A', 'Content-Encoding: gzip, gzip')],
        ['a body in a coding nobody knows', charge('A', 'Content-Encoding: x')],
    ]),
]

export default [
    ...malformed,
    ...hosts,
    ...doubled,
    ...sizes,
    ...connection,
    ...expectations,
    { name: 'a charge', bytes: charge('A'), answers: [201], closes: false, executed: 'A' },
    {
        name: 'a charge of another type',
        bytes: charge('A').replace('application/json', 'text/plain'),
        answers: [415],
        closes: false,
        executed: '',
    },
    {
        name: 'a body longer than its length',
        bytes: `${charge('A')}${bodyOf('B')}`,
        answers: [201, 400],
        closes: true,
        executed: 'A',
    },
]
