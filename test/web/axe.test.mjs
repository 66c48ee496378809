// No page, in no state, has what axe finds wrong: labels, roles, contrast, structure. USHER_AXE=all (`make
// axe`) looks at every language, size and colour scheme, and at the states that are seldom too; without it
// two looks cover each once.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { charge, fromNow, makeConcert, makeRound, signIn } from '../api/support/people.mjs'
import { openPage } from './support/browser.mjs'
import { moreStates } from './support/more-pages.mjs'
import { states } from './support/pages.mjs'
import { signInAs, signUp } from './support/walk.mjs'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const desktop = { viewport: { width: 1280, height: 800 } }
const zoomed = { viewport: { width: 320, height: 256 } } // 1280 at 400 %
const looks = [
    { locale: 'en-GB', colorScheme: 'light', ...phone },
    { locale: 'ko-KR', colorScheme: 'dark', ...desktop },
]
const isWhole = process.env.USHER_AXE === 'all'
if (isWhole) {
    looks.length = 0
    for (const locale of ['en-GB', 'ko-KR'])
        for (const colorScheme of ['light', 'dark'])
            for (const size of [phone, desktop, zoomed]) looks.push({ locale, colorScheme, ...size })
}

const drawing = {
    prices: [{ grade: 'VIP', price: null }],
    rows: [
        { section: 'A', row: '1', count: 12, firstNumber: 1, accessible: [0], prices: [{ price: 0, count: 12 }] },
        { section: 'A', row: '2', count: 12, firstNumber: 1 },
    ],
}

async function openHall(settings) {
    const house = await House.open(settings, { organizers: ['organizer@example.com'] })
    const organizer = await signIn(house, 'organizer@example.com')
    const concert = await makeConcert(organizer)
    const later = await makeConcert(organizer, { reservationOpenAt: fromNow(3_600_000) })
    const round = await makeRound(organizer, concert, { rows: 3, seatsPerRow: 60 })
    const plan = ok(await organizer.post('/v1/plans', { name: 'Hall', plan: drawing }), 201)
    return { house, hall: { concert, later, round, plan } }
}

let open, full
before(async () => {
    open = await openHall({})
    // One person is inside for as long as this takes, and there is room for no second.
    full = await openHall({ 'max-active': 1, 'silent-seconds': 86_400, 'active-seconds': 86_400 })
    const organizer = await signIn(full.house, 'organizer@example.com')
    await organizer.post('/v1/queue/tokens')
    const texts = { ko: '30분 늦게 시작합니다.', en: 'It begins half an hour late.' }
    const notice = { texts, level: 'warning', until: null }
    await organizer.request('PUT', '/v1/queue/notice', { body: notice })
})
after(() => Promise.all([open.house.close(), full.house.close()]))

async function findings(page) {
    // The page's policy lets no text become a script; the browser's own door does.
    const session = await page.context().newCDPSession(page)
    await session.send('Runtime.evaluate', { expression: axe })
    const { result } = await session.send('Runtime.evaluate', {
        expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
            JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])))`,
        awaitPromise: true, returnByValue: true,
    })
    return JSON.parse(result.value)
}

for (const [place, look] of looks.entries()) {
    const name = `${look.locale}, ${look.colorScheme}, ${look.viewport.width} wide`
    test(`axe: ${name}`, async t => {
        for (const { house, hall, waits } of [{ ...open, waits: false }, { ...full, waits: true }]) {
            const stranger = await openPage(t, house, look)
            const person = await openPage(t, house, look)
            const organizer = await openPage(t, house, look)
            await signInAs(organizer, 'organizer@example.com')
            await signUp(person, `look${place}${waits}`)
            await charge(await signIn(house, `look${place}${waits}@example.com`), 5000)
            for (const state of [...states, ...(isWhole ? moreStates : [])].filter(state => (state.waits ?? false) === waits))
                await t.test(state.name, async () => {
                    const page = state.organizer ? organizer : state.person ? person : stranger
                    await state.show(page, hall)
                    await page.locator(state.ready).first().waitFor()
                    assert.deepEqual(await findings(page), [])
                    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
                    await page.unrouteAll({ behavior: 'ignoreErrors' })
                    assert.ok(wide <= 0, `${wide} px wider than the screen`)
                })
        }
    })
}
