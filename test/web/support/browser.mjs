// A real browser for a test: Chromium without its windows, which are half of what it costs. Each person
// gets a context of their own. Anything that a page's console reports as an error, and any violation of
// its Content-Security-Policy, fails the test.

import assert from 'node:assert/strict'
import { after } from 'node:test'

import { chromium } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell'

// What Chromium says by itself of every answer of 400 or more, and of every server that is gone: the
// pages' daily bread.
const DAILY = /^Failed to load resource: (the server responded with a status of (4\d\d|50[135])|net::ERR_)/

// A machine with other things to do is slow; a page that never shows what is waited for is wrong.
const TIMEOUT_MS = 120_000

// A file's tests share one, from the first that asks for it.
let browser
const openBrowser = () =>
    chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
after(async () => (await browser)?.close())

// A person with a device: a page of `house`, in a language, until the end of the test `t`.
export async function openPage(t, house, { locale = 'en-GB', ...options } = {}) {
    browser ??= openBrowser()
    const context = await (await browser).newContext({ baseURL: house.url, locale, ...options })
    context.setDefaultTimeout(TIMEOUT_MS)
    const page = await context.newPage()
    const troubles = []
    page.on('console', message => {
        if (message.type() === 'error' && !DAILY.test(message.text())) troubles.push(message.text())
    })
    page.on('pageerror', error => troubles.push(String(error)))
    t.after(async () => {
        // A request may be under way through a route of the test's, which then has no answer to hand on.
        for (const open of context.pages()) await open.unrouteAll({ behavior: 'ignoreErrors' })
        await context.close()
        assert.deepEqual(troubles, [], 'what the page complained of')
    })
    return page
}

export const button = (page, name) => page.getByRole('button', { name })

// Waits until the page says the text, in its visible part.
export async function says(page, text) {
    const said = page.locator('.banner, #main')
    try {
        await said.getByText(text).filter({ visible: true }).first().waitFor()
    } catch (error) {
        const instead = await said.allInnerTexts().catch(() => [])
        throw new Error(`the page says instead: ${instead.join(' | ')}`, { cause: error })
    }
}

// Stops the page's clock, seconds ahead of where it is: as many as the two steps may take, and fewer than a
// page waits for an answer (10), or it would give up those that are under way and say that it is offline.
export async function stopClock(page) {
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 5000))
}

export const link = (page, name) => page.getByRole('link', { name })

// Who waits for a page to be told waits for its stream first.
export const streamOf = page => page.waitForResponse(answer => answer.url().includes('/v1/events'))
