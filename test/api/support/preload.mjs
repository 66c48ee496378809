// Libraries that are loaded before a program.

import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const program = resolve(
    process.env.USHER ?? fileURLToPath(new URL('../../../build/usher', import.meta.url))
)

// Those of test/fault are built with the program, which lies somewhere in the same build. The loader
// would go on without one that is missing. A path is handed to it as it is.
function library(name) {
    if (isAbsolute(name)) return name
    for (let build = resolve(program, '..'); ; build = dirname(build)) {
        const path = join(build, 'test', 'fault', `${name}.so`)
        if (existsSync(path)) return path
        if (build === dirname(build)) throw new Error(`${name}.so is not built`)
    }
}

// The environment of a program that has `env` otherwise.
export const preload = (libraries, env = {}) => ({
    ...env,
    LD_PRELOAD: [env.LD_PRELOAD, ...libraries.map(library)].filter(Boolean).join(' '),
    // AddressSanitizer wants to be the first, and works without.
    ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':'),
})
