// The contract as data: every route, who may keep its answers, the exact fields of every object. The
// client holds each answer against it, so every test checks the form of all that it receives.

import assert from 'node:assert/strict'

const text = value => typeof value === 'string'
const whole = value => Number.isSafeInteger(value)
const count = value => whole(value) && value >= 0
const flag = value => typeof value === 'boolean'
const real = value => typeof value === 'number'
const time = value => text(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
const id = prefix => {
    const pattern = new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`)
    return value => text(value) && pattern.test(value)
}
const nullable = rule => value => value === null || rule(value)
const oneOf =
    (...values) =>
    value =>
        values.includes(value)
const listOf = rule => value => Array.isArray(value) && value.every(rule)
const object = fields => value => mismatch(fields, value) === null

const estimate = object({ low: count, high: count })

export const shapes = {
    user: {
        id: id('user'),
        name: text,
        email: nullable(text),
        role: oneOf('buyer', 'organizer'),
        externalId: nullable(text),
        createdAt: time,
    },
    points: { userId: id('user'), balance: count, lastUpdated: time },
    entry: {
        id: id('entry'),
        userId: id('user'),
        kind: oneOf('charge', 'payment', 'refund', 'adjustment'),
        amount: whole,
        balance: count,
        reference: nullable(text),
        paymentId: nullable(id('payment')),
        createdAt: time,
    },
    concert: {
        id: id('concert'),
        title: text,
        description: text,
        reservationOpenAt: time,
        reservationCloseAt: time,
    },
    round: {
        id: id('round'),
        concertId: id('concert'),
        startTime: time,
        status: oneOf('scheduled', 'cancelled'),
        totalSeatCnt: count,
        availableSeatCnt: count,
    },
    seat: {
        id: id('seat'),
        concertRoundId: id('round'),
        seatNumber: text,
        section: nullable(text),
        row: nullable(text),
        number: nullable(text),
        grade: nullable(text),
        price: count,
        status: oneOf('available', 'held', 'sold', 'blocked'),
        x: nullable(real),
        y: nullable(real),
        accessible: flag,
    },
    map: {
        roundId: id('round'),
        id: listOf(id('seat')),
        seatNumber: listOf(text),
        section: listOf(nullable(text)),
        row: listOf(nullable(text)),
        number: listOf(nullable(text)),
        grade: listOf(nullable(text)),
        price: listOf(count),
        x: listOf(nullable(real)),
        y: listOf(nullable(real)),
        accessible: listOf(flag),
    },
    availability: {
        roundId: id('round'),
        version: count,
        available: count,
        held: count,
        sold: count,
        blocked: count,
        seats: value => text(value) && /^[ahsb]+$/.test(value),
    },
    settings: {
        serverTime: time,
        timeZone: text,
        charging: oneOf('open', 'closed'),
        registration: oneOf('open', 'closed'),
        holdSeconds: count,
        maxSeatsPerReservation: count,
        maxSeatsPerUser: count,
        refundUntilSeconds: count,
    },
    queue: {
        status: oneOf('scheduled', 'open', 'paused', 'closed'),
        openAt: nullable(time),
        serving: count,
        lastNumber: count,
        waiting: count,
        active: count,
        maxActive: count,
        admitPerSecond: count,
        silentSeconds: count,
        activeSeconds: count,
        waitSeconds: count,
        estimatedWaitSeconds: nullable(estimate),
    },
    token: {
        id: id('token'),
        userId: id('user'),
        status: oneOf('waiting', 'active', 'expired'),
        reason: oneOf(null, 'finished', 'timed_out', 'silent', 'abandoned', 'left'),
        number: count,
        ahead: count,
        estimatedWaitSeconds: nullable(estimate),
        issuedAt: time,
        activateAt: nullable(time),
        expiresAt: nullable(time),
        pollAfterMs: nullable(count),
    },
    reservation: {
        id: id('reservation'),
        userId: id('user'),
        concertId: id('concert'),
        roundId: id('round'),
        status: oneOf('pending', 'confirmed', 'cancelled', 'expired'),
        seats: listOf(object({ seatId: id('seat'), seatNumber: text, price: count })),
        amount: count,
        usedPoints: count,
        paymentId: nullable(id('payment')),
        reservedAt: time,
        expiresAt: time,
        refundableUntil: time,
        cancelledAt: nullable(time),
        cancelReason: oneOf(null, 'buyer', 'left', 'organizer', 'round_cancelled'),
    },
    payment: {
        id: id('payment'),
        userId: id('user'),
        reservationId: id('reservation'),
        amount: count,
        status: oneOf('succeeded', 'failed', 'cancelled'),
        paidAt: nullable(time),
        cancelledAt: nullable(time),
    },
}
shapes.session = { id: id('session'), token: text, expiresAt: time, user: object(shapes.user) }

const page = name => ({ items: listOf(object(shapes[name])), nextCursor: nullable(text) })

// [path, who may keep the answer, the shape of a 2xx answer by method; null: no body]
export const routes = [
    ['/v1/users', 'private', { POST: 'user', GET: page('user') }],
    ['/v1/users/me', 'private', { GET: 'user', PATCH: 'user' }],
    ['/v1/users/{user}', 'private', { GET: 'user' }],
    ['/v1/sessions', 'private', { POST: 'session', DELETE: null }],
    ['/v1/sessions/current', 'private', { DELETE: null }],
    ['/v1/points', 'private', { GET: 'points' }],
    ['/v1/points/charges', 'private', { POST: 'entry' }],
    ['/v1/points/entries', 'private', { GET: page('entry') }],
    ['/v1/concerts', 'public', { GET: page('concert'), POST: 'concert' }],
    ['/v1/concerts/{concert}', 'public', { GET: 'concert', PATCH: 'concert', DELETE: null }],
    ['/v1/concerts/{concert}/rounds', 'public', { GET: page('round'), POST: 'round' }],
    ['/v1/rounds/{round}', 'public', { GET: 'round', PATCH: null, DELETE: null }],
    ['/v1/rounds/{round}/seats', 'public', { GET: page('seat') }],
    ['/v1/rounds/{round}/map', 'public', { GET: 'map' }],
    ['/v1/rounds/{round}/availability', 'public', { GET: 'availability' }],
    ['/v1/settings', 'public', { GET: 'settings' }],
    ['/v1/queue', 'public', { GET: 'queue', PATCH: 'queue' }],
    ['/v1/queue/tokens', 'private', { POST: 'token' }],
    ['/v1/queue/tokens/current', 'private', { GET: 'token' }],
    ['/v1/queue/tokens/{token}', 'private', { GET: 'token', DELETE: null }],
    ['/v1/reservations', 'private', { GET: page('reservation'), POST: 'reservation' }],
    ['/v1/reservations/{reservation}', 'private', { GET: 'reservation' }],
    ['/v1/reservations/{reservation}/cancel', 'private', { POST: 'reservation' }],
    ['/v1/payments', 'private', { GET: page('payment'), POST: 'payment' }],
    ['/v1/payments/{payment}', 'private', { GET: 'payment' }],
].map(([path, visibility, answers]) => ({
    path,
    visibility,
    answers,
    pattern: new RegExp(`^${path.replaceAll(/\{[a-z]+\}/g, '[^/]+')}$`),
}))

// Where a 201 points: the created thing's own URL.
const locations = {
    user: '/v1/users/',
    concert: '/v1/concerts/',
    round: '/v1/rounds/',
    token: '/v1/queue/tokens/',
    reservation: '/v1/reservations/',
    payment: '/v1/payments/',
}

// What is wrong with `value` as an object of exactly these fields; null when nothing is.
function mismatch(fields, value) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return 'not an object'
    for (const name of Object.keys(value)) if (!(name in fields)) return `unknown field ${name}`
    for (const [name, rule] of Object.entries(fields)) {
        if (!(name in value)) return `missing field ${name}`
        if (!rule(value[name])) return `field ${name} is ${JSON.stringify(value[name])}`
    }
    return null
}

function checkProblem(answer, where) {
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, where)
    if (answer.method === 'HEAD') return
    const { type, title, status, detail, code, requestId } = answer.body
    assert.equal(type, `/problems/${code}`, where)
    assert.match(code, /^[a-z_]+$/, where)
    assert.equal(status, answer.status, where)
    assert.ok(text(title) && title.length > 0, where)
    assert.ok(text(detail) && detail.length > 0, where)
    assert.equal(requestId, answer.headers['x-request-id'], where)
    if (code === 'invalid_field') {
        assert.ok(Array.isArray(answer.body.errors) && answer.body.errors.length > 0, where)
        for (const { field, message } of answer.body.errors)
            assert.ok(text(field) && text(message), where)
        const { errors, errorCount } = answer.body
        assert.ok(errors.length <= 100, where)
        if (errorCount !== undefined)
            assert.ok(errors.length === 100 && errorCount > errors.length, where)
    }
}

function checkRefusalHeaders({ status, headers }, where) {
    if (status === 401) assert.match(headers['www-authenticate'] ?? '', /^Bearer/, where)
    if (status === 405) assert.match(headers.allow ?? '', /^[A-Z]+(, [A-Z]+)*$/, where)
    if (status === 429 || status === 503)
        assert.match(headers['retry-after'] ?? '', /^[1-9][0-9]*$/, where)
}

function checkSuccess(answer, route, where) {
    const { method, status, headers, body } = answer
    const shape = route?.answers[method === 'HEAD' ? 'GET' : method]
    if (status === 204 || status === 304) return assert.equal(answer.text, '', where)
    if (shape === undefined || method === 'HEAD') return
    assert.match(headers['content-type'] ?? '', /^application\/json/, where)
    const wrong = mismatch(typeof shape === 'string' ? shapes[shape] : (shape ?? {}), body)
    assert.equal(wrong, null, `${where}: ${wrong}`)
    if (status === 201 && locations[shape])
        assert.equal(headers.location, locations[shape] + body.id, where)
}

function checkCaching({ method, status, headers }, route, where) {
    if (!route) return
    const reads = method === 'GET' || method === 'HEAD'
    if (route.visibility === 'private' || !reads)
        assert.match(headers['cache-control'] ?? '', /no-store/, where)
    else if (status === 200 || status === 304)
        assert.match(headers.etag ?? '', /^(W\/)?"[^"]+"$/, where)
}

// Holds one answer against everything that the contract says of all answers.
export function checkAnswer(answer) {
    const route = routes.find(({ pattern }) => pattern.test(answer.path.split('?')[0]))
    const where = `${answer.method} ${answer.path} -> ${answer.status} ${answer.text.slice(0, 500)}`
    assert.match(answer.headers['x-request-id'] ?? '', /^[A-Za-z0-9._-]{1,64}$/, where)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', where)
    assert.equal(answer.headers['referrer-policy'], 'same-origin', where)
    if (answer.status >= 400) {
        checkProblem(answer, where)
        checkRefusalHeaders(answer, where)
    } else {
        checkSuccess(answer, route, where)
    }
    checkCaching(answer, route, where)
}
