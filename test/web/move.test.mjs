// What a buyer sees of a round that was moved.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { buy, buyer, fromNow, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { button, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

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
