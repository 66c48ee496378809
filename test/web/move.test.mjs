// What a buyer sees of a round that was moved or cancelled, and of a line that is not open yet.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { buy, buyer, fromNow, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { signInAs, signUp } from './support/walk.mjs'

const HOUR_MS = 3_600_000

let house, organizer
before(async () => {
    house = await House.open({}, { organizers: ['organizer@example.com'] })
    organizer = await signIn(house, 'organizer@example.com')
})
after(() => house.close())

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
        await page.goto(`/tickets/${id}`)
        await page.locator('h1').waitFor()
        assert.equal(await button(page, cancel).count(), 0)
        const times = { startTime: fromNow(200 * HOUR_MS), freeCancelUntil: fromNow(100 * HOUR_MS) }
        ok(await organizer.post(`/v1/rounds/${round.id}/move`, { ...times, reason }))
        await page.reload()
        await says(page, moved)
        await says(page, reason.texts[locale.slice(0, 2)])
        await button(page, cancel).click()
        await button(page, yes).click()
        await says(page, cancelled)
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
