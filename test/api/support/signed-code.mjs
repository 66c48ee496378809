// Reads a signed code as a door does that knows the public key alone: pretix's scheme 1, from its
// documentation. It shares nothing with the program that makes them.

import { createPublicKey, verify } from 'node:crypto'

const ED25519 = Buffer.from('302a300506032b6570032100', 'hex') // RFC 8410: SPKI, before the key

/** A public key of Ed25519: 32 bytes in base64, or PEM in base64. */
export function keyOf(text) {
    const bytes = Buffer.from(text, 'base64')
    return bytes.length === 32
        ? createPublicKey({ key: Buffer.concat([ED25519, bytes]), format: 'der', type: 'spki' })
        : createPublicKey(bytes)
}

function number(bytes, at) {
    let value = 0
    for (let shift = 0; ; shift += 7) {
        value += (bytes[at] & 0x7f) * 2 ** shift
        if ((bytes[at++] & 0x80) === 0) return [value, at]
    }
}

/** The fields of a Protocol Buffer of numbers and texts, by their numbers. */
function fieldsOf(bytes) {
    const fields = {}
    for (let at = 0, value, tag; at < bytes.length; fields[tag >> 3] = value) {
        ;[tag, at] = number(bytes, at)
        ;[value, at] = number(bytes, at)
        if ((tag & 7) === 2) {
            const text = bytes.subarray(at, at + value)
            if (text.length !== value) throw new Error('a text is cut off')
            at += value
            value = text.toString()
        }
    }
    return fields
}

/** What the code says, or null where none of the keys signed it. */
export function readCode(code, keys) {
    const bytes = Buffer.from([...code].reverse().join(''), 'base64')
    const [payload, signature] = [bytes.readUInt16BE(1), bytes.readUInt16BE(3)]
    if (bytes[0] !== 1 || bytes.length !== 5 + payload + signature) return null
    const said = bytes.subarray(5, 5 + payload)
    if (!keys.some(key => verify(null, said, key, bytes.subarray(5 + payload)))) return null
    const fields = fieldsOf(said)
    return { seed: fields[1], item: fields[2], variation: fields[3] ?? 0, subevent: fields[4] ?? 0 }
}
