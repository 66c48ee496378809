// A small disk for one house: a tmpfs in a mount namespace of its own, which ends with the process
// that keeps it, so that nothing stays mounted whatever becomes of the test. Needs no root where
// users may have namespaces.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { until, within } from '../../api/support/wait.mjs'
import { readFiles, writeFiles } from './power.mjs'

const FILLER = 'filler'
const CHUNK = Buffer.alloc(64 * 1024)

export class Tmpfs {
    // Puts the house's data directory on a disk of so many bytes. The house does not run; from now
    // on it starts where the disk is.
    static async under(house, bytes) {
        const tmpfs = new Tmpfs()
        const files = await readFiles(house.data)
        const script = `mount -t tmpfs -o size=${bytes} tmpfs "$0" && echo mounted && exec cat`
        const args = ['--map-root-user', '--mount', 'sh', '-c', script, house.data]
        tmpfs.keeper = spawn('unshare', args)
        let said = ''
        for (const stream of ['stdout', 'stderr'])
            tmpfs.keeper[stream].on('data', part => (said += part))
        tmpfs.ended = new Promise(resolve => tmpfs.keeper.on('close', resolve))
        await until('the mount', () => said.includes('\n'))
        assert.equal(said, 'mounted\n')
        const { pid } = tmpfs.keeper
        house.wrapper = ['nsenter', '--target', String(pid), '--user', '--mount', '--']
        // The disk as seen from outside of the namespace.
        tmpfs.path = `/proc/${pid}/root${house.data}`
        await writeFiles(tmpfs.path, files)
        return tmpfs
    }

    // Takes whatever room there is; may be called again when some has come free.
    async fill() {
        const filler = await open(join(this.path, FILLER), 'a')
        try {
            for (;;) await filler.write(CHUNK)
        } catch (error) {
            assert.equal(error.code, 'ENOSPC')
        } finally {
            await filler.close()
        }
    }

    empty() {
        return rm(join(this.path, FILLER), { force: true })
    }

    // The end of the disk and of everything on it.
    close() {
        this.keeper.stdin.end()
        return within('the end of the disk', this.ended)
    }
}
