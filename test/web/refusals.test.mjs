// Every refusal that the API can give, and every rule that a field can break, is told in the reader's
// language, and none in the server's words.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'

import { House } from '../api/support/house.mjs'
import { button, openPage } from './support/browser.mjs'

let house
before(async () => (house = await House.open()))
after(() => house.close())

const rows = await readFile(new URL('../../src/record/refusal.def', import.meta.url), 'utf8')
const refusals = new Map(
    [...rows.matchAll(/^REFUSAL\(\w+, \w+, (\d+), "(\w+)", "([^"]+)"/gm)].map(([, status, code, title]) => [
        code,
        { status: Number(status), code, title },
    ])
)

// A full server is asked again until it answers, and says so at the top of the page.
const isPutOff = ({ status }) => status === 429 || status === 503

for (const [locale, other, again] of [
    ['en-GB', /[가-힣]/, 'Try again'],
    ['ko-KR', /[a-zA-Z]/, '다시 시도'],
])
    test(`each refusal of a page, in ${locale}`, async t => {
        assert.ok(refusals.size > 40)
        const page = await openPage(t, house, { locale })
        let now = null
        await page.route('**/v1/concerts?*', route =>
            route.fulfill({
                status: now.status,
                contentType: 'application/problem+json',
                headers: isPutOff(now) ? { 'Retry-After': '60' } : {},
                body: JSON.stringify({ ...now, detail: now.title, requestId: '1' }),
            })
        )
        for (now of refusals.values()) {
            await page.goto('/')
            const place = isPutOff(now) ? page.locator('.banner') : page.locator('.trouble p').first()
            await place.filter({ hasText: /[.]/ }).waitFor()
            assert.doesNotMatch(await place.innerText(), other, now.code)
        }
        // Words that can't be fetched: then the answer's own, rather than none.
        await page.route('**/a/refusals-*', route => route.abort())
        now = refusals.get('forbidden')
        await page.goto('/')
        await page.locator('.trouble p').filter({ hasText: 'Forbidden' }).waitFor()
        await button(page, again).waitFor()
    })

const ruleRows = await readFile(new URL('../../src/record/rule.def', import.meta.url), 'utf8')
const rules = [...ruleRows.matchAll(/^RULE\(\w+, "(\w+)"/gm)].map(([, rule]) => rule)

for (const [locale, other] of [['en-GB', /[가-힣]/], ['ko-KR', /[a-zA-Z]/]])
    test(`each rule that a field can break, in ${locale}`, async t => {
        assert.ok(rules.length > 40)
        const page = await openPage(t, house, { locale })
        let now = rules[0]
        await page.route('**/v1/users', route => {
            const error = { field: '/name', rule: now, message: now, least: 1, most: 1000, other: '7' }
            return route.fulfill({
                status: 422,
                contentType: 'application/problem+json',
                body: JSON.stringify({ ...refusals.get('invalid_field'), requestId: '1', errors: [error] }),
            })
        })
        await page.goto('/sign-up')
        for (const id of ['name', 'email', 'password']) await page.locator(`#${id}`).fill('ann@example.com')
        const said = new Set()
        for (now of rules) {
            const answer = page.waitForResponse('**/v1/users')
            await page.locator('form button').click()
            await answer
            const place = page.locator('#name-error').filter({ hasText: /[.]/ })
            await place.waitFor()
            const text = await place.innerText()
            assert.doesNotMatch(text, other, now)
            assert.doesNotMatch(text, /[{}]/, now)
            said.add(text)
        }
        assert.ok(said.size > rules.length - 3, 'each has words of its own')
        // A rule of a younger house: its own words, rather than none.
        now = 'colour'
        await page.locator('form button').click()
        await page.locator('#name-error').getByText('colour').waitFor()
    })
