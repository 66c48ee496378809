// How long a phone of a quarter of this machine's speed, on a slow line, takes to show a page: the largest
// paint of the line, and the hall of 50,000 seats drawn.

import { median } from '../../../bench/numbers.mjs'
import { openPerson, phone, runs, slowDown, untilDrawn } from './browser.mjs'
import { withHall, withLine } from './halls.mjs'

const largestPaint = page =>
    page.evaluate(
        () =>
            new Promise(resolve => {
                new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime)).observe({
                    type: 'largest-contentful-paint',
                    buffered: true,
                })
            })
    )

// Milliseconds from asking for the page, of so many people who never were there.
async function measure(house, path, ready, read) {
    const times = []
    for (let run = 0; run < runs; run++) {
        const { context, join } = await openPerson(house, phone)
        await join()
        const page = await context.newPage()
        await slowDown(page, { slower: 4, line: true })
        await page.goto(path, { waitUntil: 'commit' })
        await ready(page)
        times.push(await read(page))
        await context.close()
    }
    return median(times)
}

export async function* paint() {
    yield await withLine(async ({ house }) => {
        const ready = page => page.locator('main [type=checkbox]').waitFor()
        return { what: 'largest paint of the line, 1.6 Mbit/s, 150 ms, CPU ÷ 4, s', found: (await measure(house, '/line', ready, largestPaint)) / 1000, most: 1.2 }
    })
    yield await withHall(50_000, async ({ house, round }) => {
        const now = page => page.evaluate(() => performance.now())
        return { what: '50,000 seats drawn, likewise, s', found: (await measure(house, `/seats/${round.id}`, untilDrawn, now)) / 1000, most: 2 }
    })
}
