// A concert's set-up at the desk: from a draft and a table of seats to a sale.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { admitted, buyer, hold, invited, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer
before(async () => {
    house = await House.open({ 'time-zone': 'Asia/Seoul' }, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
})
after(() => house.close())

async function openAt(t, path, options = {}) {
    const page = await openPage(t, house, options)
    await signInAs(page, BOSS)
    await page.goto(path)
    return page
}

const form = (page, name) => page.getByRole('form', { name })
const concertsOf = async title =>
    ['?state=draft', '']
        .map(async query => ok(await organizer.get(`/v1/concerts${query}`)).items)
        .reduce(async (all, some) => [...(await all), ...(await some)], Promise.resolve([]))
        .then(all => all.filter(concert => concert.title === title))
const roundsOf = async concert => ok(await organizer.get(`/v1/concerts/${concert.id}/rounds`)).items

let drafts = 0

async function openDraft(t, options) {
    const concert = await makeConcert(organizer, { title: `Draft ${++drafts}`, status: 'draft' })
    const page = await openAt(t, `/desk/concerts/${concert.id}`, options)
    await page.locator('#publish').waitFor()
    return { page, concert }
}

// What a table's text or bytes become, as far as the page shows it before anything is sent.
async function choose(page, bytes) {
    await page.getByLabel('A file (CSV)').check()
    const buffer = Buffer.from(bytes)
    await page.locator('#file').setInputFiles({ name: 'seats.csv', mimeType: 'text/csv', buffer })
}

const seatsIn = async concert => seatsOf(organizer, (await roundsOf(concert)).at(-1))
const short = ({ seatNumber, section, row, number, grade, price }) => [seatNumber, section, row, number, grade, price]

async function add(page) {
    await page.locator('#startTime').fill('2099-06-01T20:00')
    await form(page, 'Add a date').getByRole('button', { name: 'Add a date' }).click()
}

// The parts of a date and time, typed one after the other. Where the browser's clock has twelve hours it
// is told which half of the day is meant; where it has twenty-four, letters are nothing to it.
async function typeTime(page, day, month, year, hour, minute) {
    for (const part of [day, month]) await page.keyboard.type(part)
    await page.keyboard.type(year)
    await page.keyboard.press('ArrowRight')
    for (const part of [hour, minute, 'AM']) await page.keyboard.type(part)
}

async function tabTo(page, id) {
    for (let step = 0; step < 80; step++) {
        await page.keyboard.press('Tab')
        if ((await page.evaluate(() => document.activeElement.id)) === id) return
    }
    assert.fail(`#${id} was not reached by Tab`)
}

test('a concert from a table to its sale, by keyboard alone', async t => {
    const page = await openAt(t, '/desk/concerts')
    await page.locator('#title').waitFor()
    await tabTo(page, 'title')
    await page.keyboard.type('By keys')
    await tabTo(page, 'place')
    await page.keyboard.type('Hall One')
    await tabTo(page, 'reservationOpenAt')
    await typeTime(page, '01', '01', '2020', '10', '00')
    await tabTo(page, 'reservationCloseAt')
    await typeTime(page, '01', '01', '2099', '10', '00')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/desk/concerts/concert_*')
    const [concert] = await concertsOf('By keys')
    assert.deepEqual([concert.status, concert.place], ['draft', 'Hall One'])
    // Ten o'clock at the house, whose clocks are nine hours ahead.
    assert.equal(concert.reservationOpenAt, '2020-01-01T01:00:00.000Z')

    await page.locator('#startTime').waitFor()
    await tabTo(page, 'startTime')
    await typeTime(page, '06', '06', '2099', '09', '00')
    await page.getByLabel('Blocks of rows').focus()
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'file')
    const chooser = page.waitForEvent('filechooser')
    // Keys go to the page another way than what has it give its chooser to the test: that has arrived
    // when a question behind it is answered.
    await page.evaluate(() => document.activeElement.id)
    await page.keyboard.press('Enter')
    const buffer = Buffer.from('section,row,number,grade,price\nA,1,1-3,VIP,90000\nB,1,1,,50000\n')
    await (await chooser).setFiles({ name: 'seats.csv', mimeType: 'text/csv', buffer })
    await says(page, '4 seats in the file.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('#dates:focus').waitFor()
    assert.deepEqual((await seatsIn(concert)).map(short), [
        ['A-1-1', 'A', '1', '1', 'VIP', 90_000],
        ['A-1-2', 'A', '1', '2', 'VIP', 90_000],
        ['A-1-3', 'A', '1', '3', 'VIP', 90_000],
        ['B-1-1', 'B', '1', '1', null, 50_000],
    ])
    await tabTo(page, 'publish')
    await page.keyboard.press('Enter')
    await says(page, 'On sale until')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'publish')

    const ann = await buyer(house, 'ann', 100_000)
    await admitted(ann)
    const [round] = await roundsOf(concert)
    ok(await hold(ann, round, (await seatsOf(ann, round))[0]), 201)
})

test('a table in CP949 with heads in Korean, as a spreadsheet there saves it', async t => {
    const { page, concert } = await openDraft(t)
    // 구역;열;번호;등급;가격;휠체어;비고, then 똠, which CP949 has and EUC-KR has not, and "132,000 원".
    const heads = 'b1b8bfaa3bbfad3bb9f8c8a33bb5eeb1de3bb0a1b0dd3bc8d9c3bcbeee3bbaf1b0ed0d0a'
    const row = '8c633b313b313b5649503b223133322c30303020bff8223bbfb93b610d0a'
    await choose(page, Buffer.from(heads + row, 'hex'))
    await says(page, 'One seat in the file.')
    await says(page, 'Columns that are not used: 비고.')
    await says(page, '132,000 points')
    await add(page)
    await page.locator('#dates:focus').waitFor()
    const [seat] = await seatsIn(concert)
    assert.deepEqual([...short(seat), seat.accessible], ['똠-1-1', '똠', '1', '1', 'VIP', 132_000, true])
    const [round] = await roundsOf(concert)
    assert.equal(round.startTime, '2099-06-01T11:00:00.000Z')
})

const tables = [
    ['with a mark of UTF-8', '\ufeffseatNumber,price\nA 1,5\n', [['A 1', null, null, null, null, 5]]],
    ['in UTF-16', Buffer.from('\ufeffseatNumber\tprice\nÄ\t5\n', 'utf16le'), [['Ä', null, null, null, null, 5]]],
    ['with quotes', 'seatNumber,row,price\n"A ""one"", left","the\nfirst",5\n', null],
    ['with empty lines', 'seatNumber,price\n\nA,5\n,\nB,6\n', [['A', null, null, null, null, 5], ['B', null, null, null, null, 6]]],
]
for (const [name, table, seats] of tables)
    test(`a table ${name}`, async t => {
        const { page, concert } = await openDraft(t)
        await choose(page, table)
        await says(page, / in the file\.$/)
        await add(page)
        if (seats === null) {
            // A label has no ends of lines: the API says so, and the page where.
            await says(page, /^Line 2 \/row: /)
            return
        }
        await page.locator('#dates:focus').waitFor()
        assert.deepEqual((await seatsIn(concert)).map(short), seats)
    })

test('what is wrong with a table is said by its lines, and nothing is sent', async t => {
    const { page, concert } = await openDraft(t)
    const sent = []
    page.on('request', request => request.method() === 'POST' && sent.push(request.url()))
    for (const [table, ...words] of [
        ['price\n5\n', 'There is no column number.'],
        ['seat,seatNumber,price\nA,B,5\n', 'The column seatNumber is there twice.'],
        ['seat,price\n', 'The file has heads and no seats.'],
        ['seat,price,wheelchair\nA,five,no\nB,,x\nC,5,yes,more\n', 'To be mended in the file: 4',
            'Line 2: price can’t be “five”.', 'Line 3: the price is missing.',
            'Line 3: wheelchair can’t be “x”.', 'Line 4: it has more cells than the heads.'],
    ]) {
        await choose(page, table)
        for (const word of words) await says(page, word)
        await add(page)
        await page.locator('#file:focus').waitFor()
    }
    assert.deepEqual(sent.filter(url => url.includes('/rounds')), [])
    assert.deepEqual(await roundsOf(concert), [])
})

test('what the importer refuses of a table is said by its lines', async t => {
    const { page, concert } = await openDraft(t)
    await choose(page, 'seat,section,row,number,price\nA,S,1,1,5\n\nA,S,1,2,5\nB,S,1,1,5\n')
    await says(page, '3 seats in the file.')
    await add(page)
    await says(page, 'Line 4 /seatNumber: This is the number of Line 2 too.')
    await says(page, 'Line 5 : This has the section, row and number of Line 2 .')
    assert.deepEqual(await roundsOf(concert), [])
    // Mended, it is taken.
    await choose(page, 'seat,price\nA,5\nB,5\n')
    await add(page)
    await page.locator('#dates:focus').waitFor()
    assert.equal((await seatsIn(concert)).length, 2)
})

test('blocks of rows; prices, limits and the line before it is published', async t => {
    const { page, concert } = await openDraft(t)
    await says(page, 'It needs a date with seats first.')
    assert.equal(await button(page, 'Publish now').getAttribute('aria-disabled'), 'true')
    for (const [id, value] of [['block0', 'A'], ['rows0', '2'], ['seatsPerRow0', '5'], ['grade0', 'R'], ['price0', '100']])
        await page.locator(`#${id}`).fill(value)
    await button(page, 'One more block').click()
    for (const [id, value] of [['block1', 'A'], ['rows1', '1'], ['seatsPerRow1', '3'], ['price1', '50']])
        await page.locator(`#${id}`).fill(value)
    await add(page)
    // One name for two blocks: said of the second.
    await says(page, 'Another block has this name.')
    await page.locator('#block1').fill('B')
    await add(page)
    await page.locator('#dates:focus').waitFor()
    assert.equal((await seatsIn(concert)).length, 13)

    await page.getByLabel('Price of R').fill('120')
    await button(page, /^Save prices of /).click()
    await says(page, '120 points')
    assert.equal((await seatsIn(concert))[0].price, 120)

    await page.locator('#maxSeatsPerReservation').fill('2')
    await button(page, 'Save limits').click()
    await page.locator('[aria-live=polite]').getByText('Saved.').waitFor()
    const now = async () => ok(await organizer.get(`/v1/concerts/${concert.id}`))
    assert.deepEqual([(await now()).maxSeatsPerReservation, (await now()).maxSeatsPerUser], [2, null])

    await says(page, 'To let in one person for each of the 13 seats takes 0:01 at least.')
    await says(page, 'Nobody waits: this counts for those who come.')
    await page.locator('#title').fill('Renamed')
    await button(page, 'Save what it is').click()
    await page.getByRole('heading', { level: 1, name: 'Renamed' }).waitFor()

    await button(page, 'Publish now').click()
    await link(page, 'See it as buyers do').waitFor()
    assert.equal((await now()).status, 'published')
    await button(page, 'Make it a draft again').click()
    await button(page, 'Publish now').waitFor()
    assert.equal((await now()).status, 'draft')

    await button(page, /^Remove .*2099/).click()
    await button(page, 'Yes, remove').click()
    await page.locator('#dates:focus').waitFor()
    assert.deepEqual(await roundsOf(concert), [])
    await button(page, 'Remove this concert').click()
    await button(page, 'Yes, remove').click()
    await page.waitForURL('**/desk/concerts')
    assert.deepEqual(await concertsOf('Renamed'), [])
})

test('who may set up and see no counts is asked for no more', async t => {
    const { user } = await invited(organizer, 'stage', ['catalogue:write'])
    const concert = await makeConcert(organizer, { title: 'Seen', status: 'draft' })
    await makeRound(organizer, concert)
    const page = await openPage(t, house)
    await signInAs(page, user.email)
    const refusals = []
    page.on('response', answer => answer.status() === 403 && refusals.push(answer.url()))
    await page.goto('/')
    await link(page, 'Desk').click()
    await page.waitForURL('**/desk/concerts')
    await link(page, 'Seen').click()
    await says(page, 'People are let in 1,000 a second')
    assert.deepEqual(refusals, [])
    await page.goto('/desk/concerts/concert_01h455vb4pex5vsknk084sn02q')
    await says(page, 'There is no such page')
})
