// The desk's bookings: found, looked at step by step, and ended by the house.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House, passwordOf } from '../api/support/house.mjs'
import { admitted, balance, buyer, buyers, hold, invited, leave, makeConcert, makeRound, pay, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer, ann, bob, bought, held
before(async () => {
    house = await House.open({}, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
    const round = await makeRound(organizer, await makeConcert(organizer, { title: 'Winter Songs' }))
    ;[ann, bob] = [await buyer(house, 'ann', 1000), await buyer(house, 'bob', 0)]
    const seats = await seatsOf(ann, round)
    await admitted(ann)
    bought = ok(await hold(ann, round, seats[0], seats[1]), 201)
    ok(await pay(ann, bought), 201)
    await admitted(bob)
    held = ok(await hold(bob, round, seats[5]), 201)
})
after(() => house.close())

async function openOrders(t, path = '/desk/orders', email = BOSS, options = {}) {
    const page = await openPage(t, house, options)
    await signInAs(page, email)
    await page.goto(path)
    return page
}

const rows = page => page.locator('.cards > li')

test('bookings are listed, the newest first, and found by a part of what they have', async t => {
    const page = await openOrders(t)
    await says(page, '2 bookings')
    assert.deepEqual(await rows(page).locator('a').allTextContents(), ['A-1-6, bob', 'A-1-1, A-1-2, ann'])
    await says(page, 'Winter Songs')
    const search = page.getByLabel('Name, e-mail, seat or number')
    for (const [text, found] of [['ANN@', 'ann'], ['a-1-6', 'bob'], [bought.id, 'ann']]) {
        await search.fill(text)
        await page.keyboard.press('Enter')
        await page.waitForURL(url => url.searchParams.get('q') === text)
        await says(page, 'One booking')
        await link(page, new RegExp(`, ${found}$`)).waitFor()
        assert.equal(await search.inputValue(), text)
    }
    await page.getByLabel('State').selectOption('Cancelled')
    await button(page, 'Search').click()
    await says(page, 'There is none.')
    // Going back finds again what was found.
    await page.goBack()
    await link(page, /, ann$/).waitFor()
})

test('a page of bookings of many people is one question, and names them all', async t => {
    const concert = await makeConcert(organizer, { title: 'Spring Songs' })
    const round = await makeRound(organizer, concert)
    const people = await buyers(house, 'cho', 'dan', 'eve', 'fay', 'gil', 'hal')
    for (const [i, person] of people.entries()) {
        await admitted(person)
        const [seat] = (await seatsOf(person, round)).slice(i)
        ok(await hold(person, round, seat), 201)
    }
    const page = await openPage(t, house, {})
    await signInAs(page, BOSS)
    const [putOff, askedOf] = [[], []]
    page.on('response', answer => answer.status() === 429 && putOff.push(answer.url()))
    page.on('request', asked => asked.url().includes('/v1/users/user_') && askedOf.push(asked.url()))
    await page.goto('/desk/orders?q=A-1-')
    for (const name of ['cho', 'dan', 'eve', 'fay', 'gil', 'hal'])
        await link(page, new RegExp(`, ${name}$`)).waitFor()
    assert.deepEqual([putOff, askedOf], [[], []])
    for (const person of people) await leave(person)
})

test('what happened to a booking is told step by step, and the house gives the points back', async t => {
    const page = await openOrders(t)
    await link(page, /, ann$/).click()
    await page.waitForURL(`**/desk/orders/${bought.id}`)
    await says(page, 'ann · ann@example.com')
    const steps = () => page.locator('ol.rows > li').evaluateAll(all => all.map(one => one.children[1].textContent))
    await says(page, 'Joined the line')
    assert.deepEqual(await steps(), ['Joined the line', 'Was let in', 'Held the seats', 'Paid'])
    await button(page, 'Cancel and give 200 points back').focus()
    await page.keyboard.press('Enter')
    await says(page, 'Cancel this booking and give 200 points back?')
    await button(page, 'Yes, give back').focus()
    await page.keyboard.press('Enter')
    await page.locator('#status:focus').getByText('Cancelled').waitFor()
    assert.equal(await balance(ann), 1000)
    assert.deepEqual((await steps()).slice(-1), ['Got the points back'])
    await says(page, 'by the house')
    assert.equal(await button(page, /^Cancel and give/).count(), 0)
})

test('a hold is ended by the house', async t => {
    const page = await openOrders(t, `/desk/orders/${held.id}`)
    await button(page, 'End this hold').click()
    await button(page, 'Yes, end it').click()
    await page.locator('#status:focus').getByText('Cancelled').waitFor()
    assert.equal(ok(await bob.get(`/v1/reservations/${held.id}`)).cancelReason, 'organizer')
})

test('the booking of an erased account says so in the place of its name', async t => {
    const body = { currentPassword: passwordOf('bob@example.com') }
    ok(await bob.request('DELETE', '/v1/users/me', { body }), 204)
    const page = await openOrders(t)
    await link(page, 'A-1-6, Somebody whose account was erased').click()
    await says(page, 'Somebody whose account was erased')
    await says(page, 'What happened')
})

test('older ones come page by page', async t => {
    const other = await House.open({ 'max-seats-per-user': 100 }, { organizers: [BOSS] })
    t.after(() => other.close())
    const boss = await signIn(other, BOSS)
    const round = await makeRound(boss, await makeConcert(boss))
    const zoe = await buyer(other, 'zoe')
    const seats = await seatsOf(zoe, round)
    for (const seat of seats.slice(0, 25)) {
        await admitted(zoe)
        ok(await hold(zoe, round, seat), 201)
        await leave(zoe)
    }
    const page = await openPage(t, other)
    await signInAs(page, BOSS)
    await page.goto('/desk/orders')
    await says(page, '20 bookings')
    await button(page, 'Look at older ones').click()
    await says(page, '25 bookings')
    assert.equal(await rows(page).count(), 25)
    assert.equal(await button(page, 'Look at older ones').count(), 0)
})

test('who may look and not refund does not see how; who may do neither sees nothing', async t => {
    const reader = await invited(organizer, 'reader', ['read'])
    const page = await openOrders(t, `/desk/orders/${bought.id}`, reader.user.email)
    await says(page, 'What happened')
    assert.equal(await button(page, /give .* back|End this hold/).count(), 0)
    const counter = await invited(organizer, 'counter', ['stats'])
    const other = await openOrders(t, '/desk/orders', counter.user.email)
    await says(other, 'This is for organizers, and for staff who may do this.')
    assert.equal(await link(other, 'Bookings').count(), 0)
    await page.goto('/desk/orders/reservation_01h455vb4pex5vsknk084sn02q')
    await says(page, 'There is no such page')
})

test('in Korean', async t => {
    const page = await openOrders(t, `/desk/orders/${bought.id}`, BOSS, { locale: 'ko-KR' })
    await says(page, '처리 내역')
    await says(page, '결제')
})
