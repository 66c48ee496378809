// The desk's people and keys: invited, changed, let go, made and revoked, by who may.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Client, ok, refused } from '../api/support/client.mjs'
import { House, passwordOf } from '../api/support/house.mjs'
import { invited, signIn } from '../api/support/people.mjs'
import { button, link, openPage, says } from './support/browser.mjs'
import { signInAs } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer
before(async () => {
    house = await House.open({}, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
})
after(() => house.close())

async function openPeople(t, email = BOSS, options = {}) {
    const page = await openPage(t, house, options)
    await signInAs(page, email)
    await page.goto('/desk/people')
    await page.locator('#staff + .cards').waitFor()
    return page
}

const form = (page, name) => page.getByRole('form', { name })
const staff = async () => ok(await organizer.get('/v1/staff')).items
const keys = async () => ok(await organizer.get('/v1/api-keys')).items

test('somebody is invited, chooses a password by the address, and comes in', async t => {
    const page = await openPeople(t)
    const invite = form(page, 'Invite somebody')
    await invite.getByLabel('Name').fill('Gate')
    await invite.getByLabel('E-mail').fill('gate@example.com')
    await button(invite, 'Invite somebody').click()
    await says(page, 'Choose at least one.')
    await invite.getByLabel('Decide how people are let in').check()
    await button(invite, 'Invite somebody').click()
    const field = page.getByLabel('Send this address to Gate')
    await field.waitFor()
    await page.locator('#invitation:focus').waitFor()
    const address = await field.inputValue()
    // The form is empty, for the next; pressing again takes nothing away.
    assert.equal(await invite.getByLabel('Name').inputValue(), '')
    await button(invite, 'Invite somebody').click()
    assert.equal(await field.inputValue(), address)
    const [person] = (await staff()).filter(({ name }) => name === 'Gate')
    assert.deepEqual(person.scopes, ['queue:write'])

    const newcomer = await openPage(t, house)
    const sent = []
    newcomer.on('request', request => sent.push(request.url()))
    await newcomer.goto(address)
    await newcomer.getByLabel('New password').fill(passwordOf(person.email))
    await button(newcomer, 'Save').click()
    await newcomer.waitForURL('**/sign-in?to=%2F')
    assert.ok(sent.every(url => !url.includes(address.split('#')[1]) || url === address))
    await newcomer.getByLabel('E-mail').fill(person.email)
    await newcomer.getByLabel('Password').fill(passwordOf(person.email))
    await newcomer.locator('form button').click()
    await link(newcomer, 'Desk').click()
    await newcomer.waitForURL('**/desk/line')

    // The address is good for once.
    await newcomer.goto(address)
    await newcomer.getByLabel('New password').fill(passwordOf('again'))
    await button(newcomer, 'Save').click()
    await newcomer.locator('.trouble').waitFor()
    await newcomer.goto('/choose-password')
    await says(newcomer, 'This address is not whole.')
})

test('an address that has an account is not invited', async t => {
    await invited(organizer, 'known', ['read'])
    const page = await openPeople(t)
    const invite = form(page, 'Invite somebody')
    await invite.getByLabel('Name').fill('Known')
    await invite.getByLabel('E-mail').fill('known@example.com')
    await invite.getByLabel('See counts').check()
    await button(invite, 'Invite somebody').click()
    await says(page, 'Somebody has an account with this e-mail already.')
})

test('what somebody may do is changed, and they are removed, by keyboard alone', async t => {
    const { user } = await invited(organizer, 'zoe', ['stats'])
    const page = await openPeople(t)
    await button(page, 'Change what zoe may do').focus()
    await page.keyboard.press('Enter')
    const change = form(page, 'Change what zoe may do')
    await change.getByLabel('See counts').focus()
    await page.keyboard.press('Space')
    await change.getByLabel('Set up concerts').focus()
    await page.keyboard.press('Space')
    await button(change, 'Save').focus()
    await page.keyboard.press('Enter')
    await change.waitFor({ state: 'detached' })
    await page.locator(`#change-${user.id}:focus`).waitFor()
    const scopesOf = async () => (await staff()).find(({ id }) => id === user.id)?.scopes
    assert.deepEqual(await scopesOf(), ['catalogue:write'])

    await button(page, 'Remove zoe').focus()
    await page.keyboard.press('Enter')
    await says(page, 'Remove zoe? They are signed out at once')
    await page.keyboard.press('Enter')
    await button(page, 'Remove zoe').waitFor()
    await page.locator('button:focus').getByText('Remove zoe').waitFor()
    assert.deepEqual(await scopesOf(), ['catalogue:write'])
    await page.keyboard.press('Enter')
    await button(page, 'Yes, remove').focus()
    await page.keyboard.press('Enter')
    await button(page, 'Remove zoe').waitFor({ state: 'detached' })
    await page.locator('#staff:focus').waitFor()
    assert.equal(await scopesOf(), undefined)
})

test('a key is made, shown its secret once, used and revoked', async t => {
    const page = await openPeople(t)
    await says(page, 'There are no keys.')
    const make = form(page, 'Make a key')
    await make.getByLabel('What it is for').fill('report')
    await make.getByLabel('See counts').check()
    await make.getByLabel('Good for').selectOption('30 days')
    await button(make, 'Make a key').click()
    const secret = await page.getByLabel('The secret of “report”').inputValue()
    await page.locator('#secret:focus').waitFor()
    const [made] = await keys()
    assert.deepEqual([made.name, made.scopes], ['report', ['stats']])
    const days = (Date.parse(made.expiresAt) - Date.parse(made.createdAt)) / 86_400_000
    assert.ok(Math.abs(days - 30) < 0.01, made.expiresAt)
    const program = new Client(house, { token: secret })
    ok(await program.get('/v1/stats'))

    await page.reload()
    await says(page, 'Last used')
    assert.ok(!(await page.content()).includes(secret))
    await button(page, 'Revoke “report”').click()
    await button(page, 'Yes, revoke').click()
    await says(page, 'There are no keys.')
    await page.locator('#keys:focus').waitFor()
    refused(await program.get('/v1/stats'), 401, 'unauthenticated')
})

test('who is no organizer gives what they have, and changes nobody who has more', async t => {
    const lead = await invited(organizer, 'lead', ['team:write', 'read'])
    await invited(organizer, 'more', ['read', 'stats'])
    await invited(organizer, 'less', ['read'])
    const page = await openPeople(t, lead.user.email)
    const invite = form(page, 'Invite somebody')
    assert.equal(await invite.getByRole('checkbox').count(), 1)
    await button(page, 'Remove less').waitFor()
    for (const name of ['more', 'lead', BOSS])
        assert.equal(await button(page, `Remove ${name}`).count(), 0, name)
    assert.equal(await page.getByRole('link', { name: 'Line', exact: true }).count(), 0)
})

test('who may not do this is told so, and asks for nothing of it', async t => {
    const { user } = await invited(organizer, 'reader', ['read'])
    const page = await openPage(t, house)
    await signInAs(page, user.email)
    const asked = []
    page.on('request', request => asked.push(request.url()))
    await page.goto('/desk/people')
    await says(page, 'This is for organizers, and for staff who may do this.')
    assert.equal(await link(page, 'People and keys').count(), 0)
    assert.deepEqual(asked.filter(url => /staff|api-keys/.test(url)), [])
})

test('in Korean', async t => {
    const page = await openPeople(t, BOSS, { locale: 'ko-KR' })
    await says(page, '주최자: 모든 일을 할 수 있습니다.')
    await form(page, '키 만들기').getByLabel('판매 현황과 합계 보기').waitFor()
})
