// A sale rehearsed at the desk: from the set-up of a concert, with a bar, and what was found in words
// and pictures.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { invited, makeConcert, makeRound, signIn } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

// As many people as may come, half a day long, of whom few are let in: seconds of work.
const large = {
    Seats: 100_000, 'People who come': 200_000, 'They come within so many seconds': 43_200,
    'Seconds that they wait before they give up (0: for ever)': 0, 'Let in a second': 2,
}

let house, organizer
before(async () => {
    house = await House.open({}, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
})
after(() => house.close())

async function openAt(t, path, { email = BOSS, ...options } = {}) {
    const page = await openPage(t, house, options)
    await signInAs(page, email)
    await page.goto(path)
    return page
}

const newest = async () => ok(await organizer.get('/v1/rehearsals')).items[0]

// The rehearsals of another test are over.
const idle = () => until('none is running', async () => (await newest())?.status !== 'running')

const fill = async (page, values) => {
    for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(String(value))
}

test("a date's seats, from the set-up of its concert, by keyboard alone", async t => {
    const concert = await makeConcert(organizer, { title: 'Winterreise', status: 'draft' })
    await makeRound(organizer, concert, { rows: 4, seatsPerRow: 10 })
    const page = await openAt(t, `/desk/concerts/${concert.id}`)
    await link(page, /^Rehearse /).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/desk/rehearsal?round=round_*')
    await page.locator('#round').waitFor()
    assert.match(await page.locator('#round option:checked').innerText(), /^Winterreise, .*: 40 seats$/)
    assert.equal(await page.getByLabel('Seats', { exact: true }).count(), 0)
    await fill(page, { 'People who come': 300, 'Let in a second': 2, 'Inside at once, at most': 10 })
    await page.getByText('What the people are like').focus()
    await page.keyboard.press('Enter')
    await fill(page, { 'Of 100 who hold seats: do not pay': 0 })
    await page.keyboard.press('Enter')
    await says(page, 'Sold out after ')
    await says(page, 'People: 300; seats: 40. Let in a second: 2; inside at most: 10.')
    await says(page, /What kept it from going faster, \d+ % of the time: how many may be inside at once\./)
    await says(page, /Of \d+ people who were let in, half waited up to \d+:\d\d,/)
    await says(page, /Inside: \d+ on average, 10 at most; 10 are allowed\./)
    await says(page, 'No seat was sold twice.')
    await says(page, /At most: \d+ people waiting, 10 inside, \d+ seats held, 40 sold\./)
    await page.locator('li', { hasText: 'Bought' }).getByText('20', { exact: true }).waitFor()
    assert.equal(await page.locator('.drawing canvas').count(), 2)
    const shown = await newest()
    assert.deepEqual([shown.buyers, shown.seats, shown.rush, shown.unpaidPercent], [300, 40, true, 0])
    // Nothing became of the seats.
    assert.equal(ok(await organizer.get(`/v1/rounds/${shown.roundId}/sales`)).available, 40)
    // It is still there for who comes back.
    await page.goto('/desk/rehearsal')
    await says(page, 'Sold out after ')
})

test('a number of seats; those that were rehearsed before stay to be looked at', async t => {
    await idle()
    const page = await openAt(t, '/desk/rehearsal')
    await page.locator('#round').waitFor()
    await fill(page, { Seats: 1000, 'People who come': 5, 'They come within so many seconds': 0 })
    await button(page, 'Begin').click()
    await says(page, 'Not sold out: 10 of 1,000 seats were sold when it ended after ')
    await fill(page, { Seats: 3, 'People who come': 1 })
    await button(page, 'Begin').click()
    await says(page, 'People: 1; seats: 3.')
    await says(page, 'One person was let in, after 0:0')
    await page.locator('#others ~ .cards button').first().click()
    await says(page, 'Not sold out: 10 of 1,000 seats were sold when it ended after ')
})

test('a bar while it runs, and an end to it', async t => {
    await idle()
    const page = await openAt(t, '/desk/rehearsal')
    await page.locator('#round').waitFor()
    await fill(page, large)
    await button(page, 'Begin').click()
    const bar = page.getByRole('progressbar')
    await bar.waitFor()
    assert.equal(await bar.getAttribute('max'), '100')
    const { id } = await newest()
    // Another is refused until it is over.
    await button(page, 'Begin').click()
    await says(page, 'Another sale is being rehearsed.')
    await button(page, 'Cancel this rehearsal').click()
    await says(page, 'It was cancelled.')
    assert.equal(ok(await organizer.get(`/v1/rehearsals/${id}`)).status, 'cancelled')
})

test('a field that is refused says so, and what was typed stays', async t => {
    await idle()
    const page = await openAt(t, '/desk/rehearsal')
    await page.locator('#round').waitFor()
    await page.locator('form').evaluate(form => (form.noValidate = true))
    await fill(page, { 'People who come': 200_001, Seats: 77 })
    await button(page, 'Begin').click()
    await page.locator('#buyers-error').waitFor()
    assert.equal(await page.getByLabel('Seats', { exact: true }).inputValue(), '77')
})

test('in Korean', async t => {
    await idle()
    const page = await openAt(t, '/desk/rehearsal', { locale: 'ko-KR' })
    await fill(page, { '좌석 수': 10, '오는 사람 수': 50 })
    await button(page, '시작').click()
    await says(page, / 만에 매진되었습니다\./)
    await says(page, '두 번 팔린 좌석은 없습니다.')
})

test('is for who may see counts', async t => {
    const { user } = await invited(organizer, 'reader', ['read'])
    const page = await openAt(t, '/desk/rehearsal', { email: user.email })
    await says(page, 'This is for organizers, and for staff who may do this.')
    assert.equal(await link(page, 'Rehearsal').count(), 0)
})
