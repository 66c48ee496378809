// A client of GET /v1/events: reads the stream strictly, as WHATWG HTML 9.2.6 has it and nothing looser,
// and holds every event against what /openapi.json says of it.

import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'

import { checkEvent, checkStreamHead, noteStreamBegin } from './contract.mjs'
import { until, within } from './wait.mjs'

const FRAME = /^(?:id: (\d+)\n)?event: ([a-z]+)\ndata: (.*)$/

export class Events {
    // `lastId` is sent as Last-Event-ID. Resolves when the head is there.
    static async open(client, query = '', { lastId, headers = {} } = {}) {
        const events = new Events()
        events.resumes = lastId !== undefined
        const sent = { accept: 'text/event-stream', ...headers }
        if (client.token && !('authorization' in sent)) sent.authorization = `Bearer ${client.token}`
        if (lastId !== undefined) sent['last-event-id'] = String(lastId)
        await within('the head of a stream', events.#ask(client.house.url, query, sent))
        return events
    }

    constructor() {
        this.all = [] // {name, data, id, at}
        this.comments = 0
        this.lastId = undefined
        this.over = false
        this.whole = false
    }

    #ask(url, query, headers) {
        const target = new URL(`/v1/events${query && `?${query}`}`, url)
        const { get } = target.protocol === 'https:' ? https : http
        return new Promise((resolve, reject) => {
            this.request = get(target, { headers, agent: false, rejectUnauthorized: false })
            this.request.on('error', error => {
                this.over = true
                reject(error)
            })
            this.request.on('response', response => {
                this.response = response
                this.status = response.statusCode
                this.headers = response.headers
                if (this.status === 200) checkStreamHead(response)
                this.#read(response)
                resolve()
            })
        })
    }

    #read(response) {
        let text = ''
        this.text = ''
        response.setEncoding('utf8')
        response.on('data', part => {
            if (this.status !== 200) return void (this.text += part)
            text += part
            this.#begin(part)
            const blocks = text.split('\n\n')
            text = blocks.pop()
            for (const block of blocks) this.#take(block)
        })
        response.on('error', () => {})
        response.on('close', () => {
            this.over = true
            this.whole = response.complete
            if (this.whole && this.status === 200) assert.equal(text, '', 'a stream ends with a frame')
        })
    }

    // The queue is told at the end of what is told first.
    #begin(part) {
        if (this.begun) return
        this.text += part
        this.begun = /event: queue\n.*\n\n$/.test(this.text)
        if (this.begun) noteStreamBegin(this, this.text)
    }

    // A client that has no id yet is given one that names no commit.
    #first() {
        return this.resumes ? 'retry: 3000' : 'id: 0\nretry: 3000'
    }

    #take(block) {
        if (this.retry === undefined) {
            assert.equal(block, this.#first())
            this.firstId = this.lastId = this.resumes ? undefined : '0'
            return void (this.retry = 3000)
        }
        if (block === ':') return void this.comments++
        const alone = /^id: (\d+)$/.exec(block)
        if (alone) return void (this.lastId = alone[1])
        const [, id, name, json] = FRAME.exec(block) ?? assert.fail(`no frame: ${block}`)
        assert.equal(this.retry, 3000, 'the time to come back is told first')
        const data = JSON.parse(json)
        checkEvent(name, data)
        assert.ok(Buffer.byteLength(json) <= 4096, `${json.length} characters of data`)
        if (id !== undefined) this.lastId = id
        this.all.push({ name, data, id, at: performance.now() })
        this.onEvent?.(name, data)
    }

    of(name) {
        return this.all.filter(event => event.name === name).map(event => event.data)
    }

    // The first event of this name, from the one numbered `from` on, that the condition takes.
    next(name, condition = () => true, from = 0) {
        return until(`an event ${name}`, () => {
            const found = this.all.slice(from).find(each => each.name === name && condition(each.data))
            assert.ok(found || !this.over, `the stream ended without ${name}`)
            return found && { ...found, data: found.data }
        })
    }

    async ended() {
        await until('the end of a stream', () => this.over)
        return this
    }

    close() {
        this.request.destroy()
    }
}

// What a page knows of a round from its events.
export class Seats {
    constructor(events) {
        this.version = -1
        this.stale = false
        events.onEvent = (name, data) => name === 'seats' && this.take(data)
        for (const data of events.of('seats')) this.take(data)
    }

    take(data) {
        assert.ok(data.version >= this.version, 'versions never go back')
        this.version = data.version
        if (data.stale) return void (this.stale = true)
        if (data.seats !== undefined) this.letters = [...data.seats]
        else for (const [at, letter] of data.changes) this.letters[at] = letter
    }

    get text() {
        return this.letters.join('')
    }
}
