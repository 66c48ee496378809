// The browser of the bench, as slow as is asked for.

import { chromium } from 'playwright-core'

import { passwordOf } from '../../api/support/house.mjs'

export const runs = Number(process.env.WEB_BENCH_RUNS ?? 5)
export const seconds = Number(process.env.WEB_BENCH_SECONDS ?? 5)

export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
export const desktop = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 }

let browser
const launch = () =>
    chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
export const closeBrowser = async () => (await browser)?.close()

// Somebody new with a device of their own, signed in.
let people = 0
export async function openPerson(house, look = desktop) {
    browser ??= launch()
    const context = await (await browser).newContext({ baseURL: house.url, locale: 'en-GB', ...look })
    context.setDefaultTimeout(120_000)
    const email = `bench${++people}@example.com`
    const post = (path, data) => context.request.post(path, { data, headers: { 'Sec-Fetch-Site': 'same-origin' } })
    await post('/v1/users', { name: 'Bench', email, password: passwordOf(email) })
    await post('/v1/sessions', { email, password: passwordOf(email) })
    return { context, join: () => post('/v1/queue/tokens') }
}

// 1.6 Mbit/s, an answer 150 ms away.
const slowLine = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 }

export async function slowDown(page, { slower = 1, line = false }) {
    const session = await page.context().newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower })
    if (line) {
        await session.send('Network.enable')
        await session.send('Network.emulateNetworkConditions', slowLine)
    }
}

// Waits for the first drawing of the hall: the grid lies over it from then on.
export const untilDrawn = page => page.locator('[role=gridcell]').first().waitFor()
