// What JSON is, by its grammar (RFC 8259), as the bodies of requests: what is no JSON is refused as
// malformed, what is JSON but no object as that, and an object for what it says, never for its form.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { buyer, makeConcert, openHouse } from './support/people.mjs'

const NO_OBJECT = 'The body is not acceptable JSON: not an object'

let house, organizer, ann
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
})
after(() => house.close())

const send = raw => ann.request('POST', '/v1/points/charges', { raw })

// Text in latin1 is bytes, so that what is no UTF-8 can be written as "\xff".
const bytes = text => Buffer.from(text, 'latin1')
const utf8 = text => Buffer.from(text, 'utf8').toString('latin1')
const nested = (depth, inner = '') => '['.repeat(depth) + inner + ']'.repeat(depth)
const nestedObjects = depth => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)

// Each stands alone, and as the value of a field that no charge has. Of 32 levels the field's
// object is one.
const values = [
    ['null', 'null'],
    ['true', 'true'],
    ['false', 'false'],
    ['zero', '0'],
    ['minus zero', '-0'],
    ['a digit', '7'],
    ['digits', '1234567890'],
    ['a negative number', '-42'],
    ['a fraction', '0.5'],
    ['a fraction that ends in zeros', '1.500'],
    ['a negative fraction', '-0.001'],
    ['an exponent', '1e2'],
    ['an exponent in capitals', '1E2'],
    ['an exponent with plus', '1e+2'],
    ['an exponent with minus', '1e-2'],
    ['an exponent with leading zeros', '1e0002'],
    ['a fraction and an exponent', '-12.5E-3'],
    ['zero with an exponent', '0e9'],
    ['2^53 + 1', '9007199254740993'],
    ['2^63 - 1', '9223372036854775807'],
    ['2^63', '9223372036854775808'],
    ['-2^63 - 1', '-9223372036854775809'],
    ['400 digits', '9'.repeat(400)],
    ['a minus and 400 digits', `-${'9'.repeat(400)}`],
    ['400 digits of a fraction', `0.${'3'.repeat(400)}`],
    ['1e308', '1e308'],
    ['1e400', '1e400'],
    ['-1e400', '-1e400'],
    ['1e-400', '1e-400'],
    ['an exponent past any integer', '1e99999999999999999999'],
    ['a small exponent past any integer', '1e-99999999999999999999'],
    ['400 digits and an exponent', `${'1'.repeat(400)}e-400`],
    ['an empty string', '""'],
    ['a string', '"one"'],
    ['an escaped quote', '"\\""'],
    ['an escaped backslash', '"\\\\"'],
    ['an escaped slash', '"\\/"'],
    ['escaped control characters', '"\\b\\f\\n\\r\\t"'],
    ['an escaped letter', '"\\u0041"'],
    ['hexadecimal digits of both cases', '"\\u00eF\\u00Ef"'],
    ['an escaped NUL', '"\\u0000"'],
    ['an escaped DEL', '"\\u007f"'],
    ['a raw DEL', '"\x7f"'],
    ['a pair of surrogates', '"\\ud834\\udd1e"'],
    ['a pair of surrogates in capitals', '"\\uD834\\uDD1E"'],
    ['the last code point, escaped', '"\\udbff\\udfff"'],
    ['a noncharacter, escaped', '"\\uffff"'],
    ['a replacement character, escaped', '"\\ufffd"'],
    ['two bytes of UTF-8', utf8('"é"')],
    ['three bytes of UTF-8', utf8('"劇"')],
    ['four bytes of UTF-8', utf8('"🎫"')],
    ['the last code point', utf8('"\u{10ffff}"')],
    ['a noncharacter', utf8('"\uffff"')],
    ['a byte order mark in a string', utf8('"\ufeff"')],
    ['a line separator in a string', utf8('"\u2028\u2029"')],
    ['brackets in a string', '"[[{{]]}}"'],
    ['a comment in a string', '"/* one */ // two"'],
    ['an empty array', '[]'],
    ['an array', '[1, "a", null, true, {}]'],
    ['blanks of all four kinds', '[ \t\r\n1 \t\r\n,\n2 ]'],
    ['arrays in arrays', '[[], [[]], [[], []]]'],
    ['31 levels of arrays', nested(31)],
    ['an empty object', '{}'],
    ['an object in an object', '{"a": {"b": {}}}'],
    ['an empty key', '{"": 0}'],
    ['the same key in two objects', '[{"a": 1}, {"a": 1}]'],
    ['keys that differ in case', '{"a": 1, "A": 2}'],
    ['a key of another alphabet', utf8('{"ключ": 1}')],
    ['a key with escapes', '{"\\u0061\\n\\"": 1}'],
    ['31 levels of objects', nestedObjects(31)],
]

// Each stands alone, and as the value of a field; neither is JSON, or it is what RFC 8259 leaves
// open (8.2: lone surrogates; 4: a key twice; 9: depth) and this API refuses.
const noValues = [
    ['a word', 'one'],
    ['True', 'True'],
    ['NULL', 'NULL'],
    ['half of true', 'tru'],
    ['true and a letter', 'truex'],
    ['undefined', 'undefined'],
    ['NaN', 'NaN'],
    ['-NaN', '-NaN'],
    ['Infinity', 'Infinity'],
    ['-Infinity', '-Infinity'],
    ['a minus alone', '-'],
    ['two minuses', '--1'],
    ['a plus', '+1'],
    ['a leading zero', '01'],
    ['a leading zero after a minus', '-01'],
    ['two zeros', '00'],
    ['a point first', '.5'],
    ['a point last', '1.'],
    ['a point and an exponent', '1.e1'],
    ['two points', '1.2.3'],
    ['an exponent without digits', '1e'],
    ['a signed exponent without digits', '1e+'],
    ['two signs of an exponent', '1e+-2'],
    ['a fraction of an exponent', '1e2.5'],
    ['an exponent alone', 'e5'],
    ['hexadecimal', '0x1f'],
    ['octal', '0o17'],
    ['separated digits', '1_000'],
    ['digits with a blank', '1 000'],
    ['a digit of another alphabet', utf8('１')],
    ['a number with a unit', '1n'],
    ['1e400 and a letter', '1e400x'],
    ['a string never closed', '"one'],
    ['a quote alone', '"'],
    ['single quotes', "'one'"],
    ['curly quotes', utf8('“one”')],
    ['a backslash at the end', '"\\'],
    ['an escape that closes nothing', '"\\"'],
    ['an unknown escape', '"\\a"'],
    ['an escape of JavaScript', '"\\x41"'],
    ['an escaped quote of JavaScript', '"\\\'"'],
    ['an escape in capitals', '"\\N"'],
    ['an octal escape', '"\\101"'],
    ['an escape of three digits', '"\\u041"'],
    ['an escape of one digit at the end', '"\\u0'],
    ['an escape with other letters', '"\\u00g1"'],
    ['an escape in braces', '"\\u{41}"'],
    ['an escape with U', '"\\U00000041"'],
    ['an escape outside a string', '\\u0031'],
    ['a raw line feed', '"a\nb"'],
    ['a raw carriage return', '"a\rb"'],
    ['a raw tab', '"a\tb"'],
    ['a raw NUL', '"a\0b"'],
    ['a raw unit separator', '"a\x1fb"'],
    ['an escaped raw line feed', '"a\\\nb"'],
    ['a high surrogate alone', '"\\ud800"'],
    ['a low surrogate alone', '"\\udc00"'],
    ['a high surrogate before a letter', '"\\ud800a"'],
    ['a high surrogate before an escape', '"\\ud800\\n"'],
    ['two high surrogates', '"\\ud800\\ud800"'],
    ['surrogates the wrong way round', '"\\udd1e\\ud834"'],
    ['half a pair cut short', '"\\ud834\\udd"'],
    ['a continuation byte alone', '"\x80"'],
    ['a lead byte alone', '"\xc3"'],
    ['two bytes of three', '"\xe2\x82"'],
    ['three bytes of four', '"\xf0\x9f\x8e"'],
    ['a lead byte before a letter', '"\xc3a"'],
    ['an overlong NUL', '"\xc0\x80"'],
    ['an overlong slash of two bytes', '"\xc0\xaf"'],
    ['an overlong slash of three bytes', '"\xe0\x80\xaf"'],
    ['an overlong slash of four bytes', '"\xf0\x80\x80\xaf"'],
    ['an encoded high surrogate', '"\xed\xa0\x80"'],
    ['an encoded pair of surrogates', '"\xed\xa0\xb4\xed\xb4\x9e"'],
    ['a code point past the last', '"\xf4\x90\x80\x80"'],
    ['a lead byte of five', '"\xf8\x88\x80\x80\x80"'],
    ['a byte that is never UTF-8', '"\xff"'],
    ['latin1', '"\xe9"'],
    ['an array never closed', '[1'],
    ['an array never opened', '1]'],
    ['an array closed as an object', '[1}'],
    ['an array closed twice', '[]]'],
    ['a comma last', '[1,]'],
    ['a comma first', '[,1]'],
    ['a comma alone', '[,]'],
    ['two commas', '[1,,2]'],
    ['no comma', '[1 2]'],
    ['no comma between strings', '["a" "b"]'],
    ['a colon in an array', '["a": 1]'],
    ['semicolons', '[1; 2]'],
    ['an object never closed', '{"a": 1'],
    ['an object closed as an array', '{"a": 1]'],
    ['a key alone', '{"a"}'],
    ['a key without a value', '{"a":}'],
    ['a value without a key', '{:1}'],
    ['a key without quotes', '{a: 1}'],
    ['a key in single quotes', "{'a': 1}"],
    ['a number as a key', '{1: 1}'],
    ['null as a key', '{null: 1}'],
    ['an array as a key', '{[]: 1}'],
    ['two colons', '{"a":: 1}'],
    ['an arrow', '{"a" => 1}'],
    ['an equals sign', '{"a" = 1}'],
    ['a comma for a colon', '{"a", 1}'],
    ['a comma last in an object', '{"a": 1,}'],
    ['a comma first in an object', '{, "a": 1}'],
    ['two commas in an object', '{"a": 1,, "b": 2}'],
    ['no comma in an object', '{"a": 1 "b": 2}'],
    ['a key twice', '{"a": 1, "a": 2}'],
    ['a key and its value twice', '{"a": 1, "a": 1}'],
    ['a key twice, once escaped', '{"a": 1, "\\u0061": 2}'],
    ['an escaped NUL in a key', '{"a\\u0000": 1}'],
    ['a lone surrogate in a key', '{"\\ud800": 1}'],
    ['no UTF-8 in a key', '{"\xff": 1}'],
    ['33 levels of arrays', nested(33)],
    ['33 levels of objects', nestedObjects(33)],
    ['20,000 levels', nested(20_000)],
    ['20,000 levels never closed', '['.repeat(20_000)],
    ['10,000 objects never closed', '{"":'.repeat(10_000)],
    ['brackets closed only', ']'.repeat(20_000)],
    ['a comment after it', '1 /* one */'],
    ['a comment before it', '/* one */ 1'],
    ['a comment of a line', '1 // one\n'],
    ['a comment of a shell', '1 # one\n'],
    ['a vertical tab', '\v1'],
    ['a form feed', '\f1'],
    ['a next line', utf8('\u00851')],
    ['a no-break space', utf8('\u00a01')],
    ['an ideographic space', utf8('\u30001')],
    ['a line separator', utf8('\u20281')],
    ['a zero width space', utf8('\u200b1')],
    ['a NUL after it', '1\0'],
    ['a NUL before it', '\x001'],
    ['a byte order mark before it', '\xef\xbb\xbf1'],
    ['half a byte order mark', '\xef\xbb1'],
    ['an ellipsis', '[1, ...]'],
    ['a regular expression', '/one/'],
    ['a function', 'f(1)'],
]

// Whole bodies.
const bodies = [
    ['nothing', ''],
    ['blanks', ' \t\r\n'],
    ['a brace', '{'],
    ['a closing brace', '}'],
    ['a brace and a quote', '{"'],
    ['a comma', ','],
    ['two objects', '{}{}'],
    ['two objects on two lines', '{}\n{}'],
    ['two objects with a comma', '{},{}'],
    ['a byte order mark', '\xef\xbb\xbf'],
    ['a byte order mark and an object', '\xef\xbb\xbf{}'],
    ['UTF-16, little end first', Buffer.from('{}', 'utf16le').toString('latin1')],
    ['UTF-16, with a byte order mark', '\xff\xfe{\0}\0'],
    ['UTF-16, big end first', '\0{\0}'],
    ['UTF-32', '{\0\0\0}\0\0\0'],
    ['a form', 'amount=1&reference=a'],
    ['XML', '<amount>1</amount>'],
    ['YAML', 'amount: 1'],
    ['what browsers put before JSON', ")]}',\n{}"],
    ['CBOR', '\xa1\x66amount\x01'],
    ['gzip', '\x1f\x8b\x08\0\0\0\0\0'],
]

const within = value => `{"amount": 1, "other": ${value}}`

const isObject = value => value.startsWith('{')

function checkMalformed(answer) {
    refused(answer, 400, 'malformed_json')
    assert.ok(!answer.body.detail.startsWith(NO_OBJECT), answer.text)
}

describe('JSON', () => {
    for (const [name, value] of values)
        test(name, async () => {
            const alone = await send(bytes(value))
            if (isObject(value)) {
                refused(alone, 422, 'invalid_field')
            } else {
                refused(alone, 400, 'malformed_json')
                assert.ok(alone.body.detail.startsWith(NO_OBJECT), alone.text)
            }
            invalid(await send(bytes(within(value))), '/other')
        })
    test('with blanks of all four kinds around it', async () => {
        invalid(await send(bytes(' \t\r\n{ "amount"\n:\r1\t,"other" : 1 }\n\r\t ')), '/other')
    })
    test('of 32 levels, alone', async () => {
        const answer = await send(bytes(nested(32)))
        assert.ok(answer.body.detail.startsWith(NO_OBJECT), answer.text)
        refused(await send(bytes(nestedObjects(32))), 422, 'invalid_field')
    })
    test('of 33 levels, counting the object around it', async () => {
        checkMalformed(await send(bytes(within(nested(32)))))
    })
})

describe('no JSON', () => {
    for (const [name, value] of noValues)
        test(name, async () => {
            checkMalformed(await send(bytes(value)))
            checkMalformed(await send(bytes(within(value))))
        })
    for (const [name, raw] of bodies)
        test(`${name}, as a whole body`, async () => checkMalformed(await send(bytes(raw))))
    // So deep where so long a body is taken.
    test('100,000 levels', async () => {
        const path = `/v1/concerts/${(await makeConcert(organizer)).id}/rounds`
        for (const raw of [nested(100_000), '['.repeat(100_000), '{"":'.repeat(100_000)])
            checkMalformed(await organizer.request('POST', path, { raw }))
    })
    // Of a good object no beginning is JSON.
    test('an object cut off after any byte', async () => {
        const whole = '{"amount": -1.5e+2, "reference": "\\u0041\\ud834\\udd1e"}'
        for (let cut = 0; cut < whole.length; cut++)
            checkMalformed(await send(bytes(whole.slice(0, cut))))
        invalid(await send(bytes(whole)), '/amount')
    })
    after(async () => {
        assert.equal(ok(await ann.get('/v1/points')).balance, 0)
    })
})

describe('an integer', () => {
    const body = amount => bytes(`{"amount":${amount}}`)
    for (const amount of ['7', '7.0', '7e0', '70e-1', '0.7E+1', '7.00000000000000000000'])
        test(`may be written ${amount}`, async () => {
            assert.equal(ok(await send(body(amount)), 201).amount, 7)
        })
    for (const amount of ['7.5', '75e-1', '7.0000000000000000001', '1e-400'])
        test(`is not ${amount}`, async () => {
            const { errors } = refused(await send(body(amount)), 422, 'invalid_field')
            assert.deepEqual(errors.map(({ field, rule }) => [field, rule]), [['/amount', 'type']])
        })
    for (const amount of ['1e8', '10000001.0', '1e30', '-1.0', '0.0'])
        test(`of ${amount} is out of range`, async () => {
            const { errors } = refused(await send(body(amount)), 422, 'invalid_field')
            assert.deepEqual(errors.map(({ field, rule }) => [field, rule]), [['/amount', 'range']])
        })
    test('of a body that is no JSON leaves what is told of its place as it is', async () => {
        const { detail } = refused(await send(bytes('{"amount":7.0,}')), 400, 'malformed_json')
        const plain = refused(await send(bytes('{"amount":700,}')), 400, 'malformed_json')
        assert.equal(detail, plain.detail)
    })
})
