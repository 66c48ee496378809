// The desk: the figures of a sale as it goes, and how people are let in, for who may see and change it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { Events } from '../api/support/events.mjs'
import { House, passwordOf } from '../api/support/house.mjs'
import {
    admitted,
    buyer,
    buyers,
    charge,
    hold,
    invited,
    makeConcert,
    makeRound,
    pay,
    seatsOf,
    signIn,
} from '../api/support/people.mjs'
import { button, link, openPage, says, stopClock, streamOf } from './support/browser.mjs'
import { openDoor } from './support/door.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

async function openHouse(t, settings = {}) {
    const house = await House.open(settings, { organizers: [BOSS] })
    t?.after(() => house.close())
    const organizer = await signIn(house, BOSS)
    const round = await makeRound(organizer, await makeConcert(organizer))
    return { house, organizer, round }
}

let shared
before(async () => (shared = await openHouse()))
after(() => shared.house.close())

async function openDesk(t, house, path = '/desk', email = BOSS) {
    const page = await openPage(t, house)
    await signInAs(page, email)
    const stream = streamOf(page)
    await page.goto(path)
    await stream
    return page
}

// Until the figure of that name says so.
const figure = (page, name, text) =>
    page.locator('.figures > div').filter({ hasText: name }).locator('dd').getByText(text, { exact: true }).waitFor()

let others = 0

async function holdSeats(house, round, ...places) {
    const person = await buyer(house, `other${++others}`, 100_000)
    await admitted(person)
    const seats = await seatsOf(person, round)
    return { person, held: ok(await hold(person, round, ...places.map(place => seats[place])), 201) }
}

async function buySeats(house, round, ...places) {
    const { person, held } = await holdSeats(house, round, ...places)
    ok(await pay(person, held), 201)
    return { person, held }
}

test('the figures follow a sale without asking', async t => {
    const { house, organizer, round } = await openHouse(t)
    const page = await openDesk(t, house)
    await figure(page, 'Sold', '0 of 30')
    await page.route('**/v1/stats**', route => route.abort())
    const { person, held } = await holdSeats(house, round, 0, 1)
    await figure(page, 'Held', '2')
    await figure(page, 'Inside', '1 of 1,000')
    ok(await pay(person, held), 201)
    await figure(page, 'Sold', '2 of 30')
    await figure(page, 'Revenue', '200 points')
    await figure(page, 'Held', '0')
    await page.getByText(/: seats sold 2, people let in 1, holds made 1/).waitFor()
    ok(await organizer.post(`/v1/reservations/${held.id}/cancel`))
    await figure(page, 'Sold', '0 of 30')
    await figure(page, 'Revenue', '0 points')
})

test('what happened before is drawn, over ten minutes, an hour or two', async t => {
    const { house, round } = await openHouse(t)
    await buySeats(house, round, 0, 1, 2)
    const page = await openDesk(t, house)
    await figure(page, 'Sold', '3 of 30')
    await page.getByText(/: seats sold 3/).waitFor()
    assert.ok(await page.locator('.drawing canvas').evaluate(canvas => canvas.width > 0))
    for (const [chosen, other] of [['One hour', 'Ten minutes'], ['Two hours', 'One hour']]) {
        await button(page, chosen).click()
        assert.equal(await button(page, chosen).getAttribute('aria-pressed'), 'true')
        assert.equal(await button(page, other).getAttribute('aria-pressed'), 'false')
        await page.getByText(/: seats sold 3/).waitFor()
    }
})

test('a desk that is refused a stream asks instead', async t => {
    const { house, round } = await openHouse(t, { streams: 1 })
    const only = await Events.open(house.anybody)
    t.after(() => only.close())
    const page = await openDesk(t, house)
    await figure(page, 'Sold', '0 of 30')
    await buySeats(house, round, 0)
    await figure(page, 'Sold', '1 of 30')
    await page.getByText(/: seats sold 1/).waitFor()
})

test('a desk whose server is killed says how old its figures are, and goes on with the next', async t => {
    const { house, round } = await openHouse(t)
    await buySeats(house, round, 0)
    const page = await openDesk(t, await openDoor(t, house))
    await figure(page, 'Sold', '1 of 30')
    await house.end('SIGKILL')
    await says(page, 'You’re offline')
    await page.getByText('As of ').waitFor()
    await figure(page, 'Sold', '1 of 30')
    await house.start()
    await page.getByText('As of ').waitFor({ state: 'detached' })
    await buySeats(house, round, 1)
    await figure(page, 'Sold', '2 of 30')
    await page.locator('.banner').waitFor({ state: 'detached' })
})

test('what limits a sale is said, as far as it is known', async t => {
    const { house, organizer, round } = await openHouse(t, { 'max-active': 1 })
    const page = await openDesk(t, house)
    await figure(page, 'Waiting', '0')
    assert.equal(await page.locator('.why').count(), 0)
    const [inside, waiting] = await buyers(house, 'inside', 'waiting')
    await admitted(inside)
    ok(await waiting.post('/v1/queue/tokens'), 201)
    await says(page, 'What limits us: as many are inside as may be.')
    const seats = (await seatsOf(organizer, round)).map(({ id }) => id)
    ok(await organizer.post(`/v1/rounds/${round.id}/seats/block`, { seatIds: seats }))
    await says(page, 'What limits us: every seat is sold or held.')
})

const statusOf = async house => ok(await house.anybody.get('/v1/queue')).status

test('pausing and resuming take a second of the mouse or a key, and Escape undoes', async t => {
    const { house } = await openHouse(t)
    const page = await openPage(t, house)
    await signInAs(page, BOSS)
    await page.clock.install()
    await page.goto('/desk/line')
    await says(page, 'People are let in.')
    await stopClock(page)

    await button(page, 'Pause').hover()
    await page.mouse.down()
    await page.clock.runFor(900)
    await page.mouse.up()
    await page.clock.runFor(1000)
    assert.equal(await statusOf(house), 'open')
    await button(page, 'Pause').hover()
    await page.mouse.down()
    await page.clock.runFor(1000)
    await page.mouse.up()
    await says(page, 'Paused: nobody is let in.')
    assert.equal(await statusOf(house), 'paused')
    await button(page, 'Undo').waitFor()
    await page.clock.runFor(5000)
    await button(page, 'Undo').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    assert.equal(await statusOf(house), 'paused')

    await button(page, 'Resume').focus()
    for (const key of ['Enter', ' ']) {
        await page.keyboard.down(key)
        await page.clock.runFor(500)
        await page.keyboard.up(key)
        await page.clock.runFor(1000)
        assert.equal(await statusOf(house), 'paused')
    }
    await page.keyboard.down('Enter')
    await page.clock.runFor(1000)
    await page.keyboard.up('Enter')
    await says(page, 'People are let in.')
    assert.equal(await statusOf(house), 'open')
    await page.keyboard.press('Escape')
    await says(page, 'Paused: nobody is let in.')
    assert.equal(await statusOf(house), 'paused')
    // Keys alone found all of it, and are still at the button.
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pause')
})

test('a click that no hand makes counts at once', async t => {
    const { house } = await openHouse(t)
    const page = await openDesk(t, house, '/desk/line')
    await button(page, 'Pause').dispatchEvent('click', { detail: 0 })
    await says(page, 'Paused: nobody is let in.')
    assert.equal(await statusOf(house), 'paused')
})

const rate = page => page.getByLabel('Let in a second')
const inside = page => page.getByLabel('Inside at once, at most')
const save = page => button(page, 'Save')
const isOff = async place => (await place.getAttribute('aria-disabled')) === 'true'

test('what is to be changed is forecast, then saved', async t => {
    const { house, organizer } = await openHouse(t, { 'max-active': 1 })
    const people = await buyers(house, 'a', 'b', 'c')
    await admitted(people[0])
    for (const person of people.slice(1)) ok(await person.post('/v1/queue/tokens'), 201)
    const page = await openDesk(t, house, '/desk/line')
    await inside(page).waitFor()
    assert.equal(await inside(page).inputValue(), '1')
    assert.ok(await isOff(save(page)))

    await inside(page).fill('none')
    await page.getByText('A whole number from 1 to 1,000,000.').waitFor()
    assert.ok(await isOff(save(page)))
    await inside(page).fill('5')
    await says(page, /^At 1,000 a second and 5 inside, the last in line gets in .* instead of /)
    assert.equal(ok(await organizer.get('/v1/queue')).maxActive, 1)

    // Somebody else is faster: what was typed stays, and is forecast anew.
    ok(await organizer.patch('/v1/queue', { admitPerSecond: 40 }))
    await says(page, 'Somebody changed this meanwhile: now 40 a second, 1 inside at most.')
    await says(page, /^At 40 a second and 5 inside/)
    assert.equal(await rate(page).inputValue(), '40')
    await page.keyboard.press('Enter')
    await says(page, 'Saved.')
    const { admitPerSecond, maxActive } = ok(await organizer.get('/v1/queue'))
    assert.deepEqual([admitPerSecond, maxActive], [40, 5])

    // The line is empty now: nothing to forecast, and so it is said.
    await rate(page).fill('50')
    await says(page, 'Nobody waits: this counts for those who come.')
    await button(page, 'Leave it as it is').click()
    assert.equal(await rate(page).inputValue(), '40')
})

test('nothing is saved before its forecast was shown', async t => {
    const { house, organizer } = await openHouse(t)
    const page = await openDesk(t, house, '/desk/line')
    await inside(page).waitFor()
    await page.route('**/v1/queue/forecast', route => route.abort())
    await inside(page).fill('7')
    await page.keyboard.press('Enter')
    await page.locator('[aria-live=polite]').getByText('The forecast comes first.').waitFor()
    assert.equal(ok(await organizer.get('/v1/queue')).maxActive, 1000)
})

test('staff see and change what their scopes allow', async t => {
    const { house, organizer } = await openHouse(t)
    const looks = await invited(organizer, 'looks', ['stats'])
    const changes = await invited(organizer, 'changes', ['stats', 'queue:write'])
    const looking = await openDesk(t, house, '/desk/line', looks.user.email)
    await says(looking, 'You may look at this, and not change it: ask an organizer.')
    assert.equal(await button(looking, 'Pause').count(), 0)
    const changing = await openDesk(t, house, '/desk/line', changes.user.email)
    await button(changing, 'Pause').waitFor()
    // Who may not any more is told so when they try.
    ok(await organizer.patch(`/v1/staff/${changes.user.id}`, { scopes: ['stats'] }))
    await button(changing, 'Pause').dispatchEvent('click', { detail: 0 })
    await says(changing, 'You may look at this, and not change it: ask an organizer.')
    assert.equal(await statusOf(house), 'open')
    ok(await organizer.patch(`/v1/staff/${changes.user.id}`, { scopes: ['read'] }))
    await changing.reload()
    await says(changing, 'This is for organizers, and for staff who may do this.')
})

test('staff who may change the line and see no counts use what needs no more', async t => {
    const { house, organizer } = await openHouse(t)
    const { user } = await invited(organizer, 'door', ['queue:write'])
    const page = await openPage(t, house)
    await signInAs(page, user.email)
    const refusals = []
    page.on('response', answer => answer.status() === 403 && refusals.push(answer.url()))
    await page.goto('/')
    await link(page, 'Desk').click()
    await page.waitForURL('**/desk/line')
    assert.equal(await link(page, 'Live').count(), 0)
    await button(page, 'Pause').dispatchEvent('click', { detail: 0 })
    await says(page, 'Paused: nobody is let in.')
    // Somebody else's hand is seen, too.
    ok(await organizer.patch('/v1/queue', { paused: false }))
    await says(page, 'People are let in.')
    await says(page, 'A forecast is shown to staff who may see counts.')
    await inside(page).fill('7')
    await page.keyboard.press('Enter')
    await says(page, 'Saved.')
    assert.equal(ok(await organizer.get('/v1/queue')).maxActive, 7)
    // The desk itself leads to what they may see.
    await page.goto('/desk')
    await page.waitForURL('**/desk/line')
    await page.getByRole('link', { name: 'Line', exact: true }).waitFor()
    assert.deepEqual(refusals, [])
})

test('a buyer is told that the desk is not for buyers, and asks for nothing of it', async t => {
    await buyer(shared.house, 'ann')
    const page = await openPage(t, shared.house)
    await signInAs(page, 'ann@example.com')
    const asked = []
    page.on('request', request => asked.push(request.url()))
    for (const path of ['/desk', '/desk/line']) {
        await page.goto(path)
        await says(page, 'You’re signed in as ann.')
        assert.equal(await page.locator('main a, main button').count(), 0)
    }
    assert.deepEqual(asked.filter(url => /events|stats|forecast/.test(url)), [])
    await page.goto('/')
    await link(page, 'Account').waitFor()
    assert.equal(await link(page, 'Desk').count(), 0)
})

test('a stranger signs in and comes back; an organizer finds the desk from the shop', async t => {
    const page = await openPage(t, shared.house)
    await page.goto('/desk/line')
    await page.waitForURL('**/sign-in?to=%2Fdesk%2Fline')
    await page.getByLabel('E-mail').fill(BOSS)
    await page.getByLabel('Password').fill(passwordOf(BOSS))
    await page.locator('form button').click()
    await page.waitForURL('**/desk/line')
    await button(page, 'Pause').waitFor()
    await link(page, 'Live').click()
    await page.waitForURL('**/desk')
    await figure(page, 'Waiting', '0')
    await page.goto('/')
    await link(page, 'Desk').click()
    await page.waitForURL('**/desk')
    // A session that ends while one looks: one signs in again.
    await page.request.delete('/v1/sessions/current', { headers: { 'Sec-Fetch-Site': 'same-origin' } })
    await page.waitForURL('**/sign-in?to=%2Fdesk')
})
