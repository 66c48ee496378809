// What a disk holds after the power went, made from the tape of power_loss.c: the files as they were
// at the beginning, everything synced since, and of what was written and not synced whatever chance
// leaves, torn at sectors. The disk keeps every promise that fsync makes, and no other.

import { readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { preload } from '../../api/support/preload.mjs'

export const SECTOR = 512
const ENTRY_BYTES = 32
const MARK = 0x65706174

// The numbers of power_loss.c's enum tape_kind.
export const KIND = {
    named: 1,
    created: 2,
    removed: 3,
    written: 4,
    truncated: 5,
    syncBegun: 6,
    syncDone: 7,
    renamed: 8,
}

// The tape's entries. The last may have been cut short by the kill; then it was not done, as far as
// anybody knows.
export function readTape(tape) {
    const entries = []
    for (let at = 0; at + ENTRY_BYTES <= tape.length;) {
        if (tape.readUInt32LE(at) !== MARK) throw new Error(`the tape is broken at byte ${at}`)
        const start = at + ENTRY_BYTES
        const end = start + Number(tape.readBigUInt64LE(at + 24))
        if (end > tape.length) break
        entries.push({
            kind: tape.readUInt32LE(at + 4),
            inode: tape.readBigUInt64LE(at + 8),
            value: Number(tape.readBigUInt64LE(at + 16)),
            bytes: tape.subarray(start, end),
        })
        at = end
    }
    return entries
}

// A file's bytes, which grow.
class Content {
    constructor(bytes = Buffer.alloc(0)) {
        this.bytes = Buffer.from(bytes)
        this.length = bytes.length
    }
    write(offset, bytes) {
        this.resize(Math.max(this.length, offset + bytes.length))
        bytes.copy(this.bytes, offset)
    }
    // What is new is zero.
    resize(length) {
        if (length > this.bytes.length) {
            const larger = Buffer.alloc(Math.max(length, 2 * this.bytes.length))
            this.bytes.copy(larger, 0, 0, this.length)
            this.bytes = larger
        }
        if (length < this.length) this.bytes.fill(0, length, this.length)
        this.length = length
    }
    read() {
        return this.bytes.subarray(0, this.length)
    }
}

function apply(content, { kind, value, bytes }) {
    if (kind === KIND.written) content.write(value, bytes)
    else content.resize(value)
}

// The pieces of a write that a disk does whole.
function sectorsOf({ value, bytes }) {
    const pieces = []
    for (let from = 0; from < bytes.length;) {
        const to = Math.min(bytes.length, from + SECTOR - ((value + from) % SECTOR))
        pieces.push({ kind: KIND.written, value: value + from, bytes: bytes.subarray(from, to) })
        from = to
    }
    return pieces
}

// Names and files up to the last sync, and what came after.
export class Disk {
    // `files`: name → bytes, all of it synced. `directory`: the directory's inode.
    constructor(files, directory) {
        this.names = new Map()
        for (const [name, bytes] of files)
            this.names.set(name, { content: new Content(bytes), pending: [] })
        this.base = new Map(this.names)
        this.root = { pending: [] }
        this.open = new Map([[directory, this.root]]) // inode → the file that has it now
        this.syncs = new Map() // number → the entry at which it began
        this.count = 0
    }

    play(entries) {
        for (const entry of entries) this.step({ ...entry, index: this.count++ })
        return this
    }

    step(entry) {
        const { kind, inode, value, bytes, index } = entry
        const name = () => bytes.toString()
        if (kind === KIND.named) this.meet(inode, name())
        else if (kind === KIND.created) {
            const file = { content: new Content(), pending: [] }
            this.open.set(inode, file)
            this.root.pending.push({ index, name: name(), file })
        } else if (kind === KIND.renamed) {
            const [from, to] = name().split('/')
            this.root.pending.push({ index, from, name: to, file: this.open.get(inode) })
        } else if (kind === KIND.removed)
            this.root.pending.push({ index, name: name(), file: null })
        else if (kind === KIND.syncBegun) this.syncs.set(value, index)
        else if (kind === KIND.syncDone) this.sync(this.open.get(inode), this.syncs.get(value))
        else this.open.get(inode).pending.push(entry)
    }

    // A file that was there before the tape began.
    meet(inode, name) {
        if (this.open.has(inode)) return
        const file = this.base.get(name)
        if (!file) throw new Error(`${name} was opened and never made`)
        this.open.set(inode, file)
    }

    // Everything before the sync began is durable.
    sync(file, began) {
        const later = file.pending.findIndex(({ index }) => index > began)
        const done = file.pending.splice(0, later < 0 ? Infinity : later)
        for (const change of done) this.settle(file, change)
    }

    settle(file, change) {
        if (change.from !== undefined) this.names.delete(change.from)
        if (file !== this.root) apply(file.content, change)
        else if (change.file) this.names.set(change.name, change.file)
        else this.names.delete(change.name)
    }

    // The power goes: name → bytes, and in `lost` how much of what was pending is gone. `keep` says
    // for each file what may survive: 'nothing', 'everything' or 'some'.
    cut(dice, keep = () => dice.pick(['nothing', 'everything', 'some'])) {
        const lost = { writes: 0, torn: 0, truncations: 0, names: 0, survived: 0 }
        for (const file of this.open.values()) {
            if (file === this.root) continue
            const what = keep()
            for (const change of file.pending) survive(file.content, change, what, dice, lost)
        }
        // A directory's changes become durable in order.
        const { pending } = this.root
        const kept = { nothing: 0, everything: pending.length }
        const count = kept[keep()] ?? dice.below(pending.length + 1)
        lost.names = pending.length - count
        for (const change of pending.slice(0, count)) this.settle(this.root, change)
        const files = new Map([...this.names].map(([name, { content }]) => [name, content.read()]))
        return { files, lost }
    }
}

function survive(content, change, what, dice, lost) {
    const written = change.kind === KIND.written
    const fate =
        what === 'some' ? dice.pick(written ? ['gone', 'whole', 'torn'] : ['gone', 'whole']) : what
    if (fate === 'whole' || fate === 'everything') {
        lost.survived++
        apply(content, change)
    } else if (fate === 'torn') {
        lost.torn++
        for (const sector of sectorsOf(change)) if (dice.chance(0.5)) apply(content, sector)
    } else if (written) lost.writes++
    else lost.truncations++
}

// ---- Directories ----

export async function readFiles(directory) {
    const files = new Map()
    for (const name of await readdir(directory))
        if (!/-shm$|\.sock$/.test(name)) files.set(name, await readFile(join(directory, name)))
    return files
}

export async function writeFiles(directory, files) {
    for (const name of await readdir(directory)) await rm(join(directory, name))
    for (const [name, bytes] of files)
        await writeFile(join(directory, name), bytes, { mode: 0o600 })
}

// A house whose power can be cut.
export class Power {
    // `house` does not run; it starts with `libraries`, by path or of those beside the program, and
    // the one that keeps the tape.
    static async over(house, libraries = []) {
        const power = new Power()
        power.directory = await realpath(house.data)
        power.tape = `${house.data}.tape`
        house.env = {
            ...preload([...libraries, 'power_loss'], house.env),
            POWER_LOSS_DIRECTORY: power.directory,
            POWER_LOSS_TAPE: power.tape,
        }
        await power.begin()
        return power
    }

    // What is there now is durable.
    async begin() {
        await writeFile(this.tape, '')
        this.files = await readFiles(this.directory)
        this.inode = (await stat(this.directory, { bigint: true })).ino
    }

    // After the program was killed.
    async cut(dice, keep) {
        const tape = await readFile(this.tape)
        const disk = new Disk(this.files, this.inode).play(readTape(tape))
        const { files, lost } = disk.cut(dice, keep)
        await writeFiles(this.directory, files)
        await this.begin()
        return lost
    }

    close() {
        return rm(this.tape, { force: true })
    }
}
