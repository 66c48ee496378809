// The README's pictures: `node test/tools/shots.mjs [DIRECTORY]`. A real browser looks at the pages of a
// real server, a demo. What goes on in the house is made up from a seed, and the clocks of both stand,
// so the same program makes the same pictures; each is taken twice, and they must not differ.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'

import { launch, program } from '../api/support/house.mjs'
import { until } from '../api/support/wait.mjs'
import { libfaketime, startingAt } from '../fault/support/faketime.mjs'
import { preload } from '../api/support/preload.mjs'

const directory = process.argv[2] ?? fileURLToPath(new URL('../../docs/pictures', import.meta.url))

const SEED = 20_261_122
const OPENED = new Date('2026-11-22T11:00:00Z')
const NOW = new Date('2026-11-22T11:06:40Z')

// README pages are looked at over slow lines too.
const BYTES_MAX = 150 * 1024

const phone = { viewport: { width: 390, height: 480 }, deviceScaleFactor: 1, locale: 'ko-KR' }
const desktop = { viewport: { width: 1100, height: 860 }, deviceScaleFactor: 1, locale: 'en-GB' }

const inSeconds = seconds => new Date(NOW.getTime() + seconds * 1000).toISOString()

// Numbers from 0 up to 1, the same for a seed (mulberry32).
function dice(seed) {
    let state = seed
    return () => {
        state = (state + 0x6d2b79f5) | 0
        let value = Math.imul(state ^ (state >>> 15), 1 | state)
        value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
        return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
    }
}

// ---- What goes on in the house ----

// Of the first of two rounds with as many seats each.
const SOLD = 2190
const HELD = 305
const SEATS = 4828

const queue = real => ({ ...real, waiting: 9310, active: 792, maxActive: 800, admitPerSecond: 25, serving: 11_482, lastNumber: 20_792 })

const waiting = real => ({
    ...real, status: 'waiting', number: 12_686, ahead: 1204, estimatedWaitSeconds: { low: 540, high: 900 },
    activateAt: null, expiresAt: null, pollAfterMs: 60_000,
})

const inside = real => ({ ...real, status: 'active', activateAt: inSeconds(-35), expiresAt: inSeconds(565), pollAfterMs: 60_000 })

// The best seats went first.
function availability(real) {
    assert.equal(real.seats.length, SEATS)
    const random = dice(SEED)
    const places = [...real.seats]
    for (const [wanted, letter] of [[SOLD, 's'], [HELD, 'h']])
        for (let left = wanted; left > 0; ) {
            const place = Math.floor(random() ** 1.7 * places.length)
            if (places[place] !== 'a') continue
            places[place] = letter
            left--
        }
    return { ...real, seats: places.join(''), available: SEATS - SOLD - HELD, held: HELD, sold: SOLD, nextReturnAt: inSeconds(30), returnedLastMinute: 14 }
}

// Of a list; what a rehearsal begins with is as it is.
const nothingBefore = real => (real.items ? { items: [] } : real)

const sales = { totalSeatCnt: 2 * SEATS, held: HELD, sold: SOLD, revenue: 270_654_000 }

const stats = real => ({ ...real, at: NOW.toISOString(), sales, queue: queue(real.queue), lastSecond: { ...real.lastSecond, admitted: 24 } })

// Since the opening: the line grows, then falls; the floor is full from the second minute on.
function series() {
    const random = dice(SEED)
    const count = (NOW - OPENED) / 1000
    const metrics = { sold: [], admitted: [], holds: [], waiting: [], held: [] }
    let waits = 0
    let held = 0
    for (let i = 0; i < count; i++) {
        const begun = Math.min(i / 60, 1)
        const admitted = Math.round((18 + 10 * random()) * (i < 32 ? 1 : 0.82 + 0.1 * random()))
        const holds = Math.round(begun * (9 + 6 * random()))
        const sold = i < 45 ? 0 : Math.round((SOLD / (count - 45)) * (0.7 + 0.6 * random()))
        waits = Math.max(waits + Math.round(260 * Math.exp(-i / 45)) - admitted + Math.round(8 * random()), 0)
        held += (HELD - held) * 0.02
        metrics.sold.push(sold)
        metrics.admitted.push(admitted)
        metrics.holds.push(holds)
        metrics.waiting.push(waits)
        metrics.held.push(Math.round(held + 20 * random()))
    }
    return { from: OPENED.toISOString(), to: NOW.toISOString(), step: '1s', metrics }
}

// What the pages are told instead of what the server says, by path.
const told = [
    [/^\/v1\/queue$/, queue],
    [/^\/v1\/stats$/, stats],
    [/^\/v1\/stats\/series$/, series],
    [/^\/v1\/rounds\/[^/]+\/availability$/, availability],
]

// ---- The browser ----

// The server's clock stands, for who asks.
function standing(value) {
    if (Array.isArray(value)) return value.map(standing)
    if (value === null || typeof value !== 'object') return value
    const stopped = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, standing(inner)]))
    for (const name of ['serverTime', 'createdAt', 'endedAt']) if (typeof stopped[name] === 'string') stopped[name] = NOW.toISOString()
    return stopped
}

async function answer(route, changes) {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/v1/events') return route.fulfill({ status: 503, headers: { 'Retry-After': '600' } })
    const response = await route.fetch()
    if (response.status() >= 300 || !/json/.test(response.headers()['content-type'] ?? '')) return route.fulfill({ response })
    const change = [...changes, ...told].find(([path]) => path.test(pathname))?.[1] ?? (value => value)
    return route.fulfill({ response, json: standing(change(await response.json())) })
}

async function openPage(browser, url, look, changes) {
    const context = await browser.newContext({ baseURL: url, timezoneId: 'Asia/Seoul', reducedMotion: 'reduce', ...look })
    const page = await context.newPage()
    const asked = new Set()
    let quietSince = Date.now()
    const begin = request => !request.url().includes('/v1/events') && asked.add(request)
    const end = request => {
        asked.delete(request)
        quietSince = Date.now()
    }
    page.on('request', begin).on('requestfinished', end).on('requestfailed', end)
    page.isQuiet = () => asked.size === 0 && Date.now() - quietSince > 150
    await page.route('**/v1/**', route => answer(route, changes))
    await page.clock.install({ time: NOW.getTime() - 60_000 }) // it goes until it is stopped
    await page.clock.pauseAt(NOW)
    return page
}

const signIn = (page, email, password) =>
    page.request.post('/v1/sessions', { data: { email, password }, headers: { 'Sec-Fetch-Site': 'same-origin' } })

// Time goes on in steps, and only while nothing is asked for: each answer is heard at the same time.
async function settle(page, ready) {
    for (let steps = 0, seen = 0; seen < 8; steps++) {
        assert.ok(steps < 300, `no ${ready}`)
        await until('nothing is asked for', () => page.isQuiet())
        if ((await page.locator(ready).count()) > 0) seen++
        await page.clock.runFor(100)
    }
}

// ---- The pictures ----

const pictures = [
    {
        name: 'line', look: phone, who: 'ann@example.com', changes: [[/^\/v1\/queue\/tokens/, waiting]],
        show: (page, { concert, round }) => page.goto(`/line?join=1&concert=${concert}&to=/seats/${round}`),
        ready: '.rank',
    },
    {
        name: 'seats', look: { ...phone, viewport: { width: 390, height: 1060 } }, who: 'ann@example.com', changes: [[/^\/v1\/queue\/tokens/, inside]],
        show: async (page, { round }) => {
            await page.request.post('/v1/queue/tokens', { headers: { 'Sec-Fetch-Site': 'same-origin' } })
            await page.goto(`/seats/${round}`)
        },
        ready: '[role=gridcell]',
    },
    { name: 'live', look: desktop, who: 'organizer@example.com', changes: [], show: page => page.goto('/desk'), ready: '.drawing canvas' },
    {
        name: 'rehearsal', look: { ...desktop, viewport: { width: 1100, height: 1150 } }, who: 'organizer@example.com', changes: [[/^\/v1\/rehearsals$/, nothingBefore]],
        show: async (page, { round }) => {
            await page.goto(`/desk/rehearsal?round=${round}`)
            await settle(page, '#buyers')
            await page.locator('#buyers').fill('40000')
            await page.locator('#maxActive').fill('800')
            await page.locator('#admitPerSecond').fill('25')
            await page.locator('form button').click()
        },
        ready: '#rehearsed ~ figure canvas',
    },
    {
        name: 'plan', look: { ...desktop, viewport: { width: 1100, height: 960 } }, who: 'organizer@example.com', changes: [],
        show: async (page, { round }) => {
            const plan = await (await page.request.get(`/v1/rounds/${round}/plan`)).json()
            plan.rows = plan.rows.filter(({ section, row }) => /^[ABC]$/.test(section) && row <= 12)
            const stored = await page.request.post('/v1/plans', { data: { name: 'Stalls', plan }, headers: { 'Sec-Fetch-Site': 'same-origin' } })
            await page.goto(`/desk/plans/${(await stored.json()).id}`)
            await settle(page, '#rows option')
            const chosen = plan.rows.flatMap(({ section, row }, index) => (section === 'B' && row > 8 ? [{ index }] : []))
            await page.locator('#rows').selectOption(chosen)
        },
        ready: '#fields-title',
    },
]

async function take(browser, house, { name, look, who, changes, show, ready }) {
    const page = await openPage(browser, house.url, look, changes)
    await signIn(page, who, house.passwords.get(who))
    await show(page, house)
    await settle(page, ready)
    const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' })
    await page.context().close()
    assert.ok(picture.length <= BYTES_MAX, `${name}: ${picture.length} bytes`)
    return picture
}

// ---- The house ----

async function openHouse() {
    const env = { ...startingAt(OPENED), ...preload([libfaketime()]) }
    const running = launch(program, ['demo', '--listen', '127.0.0.1:0', '--time-zone', 'Asia/Seoul', '--max-active', '800', '--admit-per-second', '25'], { env })
    await until('the last line', () => /reservations\/\$reservation.*\n/.test(running.said.stdout))
    const { stdout } = running.said
    const [, url] = /^usher: listening on (\S+)$/m.exec(stdout)
    const passwords = new Map([...stdout.matchAll(/(\S+@example\.com) +(\S{14})\n/g)].map(([, email, password]) => [email, password]))
    const { items: [concert] } = await (await fetch(`${url}/v1/concerts`)).json()
    const { items: [round] } = await (await fetch(`${url}/v1/concerts/${concert.id}/rounds`)).json()
    return { running, url, passwords, concert: concert.id, round: round.id }
}

const house = await openHouse()
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
})
try {
    await mkdir(directory, { recursive: true })
    for (const picture of pictures) {
        const taken = await take(browser, house, picture)
        assert.ok(taken.equals(await take(browser, house, picture)), `${picture.name} is another one the second time`)
        await writeFile(join(directory, `${picture.name}.png`), taken)
        process.stdout.write(`${picture.name}.png: ${Math.round(taken.length / 1024)} KB\n`)
    }
} finally {
    await browser.close()
    house.running.child.kill('SIGTERM')
    await house.running.ended
}
