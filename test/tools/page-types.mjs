// The API's types for the pages, from what the program itself says of it: `page-types.mjs DIRECTORY`
// writes api.d.ts there.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import openapi, { astToString } from 'openapi-typescript'

import { House } from '../api/support/house.mjs'

const [directory] = process.argv.slice(2)
const house = await House.open()
try {
    const description = await (await fetch(`${house.url}/openapi.json`)).json()
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'api.d.ts'), astToString(await openapi(description)))
} finally {
    await house.close()
}
