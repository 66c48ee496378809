// How long a frame takes while somebody moves and zooms the drawing and 200 seats a second change.

import { setTimeout as delay } from 'node:timers/promises'

import { median } from '../../../bench/numbers.mjs'
import { ok } from '../../api/support/client.mjs'
import { desktop, openPerson, phone, runs, seconds, slowDown, untilDrawn } from './browser.mjs'
import { withHall } from './halls.mjs'

const TURNS_A_SECOND = 10
const SEATS_A_TURN = 20

// Blocks and puts back seats all over the hall until it is told to stop.
export async function changeSeats(organizer, round, ids, signal) {
    for (let turn = 0; !signal.aborted; turn++) {
        const began = performance.now()
        const from = Math.floor(turn / 2) * SEATS_A_TURN * 7
        const seatIds = Array.from({ length: SEATS_A_TURN }, (_, i) => ids[((from + i * 7) * 31) % ids.length])
        ok(await organizer.post(`/v1/rounds/${round.id}/seats/${turn % 2 === 0 ? 'block' : 'unblock'}`, { seatIds: [...new Set(seatIds)] }))
        await delay(Math.max(1000 / TURNS_A_SECOND - (performance.now() - began), 0))
    }
}

// Frame by frame in the page: a finger that goes in circles, and a wheel that goes in and out again. The
// longest of twenty frames' times but one, in milliseconds.
export const gesture = (page, ms) =>
    page.evaluate(async ms => {
        const canvas = document.querySelector('.hall canvas')
        canvas.setPointerCapture = () => {} // there is no such pointer
        const { left, top, width, height } = canvas.getBoundingClientRect()
        const at = angle => ({
            pointerId: 1, bubbles: true,
            clientX: left + width / 2 + (width / 4) * Math.cos(angle), clientY: top + height / 2 + (height / 4) * Math.sin(angle),
        })
        const nextFrame = () => new Promise(resolve => requestAnimationFrame(resolve))
        const times = []
        canvas.dispatchEvent(new PointerEvent('pointerdown', at(0)))
        const began = await nextFrame()
        for (let before = began; before - began < ms; ) {
            const seconds = (before - began) / 1000
            canvas.dispatchEvent(new PointerEvent('pointermove', at(seconds * 3)))
            canvas.dispatchEvent(new WheelEvent('wheel', { ...at(seconds * 3), deltaY: -60 * Math.cos(seconds * 2), cancelable: true }))
            const now = await nextFrame()
            times.push(now - before)
            before = now
        }
        canvas.dispatchEvent(new PointerEvent('pointercancel', at(0)))
        return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]
    }, ms)

async function measure({ house, organizer, round }, ids, look, slower) {
    const { context, join } = await openPerson(house, look)
    await join()
    const page = await context.newPage()
    const told = page.waitForResponse(answer => answer.url().includes('/v1/events'))
    await page.goto(`/seats/${round.id}`)
    await untilDrawn(page)
    await told
    await slowDown(page, { slower })
    const stop = new AbortController()
    const changing = changeSeats(organizer, round, ids, stop.signal)
    const found = await gesture(page, seconds * 1000)
    stop.abort()
    await changing
    await context.close()
    return found
}

async function* measureAll(seats, cases) {
    const rows = await withHall(seats, async hall => {
        const { id } = ok(await hall.house.anybody.get(`/v1/rounds/${hall.round.id}/map`))
        const found = cases.map(() => [])
        for (let run = 0; run < runs; run++)
            for (const [i, { look, slower }] of cases.entries()) found[i].push(await measure(hall, id, look, slower))
        return cases.map(({ what, most }, i) => ({ what, found: median(found[i]), most }))
    })
    yield* rows
}

export async function* frames() {
    const moving = 'moving and zooming, 200 changes a second, 95 % of frames, ms'
    yield* measureAll(50_000, [
        { what: `50,000 seats, ${moving}`, look: desktop, slower: 1, most: 17 },
        { what: `the same, a phone, CPU ÷ 4`, look: phone, slower: 4, most: 50 },
    ])
    yield* measureAll(200_000, [{ what: `200,000 seats, ${moving}`, look: desktop, slower: 1, most: 34 }])
}
