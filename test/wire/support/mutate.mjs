// Changes request bytes by chance, at what decides how they are framed: line ends, colons, lengths,
// codings, chunk sizes. What comes out is mostly broken, and sometimes means two things.

const splice = (text, at, length, put) => text.slice(0, at) + put + text.slice(at + length)

const LINE_ENDS = ['\n', '\r', '\r\r\n', '\r\n\r\n', '\n\n', '\r\n ', '\r\n\t', ' \r\n', '\0\r\n']
const FIELDS = [
    'Content-Length: 0\r\n',
    'Content-Length: 5\r\n',
    'Content-Length : 5\r\n',
    'Content-Length: 0038\r\n',
    'Content-Length: +38\r\n',
    'Content-Length: 38, 38\r\n',
    'Content-Length:\r\n 38\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    'Transfer-Encoding:\tchunked\r\n',
    'Transfer-Encoding: \x0bchunked\r\n',
    'Transfer-Encoding: identity\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'Transfer-Encoding: chunked, identity\r\n',
    'Transfer_Encoding: chunked\r\n',
    'transfer-encoding: CHUNKED\r\n',
    'Expect: 100-continue\r\n',
    'Connection: close\r\n',
    'Connection: keep-alive, Content-Length\r\n',
    'Connection: Transfer-Encoding\r\n',
    'Host: other\r\n',
    'TE: trailers\r\n',
    'X-One: 1\r\n',
    ' folded: 1\r\n',
    ': nothing\r\n',
    'none\r\n',
]
const NUMBERS = [
    '0',
    '00',
    '1',
    '5',
    '26',
    '38',
    '0x26',
    '026',
    '+26',
    '-1',
    '27',
    '25',
    '2 6',
    '26;a=b',
    '26;',
    '26 ',
    '10000000000000026',
]
const BYTES = [
    '\0',
    '\x01',
    '\t',
    ' ',
    '\r',
    '\n',
    ':',
    ';',
    ',',
    '"',
    '%',
    '#',
    '/',
    '\x7f',
    '\x80',
    '0',
    'a',
]
const VERSIONS = [
    'HTTP/1.0',
    'HTTP/1.1',
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/0.9',
    'http/1.1',
    'HTTP/1.1 ',
]

// The place of a drawn match, or none.
function place(dice, text, pattern) {
    const found = [...text.matchAll(pattern)]
    return found.length > 0 ? dice.pick(found) : null
}

const replacing = (pattern, choices) => (dice, text) => {
    const found = place(dice, text, pattern)
    return found ? splice(text, found.index, found[0].length, dice.pick(choices)) : text
}

const inserting = (pattern, choices) => (dice, text) => {
    const found = place(dice, text, pattern)
    return found ? splice(text, found.index + found[0].length, 0, dice.pick(choices)) : text
}

const changes = [
    replacing(/\r\n/g, LINE_ENDS),
    inserting(/\r\n(?=[A-Za-z-]+:)/g, FIELDS),
    inserting(/\r\n(?=[A-Za-z-]+:)/g, FIELDS),
    replacing(/(?<=\r\n)[0-9a-f]{1,4}(?=\r\n)/g, NUMBERS),
    replacing(/(?<=Content-Length: )[0-9]+/g, NUMBERS),
    replacing(/HTTP\/1\.1/g, VERSIONS),
    replacing(/: /g, [':', ' : ', ':\t', ': \t ', '\t: ', ':: ', ':\0']),
    replacing(/chunked/g, [
        'Chunked',
        'chunked ',
        'chunked,',
        'chunked;a',
        'xchunked',
        'identity',
        'chunked, chunked',
    ]),
    (dice, text) => splice(text, dice.below(text.length), dice.below(3), dice.pick(BYTES)),
    (dice, text) => splice(text, dice.below(text.length), 1, ''),
    (dice, text) => {
        const begin = dice.below(text.length)
        return splice(text, begin, 0, text.slice(begin, begin + dice.below(40)))
    },
]

// One to three changes of a text.
export function mutate(dice, text) {
    let changed = text
    for (let left = 1 + dice.below(3); left > 0; left--) changed = dice.pick(changes)(dice, changed)
    return changed
}
