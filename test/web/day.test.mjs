// The day of a sale at the desk: what the line is told, from when on it may be joined, more time after a
// disturbance, and dates that are moved, paused and cancelled, each told before it is done.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { admitted, buy, buyer, hold, invited, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer
before(async () => {
    house = await House.open({ 'time-zone': 'Asia/Seoul' }, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
})
after(() => house.close())

async function openAt(t, path, options = {}, email = BOSS) {
    const page = await openPage(t, house, options)
    await signInAs(page, email)
    await page.goto(path)
    return page
}

const line = async () => ok(await house.anybody.get('/v1/queue'))
const form = (page, name) => page.getByRole('form', { name })

test('the line is told something, then something else, then nothing more', async t => {
    const page = await openAt(t, '/desk/line')
    const notice = form(page, 'What everybody in line is told')
    await says(page, 'Nothing is told now.')
    await notice.getByLabel('In Korean').fill('30분 늦습니다.')
    await notice.getByLabel('In English').fill('Half an hour late.')
    await notice.getByLabel('A warning').check()
    await page.keyboard.press('Tab')
    await page.locator('#until').fill('2099-06-01T20:00')
    await page.keyboard.press('Enter')
    await page.locator('dd').getByText('Half an hour late.').waitFor()
    await says(page, /^A warning\. It is told until .*2099/)
    const texts = { ko: '30분 늦습니다.', en: 'Half an hour late.' }
    assert.deepEqual((await line()).notice, { texts, level: 'warning', until: '2099-06-01T11:00:00.000Z' })

    await notice.getByLabel('In English').fill('An hour late.')
    await page.locator('#until').fill('2020-06-01T20:00')
    await button(page, 'Tell this instead').click()
    await page.locator('#until-error').waitFor()
    await page.locator('#until').fill('')
    await button(page, 'Tell this instead').click()
    await says(page, /^A warning\. It is told until it is taken back\.$/)
    assert.deepEqual((await line()).notice, { texts: { ...texts, en: 'An hour late.' }, level: 'warning', until: null })

    await button(page, 'Take it back').click()
    await button(page, 'Yes, take it back').click()
    await page.locator('#notice:focus').waitFor()
    await says(page, 'Nothing is told now.')
    assert.equal((await line()).notice, null)
})

test('joining the line opens at a time, which is lifted again', async t => {
    const concert = await makeConcert(organizer, { title: 'Later', status: 'draft' })
    const page = await openAt(t, `/desk/concerts/${concert.id}`)
    await says(page, 'People may join the line at any time.')
    await page.locator('#joinOpensAt').fill('2099-06-01T20:00')
    await page.keyboard.press('Enter')
    await says(page, /^People may join the line from .*2099/)
    assert.equal((await line()).joinOpensAt, '2099-06-01T11:00:00.000Z')
    await page.goto('/desk/line')
    await says(page, /^People may join the line from .*2099/)
    assert.equal(await page.locator('#joinOpensAt').inputValue(), '2099-06-01T20:00')
    await page.locator('#joinOpensAt').fill('')
    await button(page, 'Set when joining opens').click()
    await says(page, 'People may join the line at any time.')
    assert.equal((await line()).joinOpensAt, null)
})

// A date of which ann bought two seats and bob holds one.
let concerts = 0
async function openSale() {
    const number = ++concerts
    const concert = await makeConcert(organizer, { title: `Sale ${number}` })
    const round = await makeRound(organizer, concert, { startTime: '2099-01-01T10:00:00.000Z' })
    const [ann, bob] = [await buyer(house, `ann${number}`, 1000), await buyer(house, `bob${number}`)]
    await buy(ann, round, ...(await seatsOf(ann, round)).slice(0, 2))
    await admitted(bob)
    ok(await hold(bob, round, (await seatsOf(bob, round))[2]), 201)
    const show = () => house.anybody.get(`/v1/rounds/${round.id}`).then(ok)
    return { concert, round, ann, bob, show, path: `/desk/concerts/${concert.id}` }
}

const opened = async (page, name) => {
    await page.locator('summary').filter({ hasText: name }).click()
    return page.locator('details[open]')
}

test('more time goes to who holds or is inside, once one has seen to whom', async t => {
    const { bob } = await openSale()
    const [before] = ok(await bob.get('/v1/reservations')).items
    const page = await openAt(t, '/desk/line')
    await page.locator('#addSeconds').fill('60')
    await page.locator('#note').fill('the lights went out')
    await page.keyboard.press('Enter')
    await page.locator('#add-time-sure:focus').getByText('60 seconds more?').waitFor()
    // Who types on is asked again.
    await page.locator('#addSeconds').fill('90')
    await button(page, 'Yes, add the time').waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await page.locator('#add-time-sure:focus').getByText('90 seconds more?').waitFor()
    await button(page, 'Yes, add the time').click()
    await page.locator('#added:focus').waitFor()
    await says(page, /^90 seconds more for 1 holds and \d turns\.$/)
    const [after] = ok(await bob.get('/v1/reservations')).items
    assert.equal(Date.parse(after.expiresAt) - Date.parse(before.expiresAt), 90_000)
})

test('a date is moved by keyboard, once one has seen what that means for who has seats', async t => {
    const { round, ann, show, path } = await openSale()
    const page = await openAt(t, path)
    await page.locator('summary').focus()
    await page.keyboard.press('Enter')
    const move = form(page, /^Move /)
    await move.getByLabel('New beginning').fill('2099-02-02T20:00')
    await move.getByLabel('Doors open').fill('2099-02-02T19:00')
    await move.getByLabel('Ends').fill('2099-02-02T22:00')
    await move.getByLabel('Free to cancel until').fill('2099-03-01T00:00')
    await move.getByLabel('In Korean').fill('태풍으로 미룹니다.')
    await move.getByLabel('In English').fill('A storm.')
    await page.keyboard.press('Enter')
    const told = page.locator(`#${round.id}-move-sure:focus`)
    await told.getByText(/^2 seats are sold\. .* until .*2099/).waitFor()
    await told.getByText(/^One seat is held now\./).waitFor()
    assert.equal((await show()).startTime, round.startTime)
    // What the house refuses is said at its field, and what was typed stays.
    await button(page, 'Yes, move it').click()
    await page.locator(`#${round.id}-move-freeCancelUntil-error`).waitFor()
    await move.getByLabel('Free to cancel until').fill('2099-02-01T00:00')
    await page.keyboard.press('Enter')
    await told.waitFor()
    await button(page, 'Yes, move it').focus()
    await page.keyboard.press('Enter')
    await page.locator(`#${round.id}-date:focus`).waitFor()
    await says(page, /It was to begin on .*2099/)
    const { startTime, doorsAt, endsAt, movedFrom } = await show()
    assert.deepEqual(
        [startTime, doorsAt, endsAt, movedFrom],
        ['2099-02-02T11:00:00.000Z', '2099-02-02T10:00:00.000Z', '2099-02-02T13:00:00.000Z', round.startTime]
    )
    const [{ reason, freeCancelUntil }] = ok(await ann.get('/v1/reservations')).items
    assert.deepEqual(reason.texts, { ko: '태풍으로 미룹니다.', en: 'A storm.' })
    assert.equal(freeCancelUntil, '2099-01-31T15:00:00.000Z')
})

test('doors and end are set, and its sale is paused and goes on', async t => {
    const { show, path } = await openSale()
    const page = await openAt(t, path)
    const day = await opened(page, 'Change')
    const times = form(page, /^Doors and end/)
    await times.getByLabel('Doors open').fill('2099-01-01T18:00')
    await times.getByLabel('Ends').fill('2099-01-01T17:00')
    await button(page, 'Save doors and end').click()
    await times.locator('.bad').waitFor()
    await times.getByLabel('Ends').fill('2099-01-01T22:00')
    await button(page, 'Save doors and end').click()
    await says(page, /^Doors open .* Ends /)
    const { doorsAt, endsAt } = await show()
    assert.deepEqual([doorsAt, endsAt], ['2099-01-01T09:00:00.000Z', '2099-01-01T13:00:00.000Z'])
    await day.getByRole('button', { name: 'Pause the sale' }).click()
    await day.getByRole('button', { name: 'Go on selling' }).click()
    await day.getByRole('button', { name: 'Pause the sale' }).waitFor()
    assert.equal((await show()).paused, false)
})

test('a date is cancelled with a reason, once one has seen what goes back', async t => {
    const { round, ann, show, path } = await openSale()
    const page = await openAt(t, path, { locale: 'ko-KR' })
    await opened(page, '변경')
    const cancel = form(page, /회차 취소$/)
    await cancel.getByLabel('한국어').fill('비가 옵니다.')
    await cancel.getByLabel('영어').fill('Rain.')
    await page.keyboard.press('Enter')
    const told = page.locator(`#${round.id}-cancel-sure:focus`)
    await told.getByText('판매된 좌석은 2석입니다.').waitFor()
    await told.getByText('모두 200포인트를 돌려드립니다.').waitFor()
    await button(page, '아니요').click()
    assert.equal((await show()).status, 'scheduled')
    await cancel.getByLabel('영어').press('Enter')
    await button(page, '예, 취소합니다').click()
    await says(page, '취소됨.')
    assert.equal((await show()).status, 'cancelled')
    assert.equal(await page.locator('summary').count(), 0)
    let now
    do [now] = ok(await ann.get('/v1/reservations')).items
    while (now.status === 'confirmed')
    assert.deepEqual([now.cancelReason, now.reason.texts.en], ['round_cancelled', 'Rain.'])
})

test('who may change the line or dates alone sees the one alone', async t => {
    const { path } = await openSale()
    const usher = await invited(organizer, 'usher', ['queue:write'])
    const page = await openAt(t, '/desk/line', {}, usher.user.email)
    await page.locator('#notice').waitFor()
    const stage = await invited(organizer, 'stage', ['catalogue:write'])
    const other = await openAt(t, path, {}, stage.user.email)
    await says(other, 'People are let in 1,000 a second')
    assert.equal(await other.locator('#joinOpensAt').count(), 0)
    await opened(other, 'Change')
    const cancel = form(other, /^Cancel /)
    await cancel.getByLabel('In Korean').fill('비')
    await cancel.getByLabel('In English').fill('Rain')
    await other.keyboard.press('Enter')
    await says(other, '2 seats are sold.')
    assert.equal(await other.getByText('In all').count(), 0)
})
