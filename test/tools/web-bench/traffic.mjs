// What a person asks of the server while waiting in line, and how many streams a browser keeps open with
// eight tabs. A browser without a screen shows all its tabs, so a script tells the pages which one is seen.

import { setTimeout as delay } from 'node:timers/promises'

import { openPerson, untilDrawn } from './browser.mjs'
import { withHall, withLine } from './halls.mjs'

const MINUTES = 3
const TABS = 8

const mayHide = page =>
    page.addInitScript(() => {
        let hidden = false
        Object.defineProperty(document, 'hidden', { get: () => hidden })
        Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') })
        window.setHidden = now => {
            hidden = now
            document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
        }
    })

// Requests to the API a minute, once the page is there.
async function countRequests(house, isHidden) {
    const { context } = await openPerson(house)
    const page = await context.newPage()
    await mayHide(page)
    await page.goto('/line?join=1')
    await page.locator('main [type=checkbox]').waitFor()
    if (isHidden) await page.evaluate(() => window.setHidden(true))
    let count = 0
    page.on('request', request => {
        if (new URL(request.url()).pathname.startsWith('/v1/')) count++
    })
    await delay(MINUTES * 60_000)
    await context.close()
    return count / MINUTES
}

export async function* waiting() {
    const [seen, hidden] = await withLine(({ house }) => Promise.all([countRequests(house, false), countRequests(house, true)]))
    yield { what: 'requests a minute, far back in line', found: seen, most: 2 }
    yield { what: 'requests a minute, likewise in a hidden tab', found: hidden, most: 2 }
}

// Streams that are open after each of eight tabs was opened and looked at, the others hidden or not.
async function countStreams({ house, round }, hide) {
    const { context, join } = await openPerson(house)
    await join()
    const open = new Set()
    const begin = request => request.url().includes('/v1/events') && open.add(request)
    const end = request => open.delete(request)
    const pages = []
    for (let tab = 0; tab < TABS; tab++) {
        const page = await context.newPage()
        page.on('request', begin).on('requestfinished', end).on('requestfailed', end)
        await mayHide(page)
        if (hide) await Promise.all(pages.map(one => one.evaluate(() => window.setHidden(true))))
        pages.push(page)
        await page.goto(`/seats/${round.id}`)
        await untilDrawn(page)
    }
    await delay(1000)
    const { size } = open
    await context.close()
    return size
}

export async function* streams() {
    const [tabs, windows] = await withHall(1000, async hall => [await countStreams(hall, true), await countStreams(hall, false)])
    yield { what: 'streams of a browser with eight tabs', found: tabs, most: 1 }
    yield { what: 'streams of a browser with eight windows that are seen', found: windows, most: 1 }
}
