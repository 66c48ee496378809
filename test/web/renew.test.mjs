// Pages of a build that answers no more: loaded anew once nobody would mind.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { makeConcert, makeRound, signIn } from '../api/support/people.mjs'
import { button, openPage, says } from './support/browser.mjs'
import { goIn, hold, seat, signInAs, signUp } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer, round
before(async () => {
    house = await House.open({}, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
    round = await makeRound(organizer, await makeConcert(organizer))
})
after(() => house.close())

// From then on answers are another build's.
async function upgrade(page) {
    await page.route('**/v1/**', async route => {
        if (route.request().url().includes('/v1/events')) return route.abort()
        const answer = await route.fetch()
        await route.fulfill({ response: answer, headers: { ...answer.headers(), 'x-usher-build': 'another' } })
    })
    const heard = page.waitForResponse(answer => answer.url().endsWith('/v1/settings'))
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
    await heard
}

// A page has the mark, once it knows its own build, until it is loaded anew; and then knows no other.
async function mark(page) {
    await page.waitForFunction(() => document.documentElement.dataset.own)
    await page.evaluate(() => (window.mark = true))
}
const isMarked = page => page.evaluate(() => window.mark === true)
const renewed = page => page.waitForFunction(() => window.mark === undefined)
// Longer than it takes a page that nobody minds.
const pass = page => page.waitForTimeout(17_000)

async function watched(t, path, email) {
    const page = await openPage(t, house)
    if (email) await signInAs(page, email)
    await page.goto(path)
    await page.locator('h1').waitFor()
    await mark(page)
    return page
}

test('a page that nobody does anything with is loaded anew, once', async t => {
    const page = await watched(t, '/')
    await upgrade(page)
    await renewed(page)
    await mark(page)
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
    await pass(page)
    assert.ok(await isMarked(page))
})

test('whoever waits in line keeps the place, and has the new page', async t => {
    const full = await House.open({ 'max-active': 1 }, { organizers: [BOSS] })
    t.after(() => full.close())
    const boss = await signIn(full, BOSS)
    await makeRound(boss, await makeConcert(boss))
    const first = await openPage(t, full)
    await signUp(first, 'first')
    await first.goto('/line?join=1')
    await says(first, 'It’s your turn')
    const page = await openPage(t, full)
    await signUp(page, 'second')
    await page.goto('/line?join=1')
    await says(page, 'You’re next')
    await mark(page)
    await upgrade(page)
    await renewed(page)
    await says(page, 'You’re next')
})

test('what is typed, chosen, held or shown once is not lost', async t => {
    const typing = await watched(t, '/sign-up')
    await typing.getByLabel('Name').fill('Ann')
    await typing.locator('h1').click()

    const choosing = await openPage(t, house)
    await signUp(choosing, 'chooser')
    await goIn(choosing, round)
    await seat(choosing, 'A-1-1').click()
    await choosing.locator('h1').click()
    await mark(choosing)

    const paying = await openPage(t, house)
    await signUp(paying, 'payer')
    await goIn(paying, round)
    await hold(paying, 'A-2-1')
    await mark(paying)

    const keys = await watched(t, '/desk/people', BOSS)
    await keys.evaluate(() => document.querySelector('main').focus())

    const kept = [typing, choosing, paying, keys]
    for (const page of kept) await upgrade(page)
    await pass(keys)
    for (const page of kept) assert.ok(await isMarked(page), page.url())

    // What was held is given back, and nothing keeps the page any more.
    await button(paying, 'Give the seats back').click()
    await says(paying, 'The seats are free again.')
    await paying.waitForFunction(() => document.activeElement.id === 'result')
    await paying.evaluate(() => document.activeElement.blur())
    await renewed(paying)
    await says(paying, 'The seats are free again.')
    assert.equal(ok(await organizer.get('/v1/reservations?status=pending')).items.length, 0)
})
