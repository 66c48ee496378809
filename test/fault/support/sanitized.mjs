// Whether the program under test was built with a sanitizer: those are several times slower, and map
// terabytes for themselves.

import { readFile } from 'node:fs/promises'

import { program } from '../../api/support/house.mjs'

export const sanitized = /__[at]san_init/.test(await readFile(program, 'latin1'))
