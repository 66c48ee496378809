// What the house tells everybody in line, on the page where they wait.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { makeConcert, makeRound, signIn } from '../api/support/people.mjs'
import { openPage, says } from './support/browser.mjs'
import { signUp } from './support/walk.mjs'

let house, organizer
before(async () => {
    // Somebody is inside for as long as this takes, and there is room for no second.
    const settings = { 'max-active': 1, 'silent-seconds': 86_400, 'active-seconds': 86_400 }
    house = await House.open(settings, { organizers: ['organizer@example.com'] })
    organizer = await signIn(house, 'organizer@example.com')
    await makeRound(organizer, await makeConcert(organizer))
    ok(await organizer.post('/v1/queue/tokens'), 201)
})
after(() => house.close())

const texts = { ko: '30분 늦게 시작합니다.', en: 'It begins half an hour late.' }
const tell = async (level, until = null) =>
    ok(await organizer.request('PUT', '/v1/queue/notice', { body: { texts, level, until } }))
const gone = (page, text) => page.getByText(text).waitFor({ state: 'detached' })

for (const [locale, text] of [['en-GB', texts.en], ['ko-KR', texts.ko]])
    test(`a notice comes to who waits without asking, and goes again, in ${locale}`, async t => {
        const page = await openPage(t, house, { locale })
        await signUp(page)
        await page.goto('/line?join=1')
        await says(page, /다음 차례입니다|You’re next|people ahead|앞에/)
        await tell('warning')
        await says(page, text)
        const told = page.getByRole('status').filter({ hasText: text })
        assert.equal(await told.getAttribute('class'), 'trouble')
        await tell('info')
        await page.locator('p:not(.trouble)').getByText(text).waitFor()
        ok(await organizer.delete('/v1/queue/notice'), 204)
        await gone(page, text)
        await tell('info', new Date(Date.now() + 4000).toISOString())
        await says(page, text)
        await gone(page, text)
    })

test('also in a house with so many rounds that a stream does not tell its line', async t => {
    const page = await openPage(t, house, { locale: 'en-GB' })
    await signUp(page)
    await page.goto('/line?join=1')
    await says(page, /You’re next|people ahead/)
    const concert = await makeConcert(organizer)
    for (let i = 0; i < 30; i++) await makeRound(organizer, concert, { rows: 1, seatsPerRow: 1 })
    await tell('info')
    await says(page, texts.en)
    await says(page, /You’re next|people ahead/)
})
