// Where libfaketime is. Its wrapper `faketime` knows, but fails where a semaphore is left that a killed
// process of the same id once made.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'

const ROOT = '/usr/lib'

export function libfaketime() {
    const found = readdirSync(ROOT)
        .map(folder => `${ROOT}/${folder}/faketime/libfaketimeMT.so.1`)
        .find(path => existsSync(path))
    assert.ok(found, `no libfaketime below ${ROOT}`)
    return found
}
