// Libraries that are loaded before a program.

import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const program = resolve(
    process.env.USHER ?? fileURLToPath(new URL('../../../build/usher', import.meta.url))
)

// What is built in test/fault lies somewhere in the same build as the program.
export function built(name) {
    for (let build = resolve(program, '..'); ; build = dirname(build)) {
        const path = join(build, 'test', 'fault', name)
        if (existsSync(path)) return path
        if (build === dirname(build)) throw new Error(`${name} is not built`)
    }
}

// The loader would go on without one that is missing. A path is handed to it as it is.
const library = name => (isAbsolute(name) ? name : built(`${name}.so`))

// The environment of a program that has `env` otherwise.
export const preload = (libraries, env = {}) => ({
    ...env,
    LD_PRELOAD: [env.LD_PRELOAD, ...libraries.map(library)].filter(Boolean).join(' '),
    // AddressSanitizer wants to be the first, and works without.
    ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':'),
})
