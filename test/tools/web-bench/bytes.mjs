// What a page brings before its first paint, compressed with gzip: itself, its script, its styles, its icon.

import { House } from '../../api/support/house.mjs'

const pages = [['/line', 'the line', 16], ['/seats/round_1', 'seats', 36], ['/', 'the shop', 36], ['/desk', 'the desk', 130]]

const gzip = { headers: { 'accept-encoding': 'gzip' } }

// fetch decodes what it gets, and leaves the length as it was sent.
async function ask(url) {
    const answer = await fetch(url, gzip)
    const text = await answer.text()
    return { text, bytes: Number(answer.headers.get('content-length')) }
}

export const filesOf = text => [...text.matchAll(/(?:src|href)="(\/a\/[^"]+)"/g)].map(([, path]) => path)

export async function* bytes() {
    const house = await House.open()
    try {
        for (const [path, name, most] of pages) {
            const page = await ask(`${house.url}${path}`)
            const files = await Promise.all(filesOf(page.text).map(file => ask(`${house.url}${file}`)))
            const all = [page, ...files].reduce((sum, one) => sum + one.bytes, 0)
            yield { what: `bytes with gzip, ${name}, KB`, found: all / 1024, most }
        }
    } finally {
        await house.close()
    }
}
