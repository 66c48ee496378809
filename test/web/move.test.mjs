// What a buyer sees of a round that was moved or cancelled, and of a line that is not open yet.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { admitted, buy, buyer, fromNow, hold as holdSeat, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says, streamOf } from './support/browser.mjs'
import { goIn, hold, signInAs, signUp } from './support/walk.mjs'

const HOUR_MS = 3_600_000

let house, organizer
before(async () => {
    house = await House.open({}, { organizers: ['organizer@example.com'] })
    organizer = await signIn(house, 'organizer@example.com')
})
after(() => house.close())

// As the page's browser writes a date.
const shownTime = (page, locale, time) =>
    page.evaluate(
        ([locale, time]) =>
            new Intl.DateTimeFormat(locale, {
                year: 'numeric',
                month: 'short',
                day: 'numeric',
                weekday: 'short',
                hour: '2-digit',
                minute: '2-digit',
                timeZone: 'UTC',
            }).format(new Date(time)),
        [locale, time]
    )

const reason = { texts: { ko: '태풍으로 미룹니다.', en: 'A storm: one week later.' } }
const languages = [
    ['en-GB', 'ann', 'Moved. It was to begin on', /^Cancel and get/, 'Yes, cancel', 'You cancelled it.'],
    ['ko-KR', 'bob', '일정이 바뀌었습니다.', /돌려받기$/, '취소합니다', '직접 취소했습니다.'],
]
for (const [locale, name, moved, cancel, yes, cancelled] of languages)
    test(`a ticket of a round that was moved says so, and is given back, in ${locale}`, async t => {
        const concert = await makeConcert(organizer)
        const round = await makeRound(organizer, concert, { startTime: fromNow(HOUR_MS) })
        const person = await buyer(house, name, 1000)
        const { id } = await buy(person, round, (await seatsOf(person, round))[0])
        const page = await openPage(t, house, { locale })
        await signInAs(page, `${name}@example.com`)
        const stream = streamOf(page)
        await page.goto(`/tickets/${id}`)
        await page.locator('h1').waitFor()
        await stream
        assert.equal(await button(page, cancel).count(), 0)
        const times = { startTime: fromNow(200 * HOUR_MS), freeCancelUntil: fromNow(100 * HOUR_MS) }
        const doors = { doorsAt: fromNow(199 * HOUR_MS) }
        ok(await organizer.post(`/v1/rounds/${round.id}/move`, { ...times, ...doors, reason }))
        await says(page, moved)
        await says(page, reason.texts[locale.slice(0, 2)])
        await says(page, await shownTime(page, locale, times.startTime))
        await says(page, doors.doorsAt.slice(11, 16))
        await button(page, cancel).click()
        await button(page, yes).click()
        await says(page, cancelled)
    })

test('a ticket of a round that is cancelled says so at once, and why', async t => {
    const round = await makeRound(organizer, await makeConcert(organizer))
    const person = await buyer(house, 'cyd', 1000)
    const { id } = await buy(person, round, (await seatsOf(person, round))[0])
    const page = await openPage(t, house)
    await signInAs(page, 'cyd@example.com')
    const stream = streamOf(page)
    await page.goto(`/tickets/${id}`)
    await stream
    ok(await organizer.post(`/v1/rounds/${round.id}/cancel`, { reason }))
    await says(page, 'The house cancelled this date. Your points are back.')
    await says(page, reason.texts.en)
})

const words = [
    ['en-GB', 'Moved. It was to begin on', 'The date was moved.', /^Pay/, 'The house cancelled this date. No points were spent.'],
    ['ko-KR', '일정이 바뀌었습니다. 원래', '일정이 바뀌었습니다.', /^결제하기/, '주최 측이 이 회차를 취소했습니다. 포인트는 쓰이지 않았습니다.'],
]
for (const [locale, moved, look, payNow, cancelled] of words)
    test(`nobody pays for another day than the page says, in ${locale}`, async t => {
        const round = await makeRound(organizer, await makeConcert(organizer))
        const page = await openPage(t, house, { locale })
        await signUp(page)
        await goIn(page, round)
        await hold(page, 'A-1-1')
        const id = page.url().split('/').at(-1)
        await button(page, /100/).filter({ hasNotText: payNow }).click()
        await button(page, payNow).waitFor()
        await says(page, await shownTime(page, locale, round.startTime))
        // Told by the stream, at once.
        const startTime = fromNow(200 * HOUR_MS)
        const move = to => organizer.post(`/v1/rounds/${round.id}/move`, { startTime: to, freeCancelUntil: to, reason })
        ok(await move(startTime))
        await says(page, moved)
        await says(page, reason.texts[locale.slice(0, 2)])
        await says(page, await shownTime(page, locale, startTime))
        // Not told: the page says one day still, and what is paid is no other.
        await page.route('**/v1/reservations/*', route => route.abort())
        const later = fromNow(300 * HOUR_MS)
        ok(await move(later))
        const answer = page.waitForResponse(each => each.url().endsWith('/v1/payments'))
        await button(page, payNow).click()
        assert.equal((await (await answer).json()).code, 'round_moved')
        await page.unroute('**/v1/reservations/*')
        await says(page, look)
        await says(page, await shownTime(page, locale, later))
        ok(await organizer.post(`/v1/rounds/${round.id}/cancel`, { reason }))
        await says(page, cancelled)
        assert.equal(await button(page, payNow).count(), 0)
        assert.ok(id.startsWith('reservation_'))
    })

const begun = [
    ['en-GB', 'fay', 'This date has begun, and nothing is paid any more.', 'I need more time'],
    ['ko-KR', 'gil', '이 회차가 시작되어 더 이상 결제할 수 없습니다.', '시간이 더 필요합니다'],
]
for (const [locale, name, words, more] of begun)
    test(`nothing is paid once the date has begun, in ${locale}`, async t => {
        const round = await makeRound(organizer, await makeConcert(organizer))
        const person = await buyer(house, name, 1000)
        const [seat] = await seatsOf(person, round)
        await admitted(person)
        const held = ok(await holdSeat(person, round, seat), 201)
        const soon = fromNow(2000)
        const move = { startTime: soon, freeCancelUntil: soon, reason }
        ok(await organizer.post(`/v1/rounds/${round.id}/move`, move))
        const page = await openPage(t, house, { locale })
        await signInAs(page, `${name}@example.com`)
        await page.goto(`/pay/${held.id}`)
        await says(page, words)
        assert.equal(await button(page, more).count(), 0)
    })

test('more time reaches the other tab at once', async t => {
    const round = await makeRound(organizer, await makeConcert(organizer))
    const page = await openPage(t, house)
    await signUp(page)
    await goIn(page, round)
    await hold(page, 'A-1-1')
    const other = await page.context().newPage()
    // The windows have one stream, which begins anew for the second.
    const stream = streamOf(page)
    await other.goto(page.url())
    await other.getByRole('timer').waitFor()
    await stream
    const until = () => other.getByText(/^These seats are yours until/).textContent()
    const before = await until()
    await page.bringToFront()
    await button(page, 'I need more time').click()
    await button(page, 'I need more time').waitFor({ state: 'detached' })
    await other.bringToFront()
    await button(other, 'I need more time').waitFor({ state: 'detached' })
    assert.notEqual(await until(), before)
})

test('the line is counted down to, and can be joined from then on', async t => {
    const concert = await makeConcert(organizer, { title: 'Summer songs' })
    await makeRound(organizer, concert)
    const opensAt = ms => organizer.patch('/v1/queue', { joinOpensAt: ms === null ? null : fromNow(ms) })
    ok(await opensAt(HOUR_MS))
    const page = await openPage(t, house)
    await signUp(page)
    await page.goto(`/concerts/${concert.id}`)
    await says(page, /^You can join the line in 59:\d\d\.$/)
    assert.equal(await link(page, /^Join the line/).count(), 0)
    await page.goto('/line?join=1')
    await says(page, 'You can join from')
    assert.equal(await button(page, 'Join the line').count(), 0)
    ok(await opensAt(5000))
    await page.reload()
    await button(page, 'Join the line').click()
    await says(page, /It’s your turn|Your number/)
    ok(await opensAt(null))
    await page.goto(`/concerts/${concert.id}`)
    await link(page, /^Join the line/).waitFor()
})
