// The house's seating plans at the desk: drawn, kept beside others who draw, and made into dates.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { invited, makeConcert, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { keptByBrowser } from './support/drafts.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer
before(async () => {
    house = await House.open({ 'time-zone': 'Asia/Seoul' }, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
})
after(() => house.close())

// One session for all: a person has only so many.
let signedIn

async function openAt(t, path) {
    const page = await openPage(t, house, signedIn === undefined ? {} : { storageState: signedIn })
    if (signedIn === undefined) await signInAs(page, BOSS)
    signedIn ??= await page.context().storageState()
    await page.goto(path)
    return page
}

// Two rows of a section, and one of places that nobody numbered or placed.
const hall = {
    format: 'usher-plan/1',
    scale: 10,
    prices: [{ grade: 'VIP', price: 99_000 }, { grade: 'R', price: null }],
    rows: [
        {
            section: 'A', row: '1', count: 4, firstNumber: 1, prices: [{ price: 0, count: 4 }],
            x: [-150, 100, 100, 100], y: [0, 0, 0, 0], accessible: [0],
        },
        {
            section: 'A', row: '2', count: 4, firstNumber: 1, prices: [{ price: 1, count: 4 }],
            x: [-150, 100, 100, 100], y: [130, 0, 0, 0],
        },
        { section: 'Standing', count: 3, prices: [{ price: 1, count: 3 }] },
    ],
}

const storedPlan = async (name, plan = hall) => ok(await organizer.post('/v1/plans', { name, plan }), 201)
const planOf = async id => ok(await organizer.get(`/v1/plans/${id}`))

let drawn = 0

async function openPlan(t, plan) {
    const { id } = await storedPlan(`Hall ${++drawn}`, plan)
    const page = await openAt(t, `/desk/plans/${id}`)
    await page.locator('#rows').waitFor()
    return { page, id }
}

const announced = (page, text) => page.locator('[aria-live=polite]').getByText(text).waitFor()
const row = (page, name) => page.locator('#rows option').filter({ hasText: name })
const choose = (page, ...places) =>
    page.locator('#rows').selectOption(places.map(index => ({ index })))

async function fill(page, field, value) {
    await page.locator(field).fill(value)
    await page.locator(field).press('Enter')
}

async function save(page) {
    await button(page, 'Save').click()
    await says(page, 'All is saved.')
}

// Where the chosen row stands, as its fields say.
const place = async page => [await page.locator('#row-x').inputValue(), await page.locator('#row-y').inputValue()]

test('plans are listed, made and removed', async t => {
    const { user } = await invited(organizer, 'stage', ['catalogue:write'])
    const page = await openPage(t, house)
    await signInAs(page, user.email)
    await page.goto('/desk/concerts')
    await link(page, 'Seating plans').click()
    await says(page, 'There are no seating plans yet.')
    await page.locator('#name').fill('Small hall')
    await page.locator('#rows').fill('3')
    await page.locator('#rowSeats').fill('5')
    await page.locator('#grade').fill('R')
    await button(page, 'Make the plan').click()
    await page.waitForURL('**/desk/plans/plan_*')
    await says(page, '3 rows, 15 seats')
    await page.goto('/desk/plans')
    await says(page, /^15 seats · changed /)
    await button(page, 'Remove Small hall').click()
    await button(page, 'Yes, remove').click()
    await page.locator('#plans:focus').waitFor()
    await says(page, 'There are no seating plans yet.')
    await page.goto('/desk/plans/plan_01h455vb4pex5vsknk084sn02q')
    await says(page, 'There is no such page')
})

test('who may not set up concerts sees no plans', async t => {
    const { user } = await invited(organizer, 'door', ['read'])
    const page = await openPage(t, house)
    await signInAs(page, user.email)
    await page.goto('/desk/plans')
    await says(page, /This is for organizers/)
    assert.equal(await link(page, 'Seating plans').count(), 0)
})

async function tabTo(page, selector) {
    for (let step = 0; step < 60; step++) {
        await page.keyboard.press('Tab')
        if ((await page.locator(`${selector}:focus`).count()) > 0) return
    }
    assert.fail(`${selector} was not reached by Tab`)
}

test('a plan is drawn by keyboard alone', async t => {
    const { page, id } = await openPlan(t)
    await tabTo(page, '#rows')
    // What is kept already is not sent again.
    await page.keyboard.press('Control+s')
    // The first row is chosen to begin with; a copy of it comes behind, with a label that is free.
    await page.keyboard.press('Control+d')
    await announced(page, 'One row duplicated.')
    await row(page, 'row 3').waitFor()
    await page.keyboard.press('Alt+ArrowUp')
    await announced(page, 'A, row 3: earlier.')
    await page.keyboard.press('Delete')
    await announced(page, 'A, row 3: removed.')
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    await announced(page, 'One step back.')
    await page.keyboard.press('Control+y')
    await announced(page, 'One step forward.')

    await tabTo(page, '#row-label')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('3a')
    // From a field that is left with Shift and Tab back to the hall.
    for (let step = 0; step < 40 && (await page.locator('#hall:focus').count()) === 0; step++) await page.keyboard.press('Shift+Tab')
    for (const key of ['ArrowRight', 'ArrowDown', 'Shift+ArrowDown', 'Control+d', 'Delete']) await page.keyboard.press(key)
    await announced(page, 'A, row 3b: removed.')
    await page.keyboard.press('Control+s')
    await says(page, 'All is saved.')
    const { version, plan } = await planOf(id)
    assert.equal(version, 2)
    assert.deepEqual(plan.rows.map(({ section, row: label }) => `${section} ${label}`), ['A 1', 'A 3a', 'A 2', 'Standing null'])
    // Half a seat to the right, and six tenths behind where the copy was put.
    const copy = plan.rows[1]
    assert.deepEqual([copy.x[0] / plan.scale, copy.y[0] / plan.scale], [-10, 32])
})

test('what a row is, field by field', async t => {
    const { page, id } = await openPlan(t)
    await fill(page, '#row-section', 'B')
    await fill(page, '#row-label', 'AA')
    await fill(page, '#row-count', '6')
    await page.locator('#row-numbering').selectOption('oddDown')
    await fill(page, '#row-first', '3')
    await fill(page, '#wheelSeats', '3, 11-13')
    await button(page, /^A seat beside each wheelchair place/).click()
    await fill(page, '#restrictedSeats', '99')
    await says(page, 'This row has no seat “99”.')
    await fill(page, '#restrictedSeats', '7')
    await page.locator('#some-grade').selectOption('R')
    await fill(page, '#some-seats', '3-5')
    await fill(page, '#row-spacing', '1.5')
    await fill(page, '#row-curve', '0.5')
    await fill(page, '#row-y', '-2')
    await fill(page, '#row-spacing', 'wide')
    await says(page, 'A number from 0.1 to 100.')
    await fill(page, '#row-spacing', '1.5')
    await save(page)
    const { plan } = await planOf(id)
    const [first] = plan.rows
    assert.deepEqual([first.section, first.row, first.count], ['B', 'AA', 6])
    assert.deepEqual(first.numbers, ['13', '11', '9', '7', '5', '3'])
    assert.deepEqual([first.accessible, first.companion, first.restrictedView], [[0, 1, 5], [2, 4], [3]])
    assert.deepEqual(first.prices.map(({ price, count }) => [plan.prices[price].grade, count]), [['VIP', 4], ['R', 2]])
    // An arc: as far to the left as to the right, and its ends half a seat nearer to the stage.
    const [x, y] = [first.x, first.y].map(steps => {
        let sum = 0
        return steps.map(step => (sum += step) / plan.scale / 10)
    })
    assert.ok(Math.abs(x[0] + x[5]) < 0.02 && Math.abs(x[5] - x[0] - 7.4) < 0.1, `${x}`)
    assert.ok(Math.abs(y[0] + 2) < 0.02 && Math.abs(y[2] + 1.52) < 0.05, `${y}`)
})

test('rows are chosen, moved and turned with the mouse', async t => {
    const { page } = await openPlan(t)
    const canvas = page.locator('.hall canvas')
    await canvas.scrollIntoViewIfNeeded()
    const { x, y, width, height } = await canvas.boundingBox()
    // The hall as it is fitted: a margin of 1.5 around the seats, and room for the stage above them.
    const [left, top, right, bottom] = [-3, -4.5, 3, 1.3 + 4.3 + 1.5]
    const scale = Math.min(width / (right - left), height / (bottom - top))
    const seat = (across, down) => [
        x + width / 2 + (across - (left + right) / 2) * scale,
        y + height / 2 + (down - (top + bottom) / 2) * scale,
    ]
    await page.mouse.click(...seat(0.5, 1.3))
    await page.locator('#fields-title').getByText('A, row 2').waitFor()
    assert.deepEqual(await place(page), ['0', '1.3'])
    await page.mouse.move(...seat(0.5, 1.3))
    await page.mouse.down()
    await page.mouse.move(...seat(1.5, 1.3), { steps: 4 })
    await page.mouse.move(...seat(2.5, 1.8), { steps: 4 })
    await page.mouse.up()
    await announced(page, 'A, row 2: moved.')
    assert.deepEqual(await place(page), ['2', '1.8'])
    await button(page, 'Undo (Ctrl+Z)').click()
    await page.waitForFunction(() => document.querySelector('#row-x').value === '0')
    await page.keyboard.down('Shift')
    await page.mouse.click(...seat(0.5, 0))
    await page.keyboard.up('Shift')
    await page.locator('#fields-title').getByText('2 rows').waitFor()
    await page.locator('#hall').focus()
    await page.keyboard.press(']')
    await announced(page, '2 rows: turned.')
    assert.equal(await page.locator('#row-angle').inputValue(), '5')
})

test('rows of a section together, classes, and an order', async t => {
    const { page, id } = await openPlan(t)
    await button(page, 'Choose the whole section').click()
    await page.locator('#fields-title').getByText('2 rows').waitFor()
    assert.equal(await page.locator('#row-grade').inputValue(), '')
    await page.locator('#row-grade').selectOption('R')
    await fill(page, '#row-count', '10')
    await choose(page, 1)
    await button(page, 'Earlier').click()
    await announced(page, 'A, row 2: earlier.')
    await fill(page, '#grade-1', 'VIP')
    await says(page, 'There is a class of that name.')
    await fill(page, '#grade-1', 'S')
    await fill(page, '#grade-price-1', '50000')
    await button(page, 'Add a class').click()
    await page.locator('#grade-2:focus').waitFor()
    await button(page, 'Remove VIP').click()
    await page.locator('#classes:focus').waitFor()
    await button(page, 'Add a row').click()
    await announced(page, 'A row is added.')
    await save(page)
    const { plan } = await planOf(id)
    assert.deepEqual(plan.prices, [{ grade: 'S', price: 50_000 }])
    assert.deepEqual(plan.rows.map(({ row: label, count }) => [label, count]), [['2', 10], ['1', 10], ['3', 10], [null, 3]])
})

test('what somebody else saved meanwhile is told, and nothing is lost', async t => {
    const { page, id } = await openPlan(t)
    await fill(page, '#row-label', 'mine')
    const theirs = { name: 'Theirs', plan: { ...hall, rows: hall.rows.slice(0, 1) } }
    ok(await organizer.request('PUT', `/v1/plans/${id}`, { body: theirs, headers: { 'if-match': '"1"' } }))
    await button(page, 'Save').click()
    await says(page, 'Somebody else saved this plan meanwhile')
    await button(page, 'Show theirs').click()
    await says(page, '1 rows, 4 seats')
    await says(page, 'All is saved.')
    await button(page, 'Undo (Ctrl+Z)').click()
    await row(page, 'row mine').waitFor()
    await save(page)
    assert.equal((await planOf(id)).plan.rows[0].row, 'mine')

    ok(await organizer.request('PUT', `/v1/plans/${id}`, { body: theirs, headers: { 'if-match': '*' } }))
    await fill(page, '#row-label', 'still mine')
    await button(page, 'Save').click()
    await button(page, 'Save mine as another plan').click()
    await page.waitForURL(url => !url.pathname.endsWith(id))
    await row(page, 'row still mine').waitFor()
    assert.equal((await planOf(id)).name, 'Theirs')

    const copy = new URL(page.url()).pathname.split('/').pop()
    await fill(page, '#row-label', 'over')
    ok(await organizer.request('PUT', `/v1/plans/${copy}`, { body: theirs, headers: { 'if-match': '*' } }))
    await button(page, 'Save').click()
    await button(page, 'Save mine over theirs').click()
    await says(page, 'All is saved.')
    assert.equal((await planOf(copy)).plan.rows[0].row, 'over')

    await fill(page, '#row-label', 'gone')
    ok(await organizer.delete(`/v1/plans/${copy}`), 204)
    await button(page, 'Save').click()
    await says(page, 'This plan was removed meanwhile')
    await button(page, 'Save mine as another plan').click()
    await page.waitForURL(url => !url.pathname.endsWith(copy))
    await row(page, 'row gone').waitFor()
})

test('a save whose answer is lost is no conflict with oneself', async t => {
    const { page, id } = await openPlan(t)
    await fill(page, '#row-curve', '0.37')
    let lost = 0
    await page.route('**/v1/plans/*', async route => {
        if (route.request().method() !== 'PUT' || lost++ > 0) return route.continue()
        await route.fetch()
        await route.abort()
    })
    await save(page)
    assert.equal((await planOf(id)).version, 2)
    assert.equal(lost, 2)
    await fill(page, '#row-label', 'next')
    await save(page)
    assert.equal((await planOf(id)).version, 3)
})

test('leaving asks while something is not saved', async t => {
    const { page } = await openPlan(t)
    await fill(page, '#row-label', 'lost')
    const asked = []
    page.on('dialog', async dialog => {
        asked.push(dialog.type())
        await dialog.dismiss()
    })
    await link(page, 'Seating plans').click({ noWaitAfter: true })
    await page.waitForFunction(() => true)
    assert.deepEqual(asked, ['beforeunload'])
    await row(page, 'row lost').waitFor()
    await save(page)
    await link(page, 'Seating plans').click()
    await page.waitForURL('**/desk/plans')
    assert.equal(asked.length, 1)
})

// Ends the window, as a crash does, without asking it, and opens the plan in another.
async function end(page, id) {
    const context = page.context()
    await page.close({ runBeforeUnload: false })
    const next = await context.newPage()
    await next.goto(`/desk/plans/${id}`)
    await next.locator('#rows').waitFor()
    return next
}

const unsaved = /^What you drew .* and did not save is here again/

test('what was drawn and not saved outlives a crash, until it is saved or thrown away', async t => {
    const { page, id } = await openPlan(t)
    await fill(page, '#row-label', 'mine')
    await keptByBrowser(page, id, 'mine')
    const second = await end(page, id)
    await says(second, unsaved)
    await row(second, 'row mine').waitFor()
    await says(second, 'Not saved yet.')
    // One step back is what is saved, and nothing is left to tell of.
    await button(second, 'Undo (Ctrl+Z)').click()
    await row(second, 'row 1').waitFor()
    assert.equal(await second.getByText(unsaved).count(), 0)
    await keptByBrowser(second, id, null)
    await button(second, 'Redo (Ctrl+Y)').click()
    await keptByBrowser(second, id, 'mine')
    const third = await end(second, id)
    await button(third, 'Throw it away').click()
    await third.locator('#rows:focus').waitFor()
    await announced(third, 'Thrown away: this is what is saved.')
    await says(third, 'All is saved.')
    await keptByBrowser(third, id, null)
    await fill(third, '#row-label', 'saved')
    await keptByBrowser(third, id, 'saved')
    await save(third)
    await keptByBrowser(third, id, null)
    const fourth = await end(third, id)
    await says(fourth, 'All is saved.')
    assert.equal(await fourth.getByText(unsaved).count(), 0)
    assert.equal((await planOf(id)).version, 2)
})

test('what was drawn on a plan that somebody changed before it was opened again is told, and nothing is lost', async t => {
    const { page, id } = await openPlan(t)
    await fill(page, '#row-label', 'mine')
    await keptByBrowser(page, id, 'mine')
    const theirs = { name: 'Theirs', plan: { ...hall, rows: hall.rows.slice(0, 1) } }
    ok(await organizer.request('PUT', `/v1/plans/${id}`, { body: theirs, headers: { 'if-match': '"1"' } }))
    const second = await end(page, id)
    await says(second, unsaved)
    await says(second, 'Somebody else saved this plan meanwhile')
    await row(second, 'row mine').waitFor()
    await button(second, 'Show theirs').click()
    await says(second, '1 rows, 4 seats')
    await says(second, 'All is saved.')
    await button(second, 'Undo (Ctrl+Z)').click()
    await save(second)
    assert.equal((await planOf(id)).plan.rows[0].row, 'mine')
    await keptByBrowser(second, id, null)
})

test('what is odd is told while it is drawn, with its rows', async t => {
    const { page, id } = await openPlan(t)
    await choose(page, 1)
    await fill(page, '#row-label', '1')
    await fill(page, '#row-y', '0.2')
    await says(page, 'Seats with the name of another: 4')
    await says(page, 'Seats drawn over another: 4')
    await choose(page, 2)
    await page.locator('#row-grade').selectOption({ label: 'No class' })
    await says(page, 'Seats with neither a class nor a price: 3')
    await button(page, 'Show A, row 1').first().click()
    await page.locator('#fields-title').getByText('A, row 1').waitFor()
    // Nothing of it keeps anybody from going on; two seats of one name are not kept.
    await button(page, 'Save').click()
    await says(page, 'It can’t be saved like this')
    await says(page, /^A, row 1: This has the section, row and number of A, row 1/)
    assert.equal((await planOf(id)).version, 1)
    await choose(page, 0)
    await fill(page, '#wheelSeats', '')
    await says(page, 'No seat can be used in a wheelchair.')
})

// As a spreadsheet gives it to the clipboard.
const table = rows => rows.map(cells => cells.join('\t')).join('\r\n')

async function paste(page, text, section = 'Balcony') {
    if (!(await page.locator('#sheet').isVisible())) await page.getByText('Paste a table that draws rows').click()
    await page.locator('#sheet-section').fill(section)
    await page.locator('#sheet').fill(text)
}

test('a table that was pasted becomes rows of a section', async t => {
    const { page, id } = await openPlan(t)
    await paste(page, table([['VIP', 'v*', '', 'R+', 'r'], ['', '', '', '', ''], ['R', 'R', 'R', 'R', 'S']]))
    await says(page, 'Line 3, column 5: there is no class “S”.')
    await page.getByLabel('Make classes of names that are not known yet').check()
    await says(page, '2 rows, 9 seats')
    await button(page, 'Add these rows').click()
    await page.locator('#rows:focus').waitFor()
    await announced(page, '2 rows with 9 seats are added.')
    await save(page)
    const { plan } = await planOf(id)
    const [first, second] = plan.rows.slice(3)
    const gradesOf = ({ prices }) => prices.flatMap(({ price, count }) => Array(count).fill(plan.prices[price].grade))
    assert.deepEqual([first.section, first.row, first.count, first.firstNumber], ['Balcony', '1', 4, 1])
    assert.deepEqual([gradesOf(first), gradesOf(second)], [['VIP', 'VIP', 'R', 'R'], ['R', 'R', 'R', 'R', 'S']])
    assert.deepEqual([first.accessible, first.companion], [[1], [2]])
    // As they stand in the table: a gap of one cell, and of one line.
    assert.deepEqual(first.x.slice(1).map(step => step / plan.scale), [10, 20, 10])
    const behind = (second.y[0] - first.y[0]) / plan.scale
    assert.ok(Math.abs(behind - 26) < 0.2, `${behind}`)
})

test('what is wrong with a pasted table is told by line and column', async t => {
    const { page } = await openPlan(t, { ...hall, prices: [{ grade: 'SR', price: 1 }, { grade: 'SS', price: 2 }] })
    for (const [text, ...words] of [
        ['\t\n', null],
        [table([['', 'x'], ['s', 'sr']]), 'To be mended in the table: 2', 'Line 1, column 2: there is no class “x”.',
            'Line 2, column 1: several classes begin with “s”.'],
        [table([['sr', '*']]), 'Line 1, column 2: “*” stands without a class.'],
    ]) {
        await paste(page, text)
        for (const word of words) if (word !== null) await says(page, word)
        await button(page, 'Add these rows').dispatchEvent('click')
        await page.locator('#sheet:focus').waitFor()
    }
    await page.getByLabel('The first column names the rows').check()
    await page.getByLabel('The first line has the seats’ numbers').check()
    await paste(page, table([['', '12', ''], ['A', 'sr', 'ss'], ['', 'sr', ''], ['A', 'ss', '']]))
    for (const word of ['Line 2, column 3: the first line has no number here.', 'Line 3, column 1: the row has no name.',
        'Line 4, column 1: “A” names the row of line 2 too.']) await says(page, word)
    await paste(page, table([['', '12', '14'], ['A', 'sr', 'ss'], ['B', '', 'sr']]))
    await button(page, 'Add these rows').click()
    await row(page, 'row B · one seat · 14–14 · SR').waitFor()
    await page.keyboard.press('Control+z')
    await says(page, '3 rows, 11 seats')
})

test('a date is made of a plan, with a price for each class', async t => {
    const { id } = await storedPlan('For a date')
    const concert = await makeConcert(organizer, { status: 'draft' })
    const page = await openAt(t, `/desk/concerts/${concert.id}`)
    await page.locator('#startTime').fill('2099-06-01T20:00')
    await page.getByLabel('A seating plan').check()
    await page.locator('#plan').selectOption(id)
    await page.getByLabel('Price of R').fill('70000')
    assert.equal(await page.getByLabel('Price of VIP').inputValue(), '99000')
    await page.getByRole('form', { name: 'Add a date' }).getByRole('button', { name: 'Add a date' }).click()
    await page.locator('#dates:focus').waitFor()
    const [round] = ok(await organizer.get(`/v1/concerts/${concert.id}/rounds`)).items
    const seats = await seatsOf(organizer, round)
    assert.deepEqual(
        [seats.length, seats[0].seatNumber, seats[0].price, seats[4].price, seats[0].accessible],
        [11, 'A-1-1', 99_000, 70_000, true]
    )
})
