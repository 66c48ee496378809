// Bytes on a connection, for what an HTTP client would not send.

import net from 'node:net'

import { within } from './wait.mjs'

// Sends `bytes` on a new connection and returns what came back until the server closed it or, with
// `until`, until the text holds that pattern.
export function speak(url, bytes, { until: pattern } = {}) {
    const { hostname, port } = new URL(url)
    const socket = net.connect(Number(port), hostname)
    const heard = new Promise((resolve, reject) => {
        let text = ''
        socket.setEncoding('latin1')
        socket.on('data', part => {
            text += part
            if (pattern?.test(text)) resolve(text)
        })
        socket.on('close', () => resolve(text))
        // A server that turns a connection away may close it while bytes still come.
        socket.on('error', error => (text ? resolve(text) : reject(error)))
    })
    socket.write(bytes)
    return within('the answer on the wire', heard).finally(() => socket.destroy())
}

// The status codes of the answers in a text, in order.
export const statuses = text =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(match => Number(match[1]))
