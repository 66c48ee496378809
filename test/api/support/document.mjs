// The description of the API that the program under test serves: GET /openapi.json of a server that
// is started for nothing else. It is kept beside the program for the test files that follow, and is
// asked for again when the program has changed.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = realpathSync(
    process.env.USHER ?? fileURLToPath(new URL('../../../build/usher', import.meta.url))
)
const kept = `${program}.openapi.json`

const { mtimeMs, size } = statSync(program)
const version = `${mtimeMs} ${size}`

function readKept() {
    try {
        const { of, text } = JSON.parse(readFileSync(kept, 'utf8'))
        return of === version ? text : null
    } catch {
        return null // there is none yet
    }
}

// Whole or not at all, also when several test files begin at once.
function keep(text) {
    const mine = `${kept}.${process.pid}`
    try {
        writeFileSync(mine, JSON.stringify({ of: version, text }))
        renameSync(mine, kept)
    } catch (error) {
        if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error
    }
}

async function ask() {
    const data = mkdtempSync(join(tmpdir(), 'usher-document-'))
    const env = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !name.startsWith('USHER_'))
    )
    const server = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0'], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise(resolve => server.on('close', resolve))
    try {
        let said = ''
        for await (const part of server.stdout) {
            said += part
            const ready = /listening on (\S+)\n/.exec(said)
            if (!ready) continue
            const answer = await fetch(`${ready[1]}/openapi.json`)
            return await answer.text()
        }
        throw new Error(`${program} serve ended before it was ready: ${said}`)
    } finally {
        server.kill('SIGTERM')
        await ended
        rmSync(data, { recursive: true, force: true })
    }
}

let text = readKept()
if (text === null) {
    text = await ask()
    keep(text)
}

export const documentText = text
export const document = JSON.parse(text)
