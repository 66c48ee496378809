// The pages in a real browser, from the first look to the ticket.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok, refused } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { balance, buy, buyer, charge, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { openDoor } from './support/door.mjs'
import { goIn, hold, openList, seat, signInAs, signUp } from './support/walk.mjs'

let house, organizer, concert, round

before(async () => {
    house = await House.open({}, { organizers: ['organizer@example.com'] })
    organizer = await signIn(house, 'organizer@example.com')
    concert = await makeConcert(organizer, { title: 'Winter songs', description: 'One voice.\nOne piano.' })
    round = await makeRound(organizer, concert, { rows: 4, seatsPerRow: 30, price: 1500 })
})
after(() => house.close())

const buyerOf = async name => signIn(house, `${name}@example.com`)

test('from the concert to the ticket and back, by somebody who was never here', async t => {
    const page = await openPage(t, house)
    await page.goto('/')
    await link(page, 'Winter songs').click()
    await says(page, 'One piano.')
    await link(page, /^Join the line for/).click()
    // Signing up leads on into the line, without a second click.
    await link(page, 'I have no account yet').click()
    await page.getByLabel('Name').fill('Ann')
    await page.getByLabel('E-mail').fill('ann@example.com')
    await page.getByLabel('Password').fill('password of ann@example.com')
    await button(page, 'Sign up').click()
    await page.waitForURL(`**/seats/${round.id}`)
    await openList(page)
    await hold(page, 'A-1-3', 'A-1-4')
    await button(page, 'Add 3,000 points').click()
    await button(page, 'Pay · 3,000 points').click()
    await says(page, 'Booked.')
    const ann = await buyerOf('ann')
    assert.equal(await balance(ann), 0)
    await link(page, 'See my tickets').click()
    await says(page, 'A-1-3')
    await button(page, 'Cancel and get 3,000 points back').click()
    await button(page, 'Yes, cancel').click()
    await says(page, 'You cancelled it.')
    assert.equal(await balance(ann), 3000)
    await link(page, 'Points').click()
    await says(page, 'Balance 3,000 points')
    assert.equal(await page.locator('.rows li').count(), 3)
})

test('amounts have the digits of the currency, and points come from another system', async t => {
    const other = await House.open(
        {
            currency: 'EUR',
            'top-up-url': 'https://shop.example/points?for={user}&amount={amount}&back={back}',
        },
        { organizers: ['organizer@example.com'] }
    )
    t.after(() => other.close())
    const boss = await signIn(other, 'organizer@example.com')
    const gala = await makeRound(boss, await makeConcert(boss), { price: 1550 })
    const page = await openPage(t, other)
    await signUp(page, 'gala')
    await goIn(page, gala)
    await hold(page, 'A-1-3', 'A-1-4')
    await says(page, 'You have 0.00 points')
    const buyer = await signIn(other, 'gala@example.com')
    const address = new URL(await link(page, 'Add 31.00 points').getAttribute('href'))
    assert.equal(address.origin, 'https://shop.example')
    assert.deepEqual(Object.fromEntries(address.searchParams), {
        for: buyer.user.id,
        amount: '3100',
        back: page.url(),
    })
    ok(await boss.post('/v1/points/charges', { amount: 3100, userId: buyer.user.id }), 201)
    await page.reload()
    await button(page, 'Pay · 31.00 points').click()
    await says(page, 'Booked.')
})

test('what somebody else took meanwhile is named, and the nearest seat is one click away', async t => {
    const [first, second] = [await openPage(t, house), await openPage(t, house)]
    for (const page of [first, second]) {
        await signUp(page)
        await goIn(page, round)
    }
    // The second looks at the hall as it was before: what changes is held up.
    for (const news of ['**/availability?since=*', '**/v1/events?*'])
        await second.route(news, route => route.abort())
    await second.reload()
    await openList(second)
    await seat(second, 'A-2-1').click()
    await seat(second, 'A-2-2').click()
    await hold(first, 'A-2-1')
    await button(second, /^Hold these seats/).click()
    await says(second, 'Somebody just took A-2-1. Your other seats are still chosen.')
    await second.unroute('**/availability?since=*')
    await button(second, /^Nearest free: A-/).click()
    await button(second, 'Hold these seats · 3,000 points').click()
    await second.waitForURL('**/pay/*')
    await says(second, 'A-2-2')
})

test('a payment whose answer is lost is paid once, also over a reload', async t => {
    const page = await openPage(t, house)
    await signUp(page, 'lost')
    const buyer = await buyerOf('lost')
    await charge(buyer, 10_000)
    await goIn(page, round)
    await hold(page, 'A-3-1')
    let asked = 0
    await page.route('**/v1/payments', async route => {
        asked++
        await route.fetch()
        await route.abort()
    })
    await button(page, /^Pay ·/).click()
    await says(page, 'You’re offline')
    assert.ok(asked > 0)
    await page.unroute('**/v1/payments')
    await page.reload()
    await says(page, 'Booked.')
    assert.equal(ok(await buyer.get('/v1/payments')).items.length, 1)
    assert.equal(await balance(buyer), 8500)
})

test('who needs more time is given it once, in words of either language', async t => {
    const page = await openPage(t, house)
    await signUp(page, 'slow')
    const buyer = await buyerOf('slow')
    await goIn(page, round)
    await hold(page, 'A-3-5')
    const [held] = ok(await buyer.get('/v1/reservations')).items
    await button(page, 'I need more time').focus()
    await page.keyboard.press('Enter')
    await button(page, 'I need more time').waitFor({ state: 'detached' })
    await page.locator('#result:focus').waitFor()
    const extended = ok(await buyer.get(`/v1/reservations/${held.id}`))
    assert.equal(Date.parse(extended.expiresAt) - Date.parse(held.expiresAt), 180_000)
    await page.getByRole('timer').filter({ hasText: /^7:\d\d left/ }).waitFor()
    await page.reload()
    await page.getByRole('timer').waitFor()
    assert.equal(await button(page, 'I need more time').count(), 0)
    await button(page, 'Give the seats back').focus()
    await page.keyboard.press('Enter')
    await says(page, 'The seats are free again.')
    await page.locator('#result:focus').waitFor()

    const korean = await openPage(t, house, { locale: 'ko-KR' })
    await signUp(korean, 'slow-ko')
    await goIn(korean, round)
    await hold(korean, 'A-3-6')
    await button(korean, '시간이 더 필요합니다').click()
    await button(korean, '시간이 더 필요합니다').waitFor({ state: 'detached' })
})

test('a group has its tickets on paper, one a sheet, and the date in a calendar, in either language', async t => {
    const ann = await buyer(house, 'paper', 5000)
    const seats = await seatsOf(ann, round)
    const { id } = await buy(ann, round, ...seats.filter(({ status }) => status === 'available').slice(-2))
    const [first] = ok(await ann.get(`/v1/reservations/${id}`)).tickets
    ok(await ann.patch(`/v1/tickets/${first.id}`, { holderName: 'Old Kim' }))
    const page = await openPage(t, house)
    await signInAs(page, 'paper@example.com')
    await page.goto(`/tickets/${id}`)
    // No session goes with it: a program that keeps a calendar has none.
    const calendar = await fetch(house.url + (await link(page, 'Put it into my calendar').getAttribute('href')))
    assert.equal(calendar.headers.get('content-type'), 'text/calendar; charset=utf-8')
    await link(page, 'Print the tickets').click()
    await says(page, 'For Old Kim')
    const codes = page.locator('.sheet img')
    assert.equal(await codes.count(), 2)
    for (const code of await codes.all()) await code.evaluate(image => image.decode())
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('header').isVisible(), false)
    const paper = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    assert.equal(paper.match(/\/Type \/Page\b/g).length, 2)
    await page.emulateMedia({ media: 'screen' })
    await button(page, '한국어').click()
    await says(page, 'Old Kim 님')
    ok(await ann.post(`/v1/reservations/${id}/cancel`))
    await page.reload()
    await says(page, '입장할 수 있는 티켓이 없습니다.')
})

test('somebody sees where they are signed in, and signs another device out', async t => {
    const page = await openPage(t, house)
    await signUp(page, 'roaming')
    const elsewhere = await Promise.all([buyerOf('roaming'), buyerOf('roaming')])
    await page.goto('/account')
    const there = button(page, 'Sign out there')
    await says(page, 'This device')
    assert.equal(await there.count(), 2)
    // The answer to the first try is lost: the second finds nothing to end, and all is well.
    const ending = url => /^\/v1\/sessions\/session_/.test(url.pathname)
    let tries = 0
    await page.route(ending, async route => {
        if (++tries > 1) return route.continue()
        await route.fetch()
        await route.abort()
    })
    await there.last().click()
    await there.nth(1).waitFor({ state: 'detached' })
    await there.waitFor()
    assert.ok(tries > 1)
    assert.equal(await page.locator('main .trouble').count(), 0)
    const answers = await Promise.all(elsewhere.map(client => client.get('/v1/users/me')))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401])
    await there.click()
    await there.waitFor({ state: 'detached' })
    for (const client of elsewhere) refused(await client.get('/v1/users/me'), 401, 'unauthenticated')
    await page.reload()
    await says(page, 'This device')
    assert.equal(await there.count(), 0)
})

test('another device is signed out in Korean, too', async t => {
    const page = await openPage(t, house, { locale: 'ko-KR' })
    await signUp(page, 'traveller')
    const other = await buyerOf('traveller')
    await page.goto('/account')
    await says(page, '이 기기')
    await button(page, '그 기기에서 로그아웃').click()
    await button(page, '그 기기에서 로그아웃').waitFor({ state: 'detached' })
    refused(await other.get('/v1/users/me'), 401, 'unauthenticated')
})

test('somebody erases the account, though the first answer is lost, and gives up the points', async t => {
    const page = await openPage(t, house)
    await signUp(page, 'leaving')
    const leaving = await buyerOf('leaving')
    await charge(leaving, 1200)
    await page.goto('/account')
    await button(page, 'Erase my account').click()
    const form = page.getByRole('form', { name: 'Erase my account' })
    await form.getByLabel('Current password').fill('not it at all')
    await form.getByLabel('I give up 1,200 points.').check()
    await button(page, 'Erase it for good').click()
    await says(page, 'This is not the account’s password.')
    assert.equal(ok(await leaving.get('/v1/users/me')).name, 'leaving')
    let tries = 0
    await page.route('**/v1/users/me', async route => {
        if (route.request().method() !== 'DELETE' || ++tries > 1) return route.continue()
        await route.fetch()
        await route.abort()
    })
    await form.getByLabel('Current password').fill('password of leaving@example.com')
    await button(page, 'Erase it for good').press('Enter')
    await page.waitForURL(`${house.url}/`)
    await link(page, 'Sign in').waitFor()
    assert.ok(tries > 1)
    refused(await leaving.get('/v1/users/me'), 401, 'unauthenticated')
    const { name, email } = ok(await organizer.get(`/v1/users/${leaving.user.id}`))
    assert.deepEqual([name, email], ['', null])
})

test('whoever has a ticket for a date to come is told so, in Korean, and stays', async t => {
    const page = await openPage(t, house, { locale: 'ko-KR' })
    await signUp(page, 'staying')
    const staying = await buyerOf('staying')
    const [free] = (await seatsOf(staying, round)).filter(({ status }) => status === 'available')
    await charge(staying, 1500)
    await buy(staying, round, free)
    await page.goto('/account')
    await button(page, '회원 탈퇴').click()
    await page.locator('#erasePassword').fill('password of staying@example.com')
    await button(page, '완전히 탈퇴하기').click()
    await says(page, '앞으로 볼 공연의 예매가 있습니다')
    assert.equal(ok(await staying.get('/v1/users/me')).name, 'staying')
})

test('an organizer has no such button', async t => {
    const page = await openPage(t, house)
    await signInAs(page, 'organizer@example.com')
    await page.goto('/account')
    await button(page, 'Sign out everywhere').waitFor()
    assert.equal(await button(page, 'Erase my account').count(), 0)
})

test('refresh, back and a second tab change nothing in line', async t => {
    const slow = await House.open({ 'max-active': 1 }, { organizers: ['organizer@example.com'] })
    t.after(() => slow.close())
    const host = await signIn(slow, 'organizer@example.com')
    const hall = await makeRound(host, await makeConcert(host))
    const inside = await openPage(t, slow)
    await signUp(inside)
    await goIn(inside, hall)
    const page = await openPage(t, slow)
    await signUp(page, 'patient')
    await page.goto(`/line?join=1&concert=${hall.concertId}&to=/seats/${hall.id}`)
    await says(page, 'You’re next')
    await says(page, 'Your number 2')
    await page.reload()
    await says(page, 'Your number 2')
    await page.goto('/')
    await page.goBack()
    await says(page, 'Your number 2')
    const other = await page.context().newPage()
    await other.goto(`${slow.url}/line`)
    await says(other, 'Your number 2')
    // A seat before one's turn: the hall says so and leads back.
    await other.goto(`${slow.url}/seats/${hall.id}`)
    await says(other, 'It’s not your turn yet.')
    // Who leaves makes room, and the page goes in by itself.
    await inside.goto('/line')
    await button(inside, 'Leave the line').click()
    await says(inside, 'You left the line.')
    await page.waitForURL(`**/seats/${hall.id}`)
})

test('what a page needs first is asked for with it, and once', async t => {
    const page = await openPage(t, house)
    await signUp(page)
    await goIn(page, round)
    // What is asked for again, at the page's pace or 200 ms after its stream came, is asked for later.
    await page.addInitScript(() => {
        const start = setTimeout
        window.setTimeout = (call, ms, ...rest) => (ms >= 200 ? 0 : start(call, ms, ...rest))
    })
    for (const [path, shown] of [[`/seats/${round.id}`, '[role=gridcell]'], ['/line', '.rank']]) {
        const asked = []
        const note = request => asked.push(new URL(request.url()).pathname)
        page.on('request', note)
        const { link } = (await page.goto(path)).headers()
        await page.locator(shown).first().waitFor()
        page.off('request', note)
        const firsts = [...link.matchAll(/<([^>]+)>/g)].map(([, first]) => first)
        assert.equal(firsts.length, 4)
        for (const first of firsts) assert.equal(asked.filter(one => one === first).length, 1, first)
    }
})

test('a server that is killed in each step is waited for, and nothing is lost', async t => {
    const own = await House.open({}, { organizers: ['organizer@example.com'] })
    t.after(() => own.close())
    const host = await signIn(own, 'organizer@example.com')
    const hall = await makeRound(host, await makeConcert(host))
    const page = await openPage(t, await openDoor(t, own))
    const crash = async () => {
        await own.end('SIGKILL')
        await says(page, 'You’re offline')
        await own.start()
    }
    await signUp(page, 'survivor')
    await charge(await signIn(own, 'survivor@example.com'), 1000)
    await goIn(page, hall)
    await seat(page, 'A-1-1').click()
    await crash()
    await page.reload()
    await button(page, /^Hold these seats/).click()
    await page.waitForURL('**/pay/*')
    await crash()
    await page.getByRole('timer').waitFor()
    await own.end('SIGKILL')
    await button(page, /^Pay ·/).click()
    await says(page, 'You’re offline')
    await own.start()
    await says(page, 'Booked.')
    const buyer = await signIn(own, 'survivor@example.com')
    assert.equal(ok(await buyer.get('/v1/payments')).items.length, 1)
})

test('the best seats side by side, and what is said when there are none', async t => {
    const own = await House.open({}, { organizers: ['organizer@example.com'] })
    t.after(() => own.close())
    const host = await signIn(own, 'organizer@example.com')
    const hall = await makeRound(host, await makeConcert(host), { rows: 2, seatsPerRow: 3 })
    const page = await openPage(t, own)
    await signUp(page, 'pair')
    await goIn(page, hall)
    await page.getByLabel('How many together').selectOption('4')
    await button(page, 'Hold the best 4 together').click()
    await says(page, 'There are not as many free seats side by side.')
    await page.getByLabel('How many together').selectOption('3')
    await button(page, 'Hold the best 3 together').click()
    await page.waitForURL('**/pay/*')
    for (const seat of ['A-1-1', 'A-1-2', 'A-1-3']) await says(page, seat)
})

test('nothing of one’s own without signing in, and no way out to another site', async t => {
    const page = await openPage(t, house)
    for (const path of ['/tickets', '/points', '/account', `/seats/${round.id}`, '/line']) {
        await page.goto(path)
        await page.waitForURL('**/sign-in?to=*')
        assert.equal(new URL(page.url()).searchParams.get('to'), path)
    }
    await signUp(page, 'homebody')
    for (const to of ['//example.com/', '/\\example.com', 'https://example.com/', 'javascript:alert(1)']) {
        await page.goto(`/sign-in?to=${encodeURIComponent(to)}`)
        await page.getByLabel('E-mail').fill('homebody@example.com')
        await page.getByLabel('Password').fill('password of homebody@example.com')
        await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL(`${house.url}/`)
    }
})

test('what is refused is said in words, and what was typed stays', async t => {
    const page = await openPage(t, house)
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill('organizer@example.com')
    await page.getByLabel('Password').fill('not this one')
    await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
    await says(page, 'E-mail or password is wrong.')
    assert.equal(await page.getByLabel('E-mail').inputValue(), 'organizer@example.com')
    await page.goto('/concerts/concert_01h455vb4pex5vsknk084sn02q')
    await says(page, 'There is no such page')
})

test('by the keyboard alone: sign up, line, seats, pay', async t => {
    const page = await openPage(t, house)
    const press = async (...keys) => {
        for (const key of keys) await page.keyboard.press(key)
    }
    // Tab after Tab, until what has the focus is called so.
    const reach = async pattern => {
        for (let i = 0; i < 120; i++) {
            await press('Tab')
            const name = await page.evaluate(() => {
                const one = document.activeElement
                return one?.getAttribute('aria-label') ?? one?.textContent ?? ''
            })
            if (pattern.test(name)) return
        }
        assert.fail(`no ${pattern} by Tab`)
    }
    await page.goto('/sign-up')
    await page.getByLabel('Name').waitFor()
    await page.getByLabel('Name').focus()
    await page.keyboard.type('Keys')
    await press('Tab')
    await page.keyboard.type('keys@example.com')
    await press('Tab')
    await page.keyboard.type('password of keys@example.com')
    await press('Enter')
    await link(page, 'My tickets').waitFor()
    await charge(await buyerOf('keys'), 1500)
    await page.goto(`/line?join=1&to=/seats/${round.id}`)
    await says(page, 'It’s your turn')
    await press('Tab') // from here on the page does not move by itself
    await reach(/^Choose seats$/)
    await press('Enter')
    await page.waitForURL(`**/seats/${round.id}`)
    await page.getByRole('gridcell').first().waitFor()
    await reach(/^A-1-1, /)
    for (let i = 1; i < 9; i++) await press('ArrowRight')
    await press('Space')
    await reach(/^Hold these seats/)
    await press('Enter')
    await page.waitForURL('**/pay/*')
    await page.getByRole('timer').waitFor()
    await reach(/^Pay · 1,500 points/)
    await press('Enter')
    await says(page, 'Booked.')
})
