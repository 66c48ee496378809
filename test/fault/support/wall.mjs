// The clock that a house sees (libfaketime changes CLOCK_REALTIME and nothing else).

import assert from 'node:assert/strict'

import { run } from '../../api/support/house.mjs'

// The environment of a program whose clock starts at `moment`, and the library that does it.
export async function startingAt(moment) {
    const printed = await run('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'])
    assert.equal(printed.code, 0, printed.stderr)
    return {
        library: printed.stdout.trim(),
        env: {
            TZ: 'UTC',
            FAKETIME: `@${moment.toISOString().slice(0, 19).replace('T', ' ')}`,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
            // The name of the same in other versions.
            DONT_FAKE_MONOTONIC: '1',
        },
    }
}
