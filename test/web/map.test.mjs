// The drawing of the hall: what is seen at a seat, and choosing by mouse, by finger and by keys.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { admitted, buyers, fromNow, hold as holdSeats, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { button, openPage, says, stopClock } from './support/browser.mjs'
import { signUp, watch } from './support/walk.mjs'

const BOSS = 'organizer@example.com'
const DAY_MS = 86_400_000

let house, organizer, concert
before(async () => {
    house = await House.open({ 'max-seats-per-user': 200 }, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
    concert = await makeConcert(organizer)
})
after(() => house.close())

// Two blocks beside each other, the second dearer, with a place for a wheelchair.
const blocks = () =>
    ['A', 'B'].flatMap((section, block) =>
        [1, 2, 3].flatMap(row =>
            [1, 2, 3, 4].map(number => ({
                seatNumber: `${section}-${row}-${number}`,
                section,
                row: `${row}`,
                number: `${number}`,
                grade: section === 'A' ? 'S' : 'VIP',
                price: section === 'A' ? 100 : 200,
                x: block * 6 + number,
                y: row * 1.5,
                accessible: section === 'B' && row === 3 && number === 4,
            }))
        )
    )

const makeHall = async seats =>
    ok(
        await organizer.post(`/v1/concerts/${concert.id}/rounds`, { startTime: fromNow(30 * DAY_MS), seats }),
        201
    )

async function openHall(t, round, options) {
    const page = await openPage(t, house, options)
    await signUp(page)
    await watch(page, round)
    return page
}

const cell = (page, number) => page.getByRole('gridcell', { name: new RegExp(`^${number}, `) })
const focused = page => page.evaluate(() => document.activeElement.getAttribute('aria-label'))

// The colour beside the middle of a seat, where neither number nor mark stands; or in the middle.
const colourAt = (page, number, inMiddle = false) =>
    cell(page, number).evaluate(
        (seat, inMiddle) => {
            const canvas = document.querySelector('.hall canvas')
            const frame = canvas.getBoundingClientRect()
            const box = seat.getBoundingClientRect()
            const ratio = canvas.width / frame.width
            const aside = inMiddle ? 0 : box.width * 0.3
            const x = box.left + box.width / 2 + aside - frame.left
            const y = box.top + box.height / 2 + aside - frame.top
            const [red, green, blue] = canvas.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data
            return `#${[red, green, blue].map(part => part.toString(16).padStart(2, '0')).join('')}`
        },
        inMiddle
    )

const shows = (page, number, colour, inMiddle) =>
    until(`${number} in ${colour}`, async () => (await colourAt(page, number, inMiddle)) === colour)

const free = ['#9938fa', '#0d3359']
const taken = '#d5d9e0'
const mine = '#171a21'
const held = '#b9bfca'
const paper = '#ffffff'
const wrong = '#b42318'

let others = 0
async function takeSeats(round, ...places) {
    const [other] = await buyers(house, `watcher${++others}`)
    await admitted(other)
    const seats = await seatsOf(other, round)
    return { other, held: ok(await holdSeats(other, round, ...places.map(place => seats[place])), 201) }
}

test('by keys: from seat to seat, row to row, block to block, and chosen where one is', async t => {
    const page = await openHall(t, await makeHall(blocks()))
    await cell(page, 'A-1-1').focus()
    const press = async (key, name) => {
        await page.keyboard.press(key)
        await page.waitForFunction(
            name => document.activeElement.getAttribute('aria-label')?.startsWith(`${name}, `),
            name
        )
    }
    await press('ArrowRight', 'A-1-2')
    await press('ArrowDown', 'A-2-2')
    await press('End', 'A-2-4')
    await press('ArrowRight', 'B-2-1')
    await press('ArrowLeft', 'A-2-4')
    await press('PageDown', 'B-1-1')
    await press('End', 'B-1-4')
    await press('ArrowDown', 'B-2-4')
    await press('ArrowDown', 'B-3-4')
    assert.equal(await focused(page), 'B-3-4, VIP, 200 points, wheelchair place, free')
    await press('Home', 'B-3-1')
    await press('PageUp', 'A-1-1')
    await press('f', 'A-1-2')
    await page.keyboard.press('Space')
    await button(page, 'Hold these seats · 100 points').waitFor()
    assert.equal(await cell(page, 'A-1-2').getAttribute('aria-selected'), 'true')
    await shows(page, 'A-1-2', mine)
    await page.keyboard.press('Enter')
    await says(page, 'No seat chosen yet.')
})

test('by mouse: far out a click comes nearer, near by it takes the seat', async t => {
    const round = await makeRound(organizer, concert, { rows: 40, seatsPerRow: 60 })
    const page = await openHall(t, round)
    const seat = cell(page, 'A-1-30')
    const width = () => seat.evaluate(element => element.getBoundingClientRect().width)
    const click = async () => {
        const { x, y, width, height } = await seat.boundingBox()
        await page.mouse.click(x + width / 2, y + height / 2)
    }
    const before = await width()
    assert.ok(before < 22, 'the whole hall is seen')
    await click()
    await page.waitForFunction(
        () => document.querySelector('[role=gridcell]').getBoundingClientRect().width >= 22
    )
    assert.equal(await page.locator('[aria-selected=true]').count(), 0)
    await click()
    await says(page, 'A-1-30')
    await button(page, 'Whole hall').click()
    await page.waitForFunction(
        before => document.querySelector('[role=gridcell]').getBoundingClientRect().width === before,
        before
    )
    // Moving the drawing chooses nothing.
    const from = await page.locator('.hall canvas').boundingBox()
    await button(page, 'Zoom in').click()
    const left = () => seat.evaluate(element => element.getBoundingClientRect().left)
    const at = await left()
    await page.mouse.move(from.x + 200, from.y + 200)
    await page.mouse.down()
    await page.mouse.move(from.x + 260, from.y + 200, { steps: 4 })
    await page.mouse.up()
    await page.waitForFunction(
        at => document.querySelectorAll('[role=gridcell]')[29].getBoundingClientRect().left > at + 40,
        at
    )
    assert.equal(await page.locator('[aria-selected=true]').count(), 1)
})

test('what somebody takes shows at its seat as it happens, and a lost one is crossed and named', async t => {
    const round = await makeHall(blocks())
    const page = await openHall(t, round)
    await cell(page, 'A-1-1').focus()
    await shows(page, 'A-1-1', free[0])
    const { other, held: theirs } = await takeSeats(round, 0)
    await shows(page, 'A-1-1', paper)
    assert.match(await cell(page, 'A-1-1').getAttribute('aria-label'), /held by somebody$/)
    ok(await other.post(`/v1/reservations/${theirs.id}/cancel`))
    await shows(page, 'A-1-1', free[0])
    // From here on the page hears nothing, and learns of it by the refusal.
    for (const news of ['**/availability?since=*', '**/v1/events?*'])
        await page.route(news, route => route.abort())
    await page.reload()
    await cell(page, 'A-1-2').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await takeSeats(round, 1)
    await button(page, /^Hold these seats/).click()
    await says(page, 'Somebody just took A-1-2. Your other seats are still chosen.')
    await page.unroute('**/availability?since=*')
    await shows(page, 'A-1-2', wrong, true)
    await shows(page, 'A-1-3', mine)
    await button(page, /^Nearest free: /).click()
    await shows(page, 'A-1-2', held, true)
})

test('sold and blocked seats, and those of one price alone', async t => {
    const round = await makeHall(blocks())
    const seats = await seatsOf(organizer, round)
    ok(await organizer.post(`/v1/rounds/${round.id}/seats/block`, { seatIds: [seats[13].id] }))
    const page = await openHall(t, round)
    await cell(page, 'A-1-1').focus()
    await page.keyboard.press('PageDown')
    await shows(page, 'B-1-1', free[1])
    await shows(page, 'B-1-2', paper)
    assert.match(await cell(page, 'B-1-2').getAttribute('aria-label'), /not for sale$/)
    await button(page, 'S 100 points').click()
    await shows(page, 'B-1-1', taken)
    await button(page, 'S 100 points').click()
    await shows(page, 'B-1-1', free[1])
})

test('seats that have nothing but a number, in Korean', async t => {
    const round = await makeHall(['가1', '가2', '나7'].map(seatNumber => ({ seatNumber, price: 100 })))
    const page = await openHall(t, round, { locale: 'ko-KR' })
    for (const number of ['가1', '가2', '나7']) await cell(page, number).waitFor()
    assert.equal(await cell(page, '나7').getAttribute('aria-label'), '나7, 100포인트, 선택 가능')
    await cell(page, '가1').focus()
    await page.keyboard.press('Enter')
    await button(page, '이 좌석 잡기 · 100포인트').click()
    await page.waitForURL('**/pay/*')
    await says(page, '가1')
})

test('a hall that was drawn anew meanwhile is said to be so, and shown', async t => {
    const round = await makeHall(blocks())
    const page = await openHall(t, round)
    await cell(page, 'A-1-1').focus()
    await page.keyboard.press('Enter')
    ok(await organizer.patch(`/v1/rounds/${round.id}`, { prices: { S: 150 } }), 204)
    await button(page, /^Hold these seats/).click()
    await says(page, 'The hall was changed meanwhile.')
    await page.getByRole('gridcell', { name: 'A-1-1, S, 150 points, free' }).waitFor()
})

test('by finger: a tap comes nearer, two fingers zoom, one moves', async t => {
    const round = await makeRound(organizer, concert, { rows: 40, seatsPerRow: 60 })
    const page = await openHall(t, round, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const phone = await page.context().newCDPSession(page)
    const canvas = page.locator('.hall canvas')
    await canvas.scrollIntoViewIfNeeded()
    const { x, y, width, height } = await canvas.boundingBox()
    const [middle, line] = [x + width / 2, y + height / 2]
    const touch = (type, ...points) =>
        phone.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) })
    const seatWidth = () =>
        page.evaluate(() => document.querySelector('[role=gridcell]').getBoundingClientRect().width)
    const before = await seatWidth()
    await touch('touchStart', [middle - 20, line], [middle + 20, line])
    for (let apart = 20; apart <= 80; apart += 10)
        await touch('touchMove', [middle - apart, line], [middle + apart, line])
    await touch('touchEnd')
    await page.waitForFunction(
        before => document.querySelector('[role=gridcell]').getBoundingClientRect().width > before * 2,
        before
    )
    assert.equal(await page.locator('[aria-selected=true]').count(), 0)
    await page.touchscreen.tap(middle, line)
    await page.touchscreen.tap(middle, line)
    await button(page, /^Hold these seats/).waitFor()
})

test('while it moves it is drawn with fewer dots, and at rest with all and with what changed meanwhile', async t => {
    const round = await makeHall(blocks())
    const page = await openHall(t, round, { deviceScaleFactor: 2 })
    await cell(page, 'A-1-1').focus()
    await shows(page, 'A-1-1', free[0])
    const dots = () =>
        page.locator('.hall canvas').evaluate(({ width, height, clientWidth, clientHeight }) => [width / clientWidth, height / clientHeight])
    assert.deepEqual(await dots(), [2, 2])
    await page.clock.install()
    await stopClock(page)
    await page.locator('.hall canvas').dispatchEvent('wheel', { deltaY: -1, clientX: 0, clientY: 0 })
    await page.clock.runFor(50)
    assert.deepEqual(await dots(), [1, 1])
    await takeSeats(round, 0)
    await page.waitForFunction(() => /held by somebody$/.test(document.querySelector('[role=gridcell]').getAttribute('aria-label')))
    await page.clock.runFor(120)
    assert.deepEqual(await dots(), [2, 2])
    await shows(page, 'A-1-1', paper)
})

test('a large hall is the same at rest and while it moves', async t => {
    const round = await makeRound(organizer, concert, { rows: 60, seatsPerRow: 80 })
    await takeSeats(round, 1)
    const page = await openHall(t, round, { deviceScaleFactor: 2 })
    // So many seats to the right of the first one: the colour in their middles.
    const colours = places =>
        cell(page, 'A-1-1').evaluate((seat, places) => {
            const canvas = document.querySelector('.hall canvas')
            const frame = canvas.getBoundingClientRect()
            const box = seat.getBoundingClientRect()
            const ratio = canvas.width / frame.width
            const y = (box.top + box.height / 2 - frame.top) * ratio
            return places.map(place => {
                const x = (box.left + box.width / 2 - frame.left + place * box.width) * ratio
                const [red, green, blue] = canvas.getContext('2d').getImageData(x, y, 1, 1).data
                return `#${[red, green, blue].map(part => part.toString(16).padStart(2, '0')).join('')}`
            })
        }, places)
    const shown = async () => String(await colours([0, 1, 2, 0.5]))
    const all = String([free[0], taken, free[0], paper])
    await until('the seats and what is between them', async () => (await shown()) === all)
    await page.clock.install()
    await stopClock(page)
    await page.locator('.hall canvas').dispatchEvent('wheel', { deltaY: -0.01, clientX: 0, clientY: 0 })
    await page.clock.runFor(50)
    assert.equal(await shown(), all)
})
