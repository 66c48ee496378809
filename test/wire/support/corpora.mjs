// Reads the request texts that other servers test themselves with, from copies of their trees. They
// are not part of this tree: only how their files are written down is known here.
//
//   DIRECTORY/llhttp     nodejs/llhttp (MIT), at 01e105a30fd06e248bc8ac73c4adb34a63d4114a
//   DIRECTORY/gunicorn   benoitc/gunicorn (MIT), at 65ac1a3a4c0aa00960968c720d6e6bd2ac32f1b9

import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

// A text's escapes, once its lines are ended as they shall be.
const unescape = text =>
    text
        .replaceAll('\\r', '\r')
        .replaceAll('\\n', '\n')
        .replaceAll('\\t', '\t')
        .replaceAll('\\f', '\f')
        .replaceAll(/\\x([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
        .replaceAll(/\\([0-7]{1,3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)))

// Titles of two levels and more, each with a text and what their parser says of it. Where that is
// told to be lenient, it does not say what a text is.
function readLlhttp(file, markdown) {
    const section =
        /^#{2,4} (.+)$|^<!-- meta=(\{.*\}) -->\n```http\n([^]*?)\n?```\n+```log\n([^]*?)```/gm
    const rows = []
    let title = ''
    for (const [, heading, meta, text, log] of markdown.matchAll(section)) {
        if (heading) title = heading
        if (heading || JSON.parse(meta).type !== 'request') continue
        const began = log.split('message begin').length
        const ended = log.split(/message complete$/m).length
        if (began !== ended && !/error code=/.test(log)) continue // it breaks off
        const joined = text.replaceAll('\\\n', '').replaceAll('\n', '\r\n')
        rows.push({
            name: `llhttp ${file}: ${title}`,
            text: unescape(joined),
            valid: !/error code=/.test(log),
        })
    }
    return rows
}

const filesIn = async (directory, ending) =>
    (await readdir(directory)).filter(file => file.endsWith(ending)).sort()

async function llhttp(directory) {
    const at = join(directory, 'llhttp/test/request')
    const rows = []
    for (const file of await filesIn(at, '.md'))
        rows.push(...readLlhttp(file, await readFile(join(at, file), 'utf8')))
    return rows
}

async function gunicorn(directory) {
    const rows = []
    for (const kind of ['valid', 'invalid']) {
        const at = join(directory, 'gunicorn/tests/requests', kind)
        for (const file of await filesIn(at, '.http')) {
            const written = (await readFile(join(at, file), 'latin1')).replaceAll('\n', '')
            const text = unescape(written.replaceAll('\\0', '\0'))
            rows.push({ name: `gunicorn ${kind}/${file}`, text, valid: kind === 'valid' })
        }
    }
    return rows
}

// All texts: a name, the text as latin1, and whether their own server takes it.
export const readCorpora = async directory => [
    ...(await llhttp(directory)),
    ...(await gunicorn(directory)),
]
