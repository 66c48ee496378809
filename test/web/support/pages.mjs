// Every page in a state that people meet, as a list to go through.

import assert from 'node:assert/strict'

import { goIn, hold, watch } from './walk.mjs'

// A free one that is not chosen yet.
const anySeat = page => page.locator('.seat[aria-pressed=false]').last()

// From now on the answers to what fits the pattern are otherwise, until the page's routes are taken back.
export const otherwise = (page, pattern, change) =>
    page.route(pattern, async route => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, json: { ...(await answer.json()), ...change } })
    })

const moved = {
    movedFrom: '2026-12-24T19:00:00.000Z',
    reason: { texts: { ko: '태풍으로 일주일 미룹니다.', en: 'A storm: one week later.' } },
}

const paper = {
    id: 'ticket_01h455vb4pex5vsknk084sn02q', seatNumber: 'A-1-1', status: 'valid', holderName: 'Kim', serial: 7,
}
const square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'

async function openTicket(page) {
    await page.goto('/tickets')
    const path = await page.locator('.cards a').last().getAttribute('href')
    await page.goto(path.replace('/pay/', '/tickets/'))
    await page.locator('main .rows').waitFor()
}

// Each ends with the page showing what it is called.
export const states = [
    { name: 'home', show: page => page.goto('/'), ready: '.cards' },
    { name: 'concert', show: (page, { concert }) => page.goto(`/concerts/${concert.id}`), ready: '.cards .button' },
    { name: 'concert to come', show: (page, { later }) => page.goto(`/concerts/${later.id}`), ready: '[role=timer]' },
    { name: 'nothing there', show: page => page.goto('/concerts/concert_01h455vb4pex5vsknk084sn02q'), ready: '.trouble' },
    { name: 'sign in', show: page => page.goto('/sign-in'), ready: 'form' },
    { name: 'sign up', show: page => page.goto('/sign-up'), ready: 'form' },
    { name: 'how the line works', show: page => page.goto('/fair'), ready: '.prose' },
    { name: 'not in line', person: true, show: page => page.goto('/line'), ready: 'main .big' },
    {
        name: 'waiting in line', person: true, waits: true,
        show: (page, { round }) => page.goto(`/line?join=1&to=/seats/${round.id}`), ready: 'main [type=checkbox]',
    },
    { name: 'not one’s turn', person: true, waits: true, show: (page, { round }) => page.goto(`/seats/${round.id}`), ready: 'main .big' },
    {
        name: 'the drawing, close up', person: true,
        show: async (page, { round }) => {
            await watch(page, round)
            await page.locator('[role=gridcell]').first().focus()
        },
        ready: '[role=gridcell]:focus',
    },
    {
        name: 'seats', person: true,
        show: async (page, { round }) => {
            await goIn(page, round)
            await anySeat(page).click()
        },
        ready: '.tray button',
    },
    {
        name: 'paying', person: true,
        show: async (page, { round }) => {
            await goIn(page, round)
            await anySeat(page).click()
            await hold(page)
        },
        ready: '.acts',
    },
    { name: 'tickets', person: true, show: page => page.goto('/tickets'), ready: 'main .cards' },
    {
        name: 'ticket', person: true,
        show: openTicket,
        ready: 'main .rows',
    },
    {
        name: 'tickets to print', person: true,
        show: async page => {
            await otherwise(page, '**/v1/reservations/*', { tickets: [paper, { ...paper, id: `${paper.id.slice(0, -1)}r` }] })
            await page.route('**/v1/tickets/*', route => route.fulfill({ json: paper }))
            await page.route('**/qr.svg', route => route.fulfill({ contentType: 'image/svg+xml', body: square }))
            await openTicket(page)
            await page.goto(`${new URL(page.url()).pathname}/print`)
        },
        ready: '.sheet img',
    },
    {
        name: 'ticket of a round that was moved', person: true,
        show: async page => {
            await otherwise(page, '**/v1/reservations/*', moved)
            await openTicket(page)
        },
        ready: 'main .bad',
    },
    {
        name: 'a hall with nothing free', person: true,
        show: async (page, { round }) => {
            const returns = { nextReturnAt: '2026-12-24T19:00:00.000Z', returnedLastMinute: 2 }
            await otherwise(page, '**/availability', { version: 1e15, seats: 'h'.repeat(180), ...returns })
            await page.goto(`/seats/${round.id}`)
        },
        ready: 'main .big',
    },
    { name: 'points', person: true, show: page => page.goto('/points'), ready: 'main .rows' },
    { name: 'the desk, for a buyer', person: true, show: page => page.goto('/desk'), ready: 'main h1' },
    { name: 'the desk, live', organizer: true, show: page => page.goto('/desk'), ready: '.drawing canvas' },
    { name: 'the desk, why no more go in', organizer: true, waits: true, show: page => page.goto('/desk'), ready: '.why' },
    { name: 'the desk, the line', organizer: true, show: page => page.goto('/desk/line'), ready: '#pause' },
    {
        name: 'the desk, just paused and resumed', organizer: true,
        show: async page => {
            await page.goto('/desk/line')
            for (const status of ['paused', 'open']) {
                const saved = page.waitForResponse(answer => answer.request().method() === 'PATCH')
                await page.locator('#pause[aria-disabled=false]').dispatchEvent('click', { detail: 0 })
                assert.equal((await (await saved).json()).status, status)
            }
        },
        ready: '#undo',
    },
    {
        name: 'the desk, a forecast', organizer: true, waits: true,
        show: async page => {
            await page.goto('/desk/line')
            await page.locator('#maxActive').fill('5')
        },
        ready: 'form [aria-disabled=false]',
    },
    {
        name: 'the desk, no number', organizer: true,
        show: async page => {
            await page.goto('/desk/line')
            await page.locator('#maxActive').fill('none')
        },
        ready: '#maxActive-error',
    },
    {
        name: 'the desk, a notice to be taken back and time to be added', organizer: true, waits: true,
        show: async page => {
            await page.goto('/desk/line')
            await page.locator('#notice ~ div > button').first().click()
            await page.locator('#addSeconds').fill('60')
            await page.locator('#note').fill('the lights went out')
            await page.keyboard.press('Enter')
        },
        ready: '#add-time-sure',
    },
    { name: 'the desk, a rehearsal to be asked for', organizer: true, show: page => page.goto('/desk/rehearsal'), ready: '#round' },
    {
        name: 'the desk, a rehearsal that is done', organizer: true,
        show: async page => {
            await page.goto('/desk/rehearsal')
            await page.locator('#seats').fill('20')
            await page.locator('#buyers').fill('100')
            await page.locator('form button').click()
            await page.locator('#rehearsed ~ figure canvas').first().waitFor()
            await page.locator('summary').click()
        },
        ready: '#rehearsed ~ figure canvas',
    },
    {
        name: 'the desk, a rehearsal that runs', organizer: true,
        show: async page => {
            const shown = { id: 'rehearsal_01h455vb4pex5vsknk084sn02q', status: 'running', percent: 40, createdAt: new Date().toISOString(), seats: 1, buyers: 1, queue: { admitPerSecond: 1, maxActive: 1 } }
            await page.route('**/v1/rehearsals', route => route.fulfill({ json: { items: [shown] } }))
            await page.route('**/v1/rehearsals/*', route => route.fulfill({ json: shown }))
            await page.goto('/desk/rehearsal')
        },
        ready: 'progress',
    },
    { name: 'the desk, people and keys', organizer: true, show: page => page.goto('/desk/people'), ready: '#staff + .cards' },
    {
        name: 'the desk, somebody invited who may nothing', organizer: true,
        show: async page => {
            await page.goto('/desk/people')
            await page.locator('#name').fill('New')
            await page.locator('#email').fill('new@example.com')
            await page.locator('form button').first().click()
        },
        ready: '#invite-error',
    },
    {
        name: 'the desk, a key made and to be revoked', organizer: true,
        show: async page => {
            await page.goto('/desk/people')
            await page.locator('#key-name').fill('report')
            await page.locator('form [value=stats]').last().check()
            await page.locator('form button').last().click()
            await page.locator('#secret').waitFor()
            await page.locator('#keys ~ .cards button').last().click()
        },
        ready: '.danger',
    },
    { name: 'the desk, concerts', organizer: true, show: page => page.goto('/desk/concerts'), ready: 'main .cards' },
    { name: 'the desk, a concert', organizer: true, show: (page, { concert }) => page.goto(`/desk/concerts/${concert.id}`), ready: '#publish' },
    {
        name: 'the desk, a date to be moved and cancelled', organizer: true,
        show: async (page, { concert, round }) => {
            await page.goto(`/desk/concerts/${concert.id}`)
            await page.locator('summary').first().click()
            const fill = (name, text) => page.locator(`#${round.id}-${name}`).fill(text)
            for (const name of ['startTime', 'freeCancelUntil']) await fill(`move-${name}`, '2099-06-01T20:00')
            for (const act of ['move', 'cancel'])
                for (const language of ['ko', 'en']) await fill(`${act}-${language}`, 'x')
            for (const act of ['cancel', 'move']) {
                await page.locator(`#${round.id}-${act}-en`).press('Enter')
                await page.locator(`#${round.id}-${act}-sure`).waitFor()
            }
        },
        ready: '.why >> nth=1',
    },
    {
        name: 'the desk, a table with faults', organizer: true,
        show: async (page, { later }) => {
            await page.goto(`/desk/concerts/${later.id}`)
            await page.locator('[value=file]').check()
            const buffer = Buffer.from('seat,grade,price,note\nA,VIP,five,x\n')
            await page.locator('#file').setInputFiles({ name: 'seats.csv', mimeType: 'text/csv', buffer })
        },
        ready: '.trouble',
    },
    {
        name: 'the desk, a table', organizer: true,
        show: async (page, { later }) => {
            await page.goto(`/desk/concerts/${later.id}`)
            await page.locator('[value=file]').check()
            const buffer = Buffer.from('seat,grade,price\nA,VIP,5\nB,,4\n')
            await page.locator('#file').setInputFiles({ name: 'seats.csv', mimeType: 'text/csv', buffer })
        },
        ready: 'form .rows',
    },
    { name: 'the desk, seating plans', organizer: true, show: page => page.goto('/desk/plans'), ready: '.cards > li' },
    {
        name: 'the desk, a plan', organizer: true,
        show: async (page, { plan }) => {
            await page.goto(`/desk/plans/${plan.id}`)
            await page.locator('#row-curve').fill('steep')
            await page.keyboard.press('Enter')
            await page.locator('#row-curve-error').waitFor()
        },
        ready: 'section.why',
    },
    {
        name: 'the desk, a plan that somebody else saved', organizer: true,
        show: async (page, { plan }) => {
            await page.goto(`/desk/plans/${plan.id}`)
            await page.locator('#row-label').fill('front')
            await page.keyboard.press('Control+s')
            await page.locator('.plan-bar .dim').waitFor()
            await page.locator('#row-label').fill('back')
            await page.route('**/v1/plans/*', async route => {
                if (route.request().method() !== 'PUT') return route.continue()
                const headers = { ...route.request().headers(), 'if-match': '"1"' }
                return route.continue({ headers })
            })
            await page.locator('#row-section').fill('B')
            await page.keyboard.press('Control+s')
        },
        ready: '.trouble .acts',
    },
    {
        name: 'the desk, a pasted table with faults', organizer: true,
        show: async (page, { plan }) => {
            await page.goto(`/desk/plans/${plan.id}`)
            await page.locator('summary').click()
            await page.locator('#sheet').fill('x')
        },
        ready: 'details .trouble',
    },
    {
        name: 'the desk, a date of a plan', organizer: true,
        show: async (page, { later, plan }) => {
            await page.goto(`/desk/concerts/${later.id}`)
            await page.locator('[value=plan]').check()
            await page.locator('#plan').selectOption(plan.id)
        },
        ready: '#planPrice0',
    },
    { name: 'the desk, people', organizer: true, show: page => page.goto('/desk/accounts'), ready: '.cards > li' },
    {
        name: 'the desk, points to be given', organizer: true,
        async show(page) {
            await page.goto('/desk/accounts?q=look')
            await page.locator('.cards a').first().click()
            await page.locator('#charges-amount').fill('500')
            await page.locator('#charges-reference').fill('case 7')
            await page.locator('#charges-reason').fill('by hand')
            await page.keyboard.press('Enter')
        },
        ready: '#sure',
    },
    { name: 'the desk, reports', organizer: true, show: page => page.goto('/desk/reports'), ready: '#reason' },
    { name: 'the desk, who did what', organizer: true, show: page => page.goto('/desk/actions'), ready: '.cards > li' },
    { name: 'the desk, bookings', organizer: true, show: page => page.goto('/desk/orders'), ready: 'main h2' },
    {
        name: 'the desk, a booking', organizer: true,
        show: async page => {
            await page.goto('/desk/orders')
            await page.locator('.cards a').first().click()
        },
        ready: 'ol.rows',
    },
    { name: 'a password to be chosen', show: page => page.goto('/choose-password#token'), ready: 'form' },
    { name: 'account', person: true, show: page => page.goto('/account'), ready: 'form' },
    {
        name: 'account to be erased',
        person: true,
        show: async page => {
            await page.goto('/account')
            await page.locator('h2 ~ p ~ button.quiet').last().click()
        },
        ready: '#erasePassword',
    },
]
