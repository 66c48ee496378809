// Pages in states that are seldom, for `make axe`: what a server that is full, gone or refuses makes of
// them, and what happens to people who wait, choose and pay. Most are made by other answers than the
// server gives.

import { keptByBrowser } from './drafts.mjs'
import { otherwise } from './pages.mjs'

const soon = () => new Date(Date.now() + 240_000).toISOString()

const answers = (page, pattern, status, body, headers = {}) =>
    page.route(pattern, route =>
        route.fulfill({ status, headers, contentType: 'application/problem+json', body: JSON.stringify(body) })
    )

const problem = (status, code, more = {}) => ({
    type: `/problems/${code}`, title: code, status, detail: code, code, requestId: '1', ...more,
})

const invalid = (...fields) => {
    const errors = fields.map(field => ({ field: `/${field}`, rule: 'length', message: 'is too long', least: 1, most: 5 }))
    return problem(422, 'invalid_field', { errors })
}

// What the stream would tell is what was changed.
const unheard = page => page.route('**/v1/events*', route => route.abort())

// The line, where the person's own token, or the queue, is otherwise.
const inLine = ({ token = {}, queue = {} }) => async (page, { round }) => {
    await unheard(page)
    await otherwise(page, '**/v1/queue/tokens/current', token)
    await otherwise(page, '**/v1/queue', queue)
    await page.goto(`/line?to=/seats/${round.id}`)
}

// Paying for what was reserved last, where that is otherwise.
const atTheTill = (change, points = {}) => async page => {
    await unheard(page)
    await page.goto('/tickets')
    const path = await page.locator('.cards a').first().getAttribute('href')
    await otherwise(page, '**/v1/reservations/*', change)
    await otherwise(page, '**/v1/points', points)
    await page.goto(path.replace('/tickets/', '/pay/'))
}

const pending = { status: 'pending', cancelReason: null }

async function fillIn(page, path) {
    await page.goto(path)
    for (const field of await page.locator('form input').all()) await field.fill('ann@example.com')
    await page.locator('form button[type=submit]').first().click()
}

export const moreStates = [
    {
        name: 'home with nothing on',
        show: async page => {
            await otherwise(page, '**/v1/concerts?*', { items: [] })
            await page.goto('/')
        },
        ready: 'main p:not(.loading)',
    },
    {
        name: 'home without a server',
        show: async page => {
            await page.route('**/v1/**', route => route.abort())
            await page.goto('/')
        },
        ready: '.banner',
    },
    {
        name: 'home of a full server',
        show: async page => {
            await answers(page, '**/v1/concerts?*', 503, problem(503, 'busy'), { 'Retry-After': '60' })
            await page.goto('/')
        },
        ready: '.banner',
    },
    {
        name: 'home that is refused',
        show: async page => {
            await answers(page, '**/v1/concerts?*', 403, problem(403, 'forbidden'))
            await page.goto('/')
        },
        ready: '.trouble button',
    },
    {
        name: 'a concert whose dates are sold out, paused, cancelled and over',
        show: async (page, { concert, round }) => {
            const date = (change, i) => ({ ...round, id: round.id.slice(0, -1) + i, ...change })
            const items = [{ availableSeatCnt: 0 }, { paused: true }, { status: 'cancelled' }, { startTime: '2020-01-01T00:00:00.000Z' }].map(date)
            await otherwise(page, `**/v1/concerts/${concert.id}/rounds*`, { items })
            await page.goto(`/concerts/${concert.id}`)
        },
        ready: '.cards li:nth-child(4), .rows li:nth-child(4)',
    },
    {
        name: 'a wrong password',
        show: async page => {
            await answers(page, '**/v1/sessions', 401, problem(401, 'bad_credentials'))
            await fillIn(page, '/sign-in')
        },
        ready: 'form .bad',
    },
    {
        name: 'sign up with faults',
        show: async page => {
            await answers(page, '**/v1/users', 422, invalid('name', 'email', 'password'))
            await fillIn(page, '/sign-up')
        },
        ready: '#password-error',
    },
    { name: 'in line while it is paused', person: true, waits: true, show: inLine({ queue: { status: 'paused' } }), ready: 'main [type=checkbox]' },
    { name: 'in line while nothing is on sale', person: true, waits: true, show: inLine({ queue: { status: 'closed' } }), ready: 'main [type=checkbox]' },
    { name: 'in line when it is sold out', person: true, waits: true, show: inLine({ token: { soldOut: true } }), ready: 'main [type=checkbox]' },
    {
        name: 'in line, passed over', person: true, waits: true,
        show: inLine({ token: { passedOverAt: '2026-12-24T19:00:00.000Z' } }), ready: 'main [type=checkbox]',
    },
    {
        name: 'one’s turn', person: true, waits: true,
        show: (page, hall) => inLine({ token: { status: 'active', expiresAt: soon() } })(page, hall), ready: 'main .button',
    },
    ...['finished', 'timed_out', 'silent', 'abandoned', 'left'].map(reason => ({
        name: `in line no more: ${reason}`, person: true, waits: true,
        show: inLine({ token: { status: 'expired', reason } }), ready: 'main .big',
    })),
    {
        name: 'before the line opens', person: true,
        show: async page => {
            await unheard(page)
            await answers(page, '**/v1/queue/tokens/current', 404, problem(404, 'not_found'))
            await otherwise(page, '**/v1/queue', { joinOpensAt: '2099-01-01T00:00:00.000Z' })
            await page.goto('/line')
        },
        ready: 'main .big',
    },
    { name: 'paying', person: true, show: page => atTheTill({ ...pending, expiresAt: soon() })(page), ready: '[role=timer]' },
    { name: 'too few points', person: true, show: page => atTheTill({ ...pending, expiresAt: soon() }, { balance: 0 })(page), ready: '#result .bad' },
    { name: 'a hold that ended', person: true, show: atTheTill({ status: 'expired' }), ready: '#result .big' },
    { name: 'paid', person: true, show: atTheTill({ status: 'confirmed' }), ready: '#result .button' },
    { name: 'given back', person: true, show: atTheTill({ status: 'cancelled', cancelReason: 'buyer' }), ready: '#result .big' },
    { name: 'a date that was cancelled', person: true, show: atTheTill({ status: 'cancelled', cancelReason: 'round_cancelled' }), ready: '#result .big' },
    {
        name: 'no tickets', person: true,
        show: async page => {
            await otherwise(page, '**/v1/reservations?*', { items: [], nextCursor: null })
            await page.goto('/tickets')
        },
        ready: 'main p:not(.loading)',
    },
    {
        name: 'no points', person: true,
        show: async page => {
            await otherwise(page, '**/v1/points', { balance: 0 })
            await otherwise(page, '**/v1/points/entries*', { items: [], nextCursor: null })
            await page.goto('/points')
        },
        ready: 'main p:not(.loading)',
    },
    {
        name: 'the desk, a date with faults', organizer: true,
        show: async (page, { concert, round }) => {
            await page.goto(`/desk/concerts/${concert.id}`)
            await page.locator('summary').first().click()
            await answers(page, `**/v1/rounds/${round.id}`, 422, invalid('doorsAt', 'endsAt'))
            await page.locator('details form button[type=submit]').first().click()
        },
        ready: 'details .bad >> nth=1',
    },
    {
        name: 'the desk, a date that was moved, paused and cancelled', organizer: true,
        show: async (page, { concert, round }) => {
            const change = { status: 'cancelled', paused: true, movedFrom: round.startTime, doorsAt: round.startTime, endsAt: round.startTime }
            await otherwise(page, `**/v1/concerts/${concert.id}/rounds*`, { items: [{ ...round, ...change }], nextCursor: null })
            await page.goto(`/desk/concerts/${concert.id}`)
        },
        ready: '.rows .dim',
    },
    {
        name: 'the desk, a plan with what was not saved before', organizer: true,
        show: async (page, { plan }) => {
            await page.goto(`/desk/plans/${plan.id}`)
            await page.locator('#row-label').fill('drawn')
            await page.locator('#row-label').press('Tab')
            await keptByBrowser(page, plan.id, 'drawn')
            page.once('dialog', dialog => dialog.accept())
            await page.reload()
        },
        ready: '.trouble .acts button',
    },
    {
        name: 'the desk without a server', organizer: true,
        show: async page => {
            await page.route('**/v1/stats*', route => route.abort())
            await unheard(page)
            await page.goto('/desk')
        },
        ready: '.banner',
    },
]
