// libfaketime, which changes CLOCK_REALTIME of the program that it is loaded before and nothing else.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'

const ROOT = '/usr/lib'

// In the program's environment beside what says how the clock is changed.
export const wallAlone = {
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // The name of the same in other versions.
    DONT_FAKE_MONOTONIC: '1',
}

// Its path. The wrapper `faketime` knows it too, but fails where a semaphore is left that a killed
// process of the same id once made.
export function libfaketime() {
    const found = readdirSync(ROOT)
        .map(folder => `${ROOT}/${folder}/faketime/libfaketimeMT.so.1`)
        .find(path => existsSync(path))
    assert.ok(found, `no libfaketime below ${ROOT}`)
    return found
}

// The environment of a program whose clock starts at `moment`.
export const startingAt = moment => ({
    ...wallAlone,
    TZ: 'UTC',
    FAKETIME: `@${moment.toISOString().slice(0, 19).replace('T', ' ')}`,
})
