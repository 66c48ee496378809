// A hall in which nothing is free: when that may change, and that it did.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { House } from '../api/support/house.mjs'
import { admitted, buyer, hold, leave, makeConcert, makeRound, seatsOf, signIn } from '../api/support/people.mjs'
import { openPage, says } from './support/browser.mjs'
import { signUp, watch } from './support/walk.mjs'

const STEP_MS = 10_000

let house, organizer, concert
before(async () => {
    house = await House.open({}, { organizers: ['organizer@example.com'] })
    organizer = await signIn(house, 'organizer@example.com')
    concert = await makeConcert(organizer)
})
after(() => house.close())

const wordsOf = {
    'en-GB': ['All seats of this date are gone.', 'may come back at', 'One seat came back in the last minute.'],
    'ko-KR': ['이 회차의 좌석이 모두 나갔습니다.', '에 돌아올 수 있습니다.', '지난 1분 동안 1석이 돌아왔습니다.'],
}
for (const [locale, [gone, mayReturn, cameBack]] of Object.entries(wordsOf))
    test(`whoever finds nothing free is told when something may be, in ${locale}`, async t => {
        const round = await makeRound(organizer, concert, { rows: 1, seatsPerRow: 3 })
        const other = await buyer(house, `other-${locale.slice(0, 2)}`)
        await admitted(other)
        const page = await openPage(t, house, { locale })
        await signUp(page)
        await watch(page, round)
        const [first, ...rest] = await seatsOf(other, round)
        const one = ok(await hold(other, round, first), 201)
        const two = ok(await hold(other, round, ...rest), 201)
        await says(page, gone)
        const at = new Date(Math.ceil(Date.parse(one.expiresAt) / STEP_MS) * STEP_MS)
        const time = at.toISOString().slice(11, 19)
        await says(page, new RegExp(locale === 'en-GB' ? `${mayReturn} ${time}` : `${time}${mayReturn}`))
        // What came back and was taken again at once.
        ok(await other.post(`/v1/reservations/${one.id}/cancel`))
        const again = ok(await hold(other, round, first), 201)
        await says(page, cameBack)
        assert.equal(again.status, 'pending')
        await leave(other)
        await page.locator('[role=gridcell]').first().waitFor()
        assert.equal(two.status, 'pending')
    })
