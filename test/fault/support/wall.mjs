// The clock that a house sees (libfaketime changes CLOCK_REALTIME and nothing else).

import { libfaketime } from './faketime.mjs'

// The environment of a program whose clock starts at `moment`, and the library that does it.
export function startingAt(moment) {
    return {
        library: libfaketime(),
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
