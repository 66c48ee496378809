// A client that sends exactly the bytes it is given, in the pieces it is given them in, and keeps
// exactly what came back and how it ended. It understands nothing of HTTP.

import net from 'node:net'

import { within } from '../../api/support/wait.mjs'

// Many times what any test expects: a server that answers for ever fails the test, not the machine.
const HEARD_MOST = 16 * 1024 * 1024
const SHOWN_MOST = 4000

function addressOf(where) {
    if (where.startsWith('/')) return { path: where }
    const { hostname, port } = new URL(where)
    return { host: hostname, port: Number(port) }
}

export class Connection {
    // Resolves when connected, or refused. `where`: a server's URL, or the path of its socket.
    // `from` is the local address to connect from.
    static async open(where, { from } = {}) {
        const connection = new Connection(
            net.connect({
                ...addressOf(where),
                localAddress: from,
                allowHalfOpen: true,
                noDelay: true,
            })
        )
        await connection.until('the connection', ({ open, over }) => open || over)
        return connection
    }

    constructor(socket) {
        this.socket = socket
        this.parts = []
        this.length = 0
        this.open = false // it was accepted
        this.ended = false // the server said that no more comes
        this.over = false // nothing can be sent or received any more
        this.error = null // the code of what broke it: ECONNRESET, EPIPE
        this.began = performance.now()
        this.watchers = new Set()
        const note = change => value => {
            change(value)
            for (const look of this.watchers) look()
        }
        socket.on(
            'connect',
            note(() => (this.open = true))
        )
        socket.on(
            'data',
            note(part => this.hear(part))
        )
        socket.on(
            'end',
            note(() => (this.ended = true))
        )
        socket.on(
            'error',
            note(({ code }) => (this.error ??= code))
        )
        socket.on(
            'close',
            note(() => (this.over = true))
        )
    }

    hear(part) {
        this.parts.push(part)
        this.length += part.length
        if (this.length <= HEARD_MOST) return
        this.error ??= 'it answers without end'
        this.socket.destroy()
    }

    // All bytes so far.
    get heard() {
        if (this.parts.length > 1) this.parts = [Buffer.concat(this.parts)]
        return this.parts[0] ?? Buffer.alloc(0)
    }

    get milliseconds() {
        return performance.now() - this.began
    }

    // Resolves when `condition` holds, which is looked at whenever something happens.
    until(what, condition) {
        const held = new Promise(resolve => {
            const look = () => {
                if (!condition(this)) return
                this.watchers.delete(look)
                resolve()
            }
            this.watchers.add(look)
            look()
        })
        return within(what, held).catch(error => {
            const shown = this.heard.toString('latin1', 0, SHOWN_MOST)
            error.message += `; heard: ${JSON.stringify(shown)}`
            throw error
        })
    }

    // Sends the pieces one after the other, each handed to the system before the next. What can no
    // longer be sent is left out: how it ended tells.
    async send(...pieces) {
        for (const piece of pieces) {
            if (this.over || this.error) return
            await new Promise(resolve => this.socket.write(piece, () => resolve()))
            await new Promise(resolve => setImmediate(resolve)) // what came is noted between them
        }
    }

    // Says that no more comes, and goes on reading.
    end() {
        this.socket.end()
    }

    // Takes nothing more from the system, which soon takes nothing more from the server.
    deaf() {
        this.socket.pause()
    }

    // Sends one piece every so many milliseconds, as a slow client does; what a timer does late is
    // slower still. Resolves when all is sent or the connection is over.
    drip(pieces, everyMs) {
        const left = [...pieces]
        return new Promise(resolve => {
            const timer = setInterval(() => {
                if (left.length > 0 && !this.over && !this.error && !this.ended)
                    return this.socket.write(left.shift())
                clearInterval(timer)
                resolve()
            }, everyMs)
        })
    }

    // Goes without a word, as a process that is killed does.
    reset() {
        this.socket.resetAndDestroy()
    }

    leave() {
        this.socket.destroy()
    }
}
