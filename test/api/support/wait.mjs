// Waiting for a condition instead of for a length of time.

import { setTimeout as delay } from 'node:timers/promises'

// Sanitizers make the server several times slower; nothing here measures speed.
export const DEADLINE_MS = 30_000

// Asks `condition` again and again until it gives something truthy, and returns that.
export async function until(what, condition, { deadlineMs = DEADLINE_MS, everyMs = 20 } = {}) {
    const end = Date.now() + deadlineMs
    for (;;) {
        const value = await condition()
        if (value) return value
        if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`)
        await delay(everyMs)
    }
}

// Rejects when `promise` takes longer than `deadlineMs`.
export function within(what, promise, deadlineMs = DEADLINE_MS) {
    let timer
    const late = new Promise((_, reject) => {
        timer = setTimeout(
            () => reject(new Error(`${what}: no answer in ${deadlineMs} ms`)),
            deadlineMs
        )
    })
    return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
