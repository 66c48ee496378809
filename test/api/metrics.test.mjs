// What machines that watch are told: metrics that promtool finds well formed and that count what
// happened, alert rules that tell when they should, and a dashboard of metrics that there are.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { exchange, ok, refused } from './support/client.mjs'
import { House, newDirectory, run } from './support/house.mjs'
import { admitted, buyer, buy, charge, hold, makeConcert, makeRound, seatsOf, signIn } from './support/people.mjs'
import { until } from './support/wait.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const installed = join(root, 'test/node_modules/.bin/promtool') // by tools/install
const promtool = (...args) => run(existsSync(installed) ? installed : 'promtool', args)
const contrib = name => join(root, 'contrib', name)

let scratch, house, text, end
const one = (name, labels = '') => {
    const line = text.split('\n').find(line => line.startsWith(`${name}${labels} `))
    assert.ok(line, `${name}${labels} is not told`)
    return Number(line.slice(line.lastIndexOf(' ') + 1))
}
// The names of families, as their TYPE lines have them.
const families = () => new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]))

async function makePaper() {
    const [cert, key] = ['cert.pem', 'key.pem'].map(name => join(scratch, name))
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const subject = ['-subj', '/CN=house', '-days', '2', '-out', cert, '-keyout', key]
    assert.equal((await run('openssl', ['req', '-x509', ...curve, ...subject])).code, 0)
    await chmod(key, 0o600)
    const { stdout } = await run('openssl', ['x509', '-in', cert, '-noout', '-enddate'])
    end = Date.parse(stdout.replace('notAfter=', '')) / 1000
    return { 'tls-cert': cert, 'tls-key': key }
}

before(async () => {
    scratch = await newDirectory()
    const settings = { ...(await makePaper()), 'metrics-listen': '127.0.0.1:0' }
    house = await House.open(settings, { organizers: ['boss@example.com'] })
    const TOLD = /metrics listening=(http:\/\/\S+)/
    await until('the second address', () => TOLD.test(house.process.said.stderr))
    const organizer = await signIn(house, 'boss@example.com')
    const round = await makeRound(organizer, await makeConcert(organizer))
    const [first, second, third] = await seatsOf(organizer, round)
    const ann = await buyer(house, 'ann')
    const bob = await buyer(house, 'bob')
    await charge(ann, 1000)
    await buy(ann, round, first, second)
    await admitted(bob)
    ok(await hold(bob, round, third), 201)
    for (let i = 0; i < 3; i++) refused(await house.anybody.get('/v1/points'), 401, 'unauthenticated')
    const answer = await exchange(TOLD.exec(house.process.said.stderr)[1], { method: 'GET', path: '/metrics' })
    assert.equal(answer.status, 200)
    text = answer.text
})
after(async () => {
    await house?.close()
    await rm(scratch, { recursive: true, force: true })
})

describe('GET /metrics', () => {
    test('is well formed', async () => {
        const file = join(scratch, 'metrics')
        await writeFile(file, text)
        const command = existsSync(installed) ? installed : 'promtool'
        const { code, stdout, stderr } = await run('sh', ['-c', `"${command}" check metrics < "${file}"`])
        assert.deepEqual([code, stdout, stderr], [0, '', ''])
    })

    test('counts requests by route and status', () => {
        const requests = (method, route, status) =>
            one('usher_http_requests_total', `{method="${method}",route="${route}",status="${status}"}`)
        assert.equal(requests('GET', '/v1/points', 401), 3)
        assert.equal(requests('POST', '/v1/payments', 201), 1)
        assert.equal(requests('POST', '/v1/reservations', 201), 2)
    })

    test('tells latency by verb, of all that was answered', () => {
        const sum = expression =>
            [...text.matchAll(expression)].reduce((all, [, count]) => all + Number(count), 0)
        assert.equal(one('usher_http_request_seconds_count', '{verb="RESERVATION_HOLD"}'), 2)
        assert.equal(
            one('usher_http_request_seconds_bucket', '{verb="PAYMENT_MAKE",le="+Inf"}'),
            one('usher_http_request_seconds_count', '{verb="PAYMENT_MAKE"}')
        )
        assert.ok(one('usher_http_request_seconds_sum', '{verb="RESERVATION_HOLD"}') > 0)
        assert.equal(
            sum(/^usher_http_request_seconds_count\S* (\d+)$/gm),
            sum(/^usher_http_requests_total\S* (\d+)$/gm)
        )
    })

    test('tells batches and how long their syncs took', () => {
        assert.equal(one('usher_append_seconds_count'), one('usher_batches_total'))
        assert.equal(one('usher_append_seconds_bucket', '{le="+Inf"}'), one('usher_batches_total'))
        assert.ok(one('usher_append_seconds_sum') > 0)
        assert.ok(one('usher_journal_lag_seconds') < 60)
    })

    test('tells seats and what happened', () => {
        assert.deepEqual(
            ['sold', 'held', 'blocked'].map(status => one('usher_seats', `{status="${status}"}`)),
            [2, 1, 0]
        )
        assert.equal(one('usher_happenings_total', '{what="sold"}'), 2)
        assert.equal(one('usher_happenings_total', '{what="joined"}'), 2)
    })

    test('tells of the process, its streams and its certificate', () => {
        assert.equal(one('usher_certificate_end_timestamp_seconds'), end)
        assert.ok(one('process_resident_memory_bytes') > 1e6)
        assert.ok(one('process_open_fds') > 5 && one('process_open_fds') < one('process_max_fds'))
        assert.deepEqual([one('usher_streams'), one('usher_ready')], [0, 1])
        assert.match(text, /^usher_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
    })
})

// Every metric that an expression names is one that there is.
function namesOnlyMetrics(what, expressions) {
    const told = families()
    let count = 0
    for (const expression of expressions)
        for (const [name] of expression.matchAll(/\b(usher|process)_[a-z_]+/g)) {
            const family = name.replace(/_(bucket|sum|count)$/, '')
            const there = told.has(name) || told.get(family) === 'histogram'
            assert.ok(there, `${what} names ${name}, which /metrics does not tell`)
            count++
        }
    assert.ok(count > 0, `${what} names no metric`)
}

describe('alert rules', () => {
    const rules = contrib('prometheus/usher.rules.yml')
    const tests = contrib('prometheus/usher.rules.test.yml')
    test('are rules, of metrics that there are', async () => {
        const { code, stderr } = await promtool('check', 'rules', rules)
        assert.equal(code, 0, stderr)
        namesOnlyMetrics(rules, [...(await readFile(rules, 'utf8')).matchAll(/expr: (.*)/g)].map(([, it]) => it))
    })

    test('tell when they should, and not beside that', async () => {
        const { code, stdout, stderr } = await promtool('test', 'rules', tests)
        assert.equal(code, 0, stdout + stderr)
        const cases = await readFile(tests, 'utf8')
        for (const [, name] of (await readFile(rules, 'utf8')).matchAll(/- alert: (\w+)/g))
            for (const how of ['tells', 'is silent']) assert.ok(cases.includes(`'${name} ${how}'`), `${name} ${how}`)
    })
})

test('the dashboard asks for metrics that there are, in expressions that Prometheus understands', async () => {
    const dashboard = JSON.parse(await readFile(contrib('grafana/usher.json'), 'utf8'))
    const panels = dashboard.panels.filter(({ type }) => type !== 'row')
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
    assert.ok(panels.every(({ title, description, targets }) => title && description && targets.length > 0))
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    for (const expression of expressions) namesOnlyMetrics(expression, [expression])
    const asRules = expressions.map((expression, i) => {
        const asked = expression.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'usher')
        return `  - record: panel_${i}\n    expr: ${JSON.stringify(asked)}\n`
    })
    const file = resolve(scratch, 'dashboard.yml')
    await writeFile(file, `groups:\n- name: dashboard\n  rules:\n${asRules.join('')}`)
    const { code, stdout, stderr } = await promtool('check', 'rules', file)
    assert.equal(code, 0, stdout + stderr)
})
