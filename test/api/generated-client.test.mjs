// A client in TypeScript whose types openapi-typescript makes of /openapi.json: it compiles in the
// strictest way, what is wrong in it does not, and it buys a ticket.

import assert from 'node:assert/strict'
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { documentText } from './support/document.mjs'
import { House, run } from './support/house.mjs'
import { makeConcert, makeRound, signIn } from './support/people.mjs'

const packages = fileURLToPath(new URL('../node_modules', import.meta.url))

const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitReturns: true,
    noUnusedLocals: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
    noEmitOnError: true,
}

let house, directory
before(async () => {
    house = await House.open({}, { organizers: ['boss@example.com'] })
    directory = await mkdtemp(join(tmpdir(), 'usher-client-'))
})
after(async () => {
    await house.close()
    await rm(directory, { recursive: true })
})

// Runs a program of one of the packages in the directory. A compiler beside other tests is slow.
async function tool(path, ...args) {
    const options = { cwd: directory, deadlineMs: 600_000 }
    const command = [join(packages, path), ...args]
    const { code, stdout, stderr } = await run(process.execPath, command, options)
    assert.equal(code, 0, `${path}: ${stdout}${stderr}`)
}

describe('a generated client', () => {
    test('compiles', async () => {
        const source = new URL('client/buy.ts', import.meta.url)
        await symlink(packages, join(directory, 'node_modules'))
        await copyFile(fileURLToPath(source), join(directory, 'buy.ts'))
        await writeFile(join(directory, 'openapi.json'), documentText)
        await writeFile(join(directory, 'package.json'), JSON.stringify({ type: 'module' }))
        await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
        await tool('openapi-typescript/bin/cli.js', 'openapi.json', '--output', 'api.d.ts')
        await tool('typescript/bin/tsc', '--project', '.')
    })

    test('buys a ticket', async () => {
        const organizer = await signIn(house, 'boss@example.com')
        const concert = await makeConcert(organizer)
        const round = await makeRound(organizer, concert)
        const { code, stdout, stderr } = await run(
            process.execPath,
            [join(directory, 'buy.js'), house.url],
            { cwd: directory }
        )
        assert.equal(code, 0, stderr)
        const { seat, reservation, payment, refused } = JSON.parse(stdout)
        assert.equal(reservation.roundId, round.id)
        assert.equal(reservation.status, 'confirmed')
        assert.equal(reservation.paymentId, payment.id)
        assert.deepEqual(
            reservation.seats.map(each => each.seatId),
            [seat.id]
        )
        assert.equal(payment.amount, seat.price)
        assert.equal(refused, 'reservation_not_pending')
    })
})
