// The desk's pages on people's points, on reports, and on who did what: for who may see them, by
// keyboard, in both languages.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { balance, buy, buyers, charge, invited, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer, ann, round
before(async () => {
    house = await House.open({}, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
    round = await makeRound(organizer, await makeConcert(organizer, { title: 'Winter Songs' }))
    ;[ann] = await buyers(house, 'ann')
    await charge(ann, 1000)
    await buy(ann, round, ...(await seatsOf(ann, round)).slice(0, 2))
})
after(() => house.close())

async function openAs(t, path, email = BOSS, options = {}) {
    const page = await openPage(t, house, options)
    await signInAs(page, email)
    await page.goto(path)
    return page
}

const rows = page => page.locator('.cards > li')

test('somebody is found, and gets points by keyboard once the house has seen what comes of it', async t => {
    const page = await openAs(t, '/desk/accounts')
    await page.getByLabel('Name, e-mail or number').fill('ANN@')
    await page.keyboard.press('Enter')
    await says(page, 'One person')
    await link(page, 'ann').focus()
    await page.keyboard.press('Enter')
    await page.locator('#points-now').getByText('800 points').waitFor()
    await page.locator('#charges-amount').fill('500')
    await page.locator('#charges-reference').fill('case 7')
    await page.locator('#charges-reason').fill('paid at the till')
    await page.keyboard.press('Enter')
    await page.locator('#sure:focus').getByText('Give ann 500 points? The balance goes from 800 points to 1,300 points.').waitFor()
    assert.equal(await balance(ann), 800)
    await button(page, 'Yes, change the balance').focus()
    await page.keyboard.press('Enter')
    await page.locator('#points-now:focus').getByText('1,300 points').waitFor()
    assert.equal(await balance(ann), 1300)
    const [action] = ok(await organizer.get('/v1/actions?what=charged')).items
    assert.deepEqual([action.reason, action.old, action.new], ['paid at the till', 'balance=800', 'balance=1300'])
})

test('No changes nothing, and what can’t be is refused in words', async t => {
    const page = await openAs(t, `/desk/accounts/${ann.user.id}`)
    const fill = async amount => {
        await page.locator('#adjustments-amount').fill(amount)
        await page.locator('#adjustments-reference').fill('case 8')
        await page.locator('#adjustments-reason').fill('a mistake')
        await page.keyboard.press('Enter')
    }
    const before = await balance(ann)
    await fill('-5')
    await page.locator('#sure').getByText('Take 5 points from ann?').waitFor()
    await button(page, 'No').click()
    assert.equal(await balance(ann), before)
    await fill('-5000000')
    await button(page, 'Yes, change the balance').click()
    await says(page, 'The account has fewer points than that.')
    await button(page, 'No').click()
    await fill('-5')
    await button(page, 'Yes, change the balance').click()
    await page.locator('#points-now:focus').waitFor()
    assert.equal(await balance(ann), before - 5)
    await says(page, 'case 8 · a mistake')
})

test('who may look and not change sees no way to', async t => {
    const reader = await invited(organizer, 'reader', ['read'])
    const page = await openAs(t, `/desk/accounts/${ann.user.id}`, reader.user.email)
    await says(page, 'What changed the balance')
    assert.equal(await page.locator('#charges-amount, #adjustments-amount').count(), 0)
    assert.equal(await link(page, 'Who did what').count(), 0)
})

test('what a date has sold is shown in parts and taken as a file', async t => {
    const page = await openAs(t, '/desk/reports')
    await page.locator('table').waitFor()
    assert.deepEqual(await page.locator('tfoot td').allTextContents(), ['In all', '2', '200', '0', '200'])
    await page.getByLabel('In parts', { exact: true }).selectOption('By day')
    await button(page, 'Show').click()
    await page.waitForURL(url => url.searchParams.get('by') === 'day')
    await page.locator('thead').getByText('By day').waitFor()
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        link(page, 'Get it as a file (CSV)').click(),
    ])
    assert.match(await readFile(await download.path(), 'utf8'), /sold.*\r\n.*,2,200,0,200/s)
})

test('people’s data is taken as a file only with what it is for, which is written down', async t => {
    const page = await openAs(t, '/desk/reports')
    await page.getByLabel('Of what', { exact: true }).selectOption('Accounts')
    await page.getByLabel('What it is for').fill('the tax office')
    const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(page, 'Get it as a file (CSV)').click(),
    ])
    assert.match(await readFile(await download.path(), 'utf8'), /ann@example\.com/)
    const [action] = ok(await organizer.get('/v1/actions?what=exported')).items
    assert.deepEqual([action.query, action.reason], ['user', 'the tax office'])
})

test('who did what is found by who, what, whom and when', async t => {
    const gate = await invited(organizer, 'gate', ['points:charge', 'audit'])
    ok(await gate.post('/v1/points/charges', { userId: ann.user.id, amount: 7 }), 201)
    const page = await openAs(t, '/desk/actions')
    await says(page, 'gate: Added points')
    await page.getByLabel('By whom').selectOption('gate')
    await button(page, 'Search').click()
    await page.waitForURL(url => url.searchParams.get('actor') === gate.user.id)
    await says(page, 'One action')
    await says(page, /Before: balance=\d+/)
    await link(page, ann.user.id).waitFor()
    await page.getByLabel('What', { exact: true }).selectOption('Invited somebody')
    await button(page, 'Search').click()
    await says(page, 'There is none.')
    await page.goBack()
    await says(page, 'One action')
    await page.goto('/desk/actions?from=2099-01-01T00:00')
    await says(page, 'There is none.')
    assert.equal(await page.getByLabel('From').inputValue(), '2099-01-01T00:00')
    // Who may not see the staff sees ids.
    const own = await openAs(t, '/desk/actions', gate.user.email)
    await says(own, 'gate: Added points')
    await own.getByLabel('By whom').fill(organizer.user.id)
    await button(own, 'Search').click()
    await says(own, `${organizer.user.id}: Invited somebody`)
})

test('the desk leads to the first of its pages that one may see', async t => {
    for (const [name, scopes, path] of [
        ['clerk', ['read'], '/desk/orders'],
        ['auditor', ['audit'], '/desk/actions'],
        ['counter', ['stats'], '/desk'],
    ]) {
        const { user } = await invited(organizer, name, scopes)
        const page = await openAs(t, '/desk', user.email)
        await page.waitForURL(url => url.pathname === path)
        await page.locator('main h1').waitFor()
    }
    const page = await openAs(t, '/desk', 'ann@example.com')
    await says(page, 'This is for organizers, and for staff who may do this.')
})

test('in Korean', async t => {
    const page = await openAs(t, '/desk/actions', BOSS, { locale: 'ko-KR' })
    await says(page, '포인트 충전')
    await page.goto(`/desk/accounts/${ann.user.id}`)
    await says(page, '포인트 내역')
    await page.goto('/desk/reports')
    await says(page, '파일로 받기 (CSV)')
})
