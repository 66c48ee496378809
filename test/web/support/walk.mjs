// What a buyer does in the pages, step by step, in any language. Each step ends when the page shows that
// it is done.

import assert from 'node:assert/strict'

import { passwordOf } from '../../api/support/house.mjs'
import { button } from './browser.mjs'

async function post(page, path, data) {
    const answer = await page.request.post(path, { data, headers: { 'Sec-Fetch-Site': 'same-origin' } })
    assert.equal(answer.status(), 201, await answer.text())
}

// Whoever has an account with that address.
export const signInAs = (page, email) => post(page, '/v1/sessions', { email, password: passwordOf(email) })

let people = 0

// As the page does, without it: two tests go through the page itself.
export async function signUp(page, name = `buyer${++people}`) {
    const email = `${name}@example.com`
    const password = passwordOf(email)
    await post(page, '/v1/users', { name, email, password })
    await signInAs(page, email)
}

// Into the hall of a round, through the line: its drawing is there.
export async function watch(page, round) {
    const hall = `/seats/${round.id}`
    await page.goto(`/line?join=1&to=${hall}`)
    // The page may go in by itself before the click is through.
    const inside = url => url.pathname === hall
    await Promise.any([page.locator(`main a.button[href="${hall}"]`).click(), page.waitForURL(inside)])
    await page.waitForURL(inside)
    await page.locator('[role=gridcell]').first().waitFor()
}

export async function openList(page) {
    await page.locator('[aria-expanded=false]').click()
    await page.locator('#section').waitFor()
}

export async function goIn(page, round) {
    await watch(page, round)
    await openList(page)
}

export const seat = (page, number) => button(page, new RegExp(`^${number}, `))

export async function hold(page, ...numbers) {
    for (const number of numbers) await seat(page, number).click()
    await page.locator('.tray button').click()
    await page.waitForURL('**/pay/*')
    await page.getByRole('timer').waitFor()
}
