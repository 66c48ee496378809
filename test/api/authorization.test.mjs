// Who may do what: every route of /openapi.json, asked by nobody, with a forged token, with an ended
// session, by a buyer, by a key and by staff of each scope alone and by an organizer. A route that is not listed
// here fails, and so does one that says another scope than here.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { Client, ok, refused } from './support/client.mjs'
import { document } from './support/document.mjs'
import {
    admitted,
    buyers,
    charge,
    hold,
    invited,
    makeConcert,
    makeRound,
    openHouse,
    pay,
    seatsOf,
    signIn,
} from './support/people.mjs'

const SCOPES = document.components.schemas.new_api_key.properties.scopes.items.enum

// Written down here again, rather than taken from the description, which is judged by it.
//   open      nobody is asked who it is
//   open+scope anybody; who has the scope gets more, which has a test of its own
//   signed    a person, about the own; a key never
//   a scope   who has it; buyers never
//   own+scope a person about the own; about others' who has the scope
const WANTED = {
    getQueue: 'open',
    getConcerts: 'open+catalogue:write',
    getConcert: 'open+catalogue:write',
    getRounds: 'open+catalogue:write',
    getRound: 'open+catalogue:write',
    getSeats: 'open+catalogue:write',
    getSeatMap: 'open+catalogue:write',
    getPlan: 'open+catalogue:write',
    getAvailability: 'open+catalogue:write',
    getSettings: 'open',
    getEvents: 'open+stats',
    getAllRounds: 'open',
    getHealth: 'open',
    getReadiness: 'open',
    getOpenapi: 'open',
    getProblems: 'open',
    getProblem: 'open',
    getDocs: 'open',
    postHandoverRedeem: 'open',
    getHandoverPage: 'open',
    getHandoverScript: 'open',
    getDocsStyle: 'open',
    postUsers: 'open+users:write',
    postSessions: 'open+users:write',
    postPasswordResets: 'open',
    getSessions: 'signed',
    deleteSessions: 'signed',
    deleteOwnSession: 'signed',
    deleteSession: 'signed',
    getOwnUser: 'own+read',
    getOwnExport: 'signed',
    patchOwnUser: 'signed',
    deleteOwnUser: 'signed',
    postQueueTokens: 'signed',
    getOwnQueueToken: 'own+read',
    getQueueToken: 'own+read',
    deleteQueueToken: 'signed',
    postReservations: 'signed',
    getReservations: 'own+read',
    getReservation: 'own+read',
    postReservationExtend: 'signed',
    postReservationCancel: 'own+refunds:write',
    postPayments: 'signed',
    getPayments: 'own+read',
    getPayment: 'own+read',
    getTickets: 'own+read',
    getTicket: 'own+read',
    getTicketQr: 'signed',
    getReservationCalendar: 'open',
    postTicketReissue: 'own+users:write',
    patchTicket: 'own+users:write',
    getUser: 'own+read',
    getPoints: 'own+read',
    postCharges: 'own+points:charge',
    postAdjustments: 'points:adjust',
    getEntries: 'own+read',
    getUsers: 'read',
    getChanges: 'read',
    exportUsers: 'read',
    exportReservations: 'read',
    exportPayments: 'read',
    exportEntries: 'read',
    exportSales: 'stats',
    exportSeats: 'catalogue:write',
    patchQueue: 'queue:write',
    postIncidents: 'queue:write',
    putQueueNotice: 'queue:write',
    deleteQueueNotice: 'queue:write',
    postConcerts: 'catalogue:write',
    patchConcert: 'catalogue:write',
    deleteConcert: 'catalogue:write',
    postRounds: 'catalogue:write',
    getPlans: 'catalogue:write',
    postPlans: 'catalogue:write',
    getStoredPlan: 'catalogue:write',
    postPlanCheck: 'catalogue:write',
    putStoredPlan: 'catalogue:write',
    deleteStoredPlan: 'catalogue:write',
    patchRound: 'catalogue:write',
    deleteRound: 'catalogue:write',
    postRoundCancel: 'catalogue:write',
    postRoundMove: 'catalogue:write',
    postRoundPause: 'catalogue:write',
    postRoundResume: 'catalogue:write',
    postSeatsBlock: 'catalogue:write',
    postSeatsUnblock: 'catalogue:write',
    getSales: 'stats',
    getStats: 'stats',
    getStatsSeries: 'stats',
    postQueueForecast: 'stats',
    getReservationHistory: 'read',
    postSelfcheck: 'read',
    postRehearsals: 'stats',
    getRehearsals: 'stats',
    getRehearsal: 'stats',
    postRehearsalCancel: 'stats',
    getMetrics: 'stats',
    postApiKeys: 'team:write',
    getApiKeys: 'team:write',
    getActions: 'audit',
    deleteApiKey: 'team:write',
    postStaff: 'team:write',
    getStaff: 'team:write',
    patchStaff: 'team:write',
    deleteStaff: 'team:write',
    postUserPasswordResets: 'users:write',
    postHandovers: 'users:write',
    patchUser: 'users:write',
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        id: operation.operationId,
        scope: operation['x-scope'],
        own: operation['x-own'],
        open: operation['x-open'],
    }))
)

const isOpen = wanted => wanted.startsWith('open')
const isOwn = wanted => wanted.startsWith('own+')
const scopeOf = wanted =>
    wanted === 'open' || wanted === 'signed' ? null : wanted.replace(/^(own|open)\+/, '')

describe('authorization', () => {
    let house, boss, ann, bob, keys, staff, ended, ids, bodies, draft
    before(async () => {
        ;({ house, organizer: boss } = await openHouse())
        ;[ann, bob] = await buyers(house, 'ann', 'bob')
        const gone = await signIn(house, 'ann@example.com')
        ok(await gone.delete('/v1/sessions/current'), 204)
        ended = gone
        keys = new Map()
        staff = new Map()
        for (const scope of SCOPES) {
            const { secret } = ok(
                await boss.post('/v1/api-keys', { name: scope, scopes: [scope] }),
                201
            )
            keys.set(scope, new Client(house, { token: secret }))
            staff.set(scope, await invited(boss, scope.replace(':', '-'), [scope]))
        }
        draft = await makeConcert(boss, { status: 'draft' })
        const concert = await makeConcert(boss)
        const round = await makeRound(boss, concert)
        const [seat] = await seatsOf(house.anybody, round)
        const { items } = ok(await bob.get('/v1/sessions'))
        const token = await admitted(bob)
        const reservation = ok(await hold(bob, round, seat), 201)
        await charge(bob, 1000)
        await pay(bob, reservation)
        const bought = ok(await bob.get(`/v1/reservations/${reservation.id}`))
        const { id: apikey } = ok(
            await boss.post('/v1/api-keys', { name: 'other', scopes: ['read'] }),
            201
        )
        // Bob's, so that nothing here is ann's own.
        ids = {
            concert: concert.id,
            round: round.id,
            token: token.id,
            reservation: reservation.id,
            payment: 'payment_01h455vb4pex5vsknk084sn02q',
            plan: 'plan_01h455vb4pex5vsknk084sn02q',
            ticket: bought.tickets[0].id,
            user: bob.user.id,
            patchUser: ok(await boss.post('/v1/users', { name: 'Kim', externalId: 'kim' }), 201).id,
            apikey,
            session: items[0].id,
            code: 'forbidden',
            rehearsal: 'rehearsal_01h455vb4pex5vsknk084sn02q',
        }
        // Well-formed, since a body's form is judged before the state; they change nothing that matters.
        const nowhere = { roundId: 'round_01h455vb4pex5vsknk084sn02q', seatIds: [seat.id] }
        bodies = {
            postUsers: { name: 'x' },
            postSessions: { email: 'x' },
            postPasswordResets: { token: 'x', password: 'long enough' },
            patchOwnUser: {},
            deleteOwnUser: { currentPassword: 'x' },
            postReservations: nowhere,
            postPayments: { reservationId: 'reservation_01h455vb4pex5vsknk084sn02q' },
            postCharges: { amount: 1, userId: bob.user.id },
            postAdjustments: { amount: 1, userId: bob.user.id, reference: 'x', reason: 'x' },
            patchQueue: {},
            postRehearsals: { seats: 1, buyers: 1 },
            postQueueForecast: { admitPerSecond: 1, maxActive: 1 },
            postIncidents: { addSeconds: 30, note: 'x' },
            putQueueNotice: { texts: { ko: 'x', en: 'x' }, level: 'info' },
            postConcerts: {
                title: 'x',
                description: '',
                reservationOpenAt: '2030-01-01T00:00:00Z',
                reservationCloseAt: '2029-01-01T00:00:00Z',
            },
            patchConcert: {},
            postHandovers: { userId: bob.user.id, to: '/' },
            patchUser: {},
            patchTicket: {},
            postHandoverRedeem: { code: 'x' },
            postRounds: { startTime: '2030-01-01T00:00:00Z', sections: [{ name: 'A', rows: 1, seatsPerRow: 1, price: 1 }] },
            patchRound: {},
            postPlans: { name: 'x', plan: { rows: [{ section: 'A', count: 1 }] } },
            postPlanCheck: { plan: { rows: [{ section: 'A', count: 1 }] } },
            putStoredPlan: { name: 'x', plan: { rows: [{ section: 'A', count: 1 }] } },
            postRoundMove: {
                startTime: '2020-01-01T00:00:00Z',
                freeCancelUntil: '2020-01-01T00:00:00Z',
                reason: { texts: { ko: 'x', en: 'x' } },
            },
            postSeatsBlock: { seatIds: [seat.id] },
            postSeatsUnblock: { seatIds: [seat.id] },
            postStaff: { email: 'x@example.com', name: 'x', scopes: ['read'] },
            patchStaff: { scopes: ['read'] },
            postApiKeys: { name: 'x', scopes: ['read'], expiresAt: '2000-01-01T00:00:00Z' },
        }
    })
    after(() => house.close())

    const pathOf = ({ path, id }) => {
        const filled = path.replace(/\{(\w+)\}/, (_, name) => ids[id] ?? ids[name])
        if (id === 'exportSales' || id === 'exportSeats') return `${filled}?roundId=${ids.round}`
        if (id.startsWith('export')) return `${filled}?reason=x`
        return id === 'getPoints' ? `${filled}?userId=${bob.user.id}` : filled
    }
    const ask = (client, operation) =>
        client.request(operation.method, pathOf(operation), { body: bodies[operation.id] })

    const listed = operations.filter(({ id }) => id in WANTED)
    const asking = listed.filter(({ id }) => !isOpen(WANTED[id]) && id !== 'deleteSessions' && id !== 'deleteOwnSession')

    // An organizer may: whatever else is wrong with the request, it is not who asks. What would end
    // what others need is asked about nothing.
    const passes = answer =>
        assert.ok(
            !['unauthenticated', 'forbidden', 'scope_required'].includes(answer.body?.code),
            `${answer.method} ${answer.path} -> ${answer.status} ${answer.text}`
        )

    test('every route is listed, and none that there is not', () => {
        assert.deepEqual(
            operations.map(({ id }) => id).sort(),
            Object.keys(WANTED).sort()
        )
    })

    test('every route says the scope that it wants', () => {
        for (const { id, scope, own, open } of listed) {
            const wanted = WANTED[id]
            assert.equal(scope ?? null, scopeOf(wanted), id)
            if (scope) assert.deepEqual([own, open], [isOwn(wanted), isOpen(wanted)], id)
        }
    })

    test('nobody, a forged token and an ended session get nowhere', async () => {
        const forged = new Client(house, { token: ann.token.slice(0, -2) + (ann.token.endsWith('AA') ? 'BB' : 'AA') })
        for (const operation of listed.filter(({ id }) => !isOpen(WANTED[id])))
            for (const client of [house.anybody, forged, ended])
                refused(await ask(client, operation), 401, 'unauthenticated')
    })

    test("a buyer gets nowhere with what is the house's, and finds nothing of others'", async () => {
        for (const operation of asking) {
            const wanted = WANTED[operation.id]
            const answer = await ask(ann, operation)
            if (operation.id === 'deleteSession') refused(answer, 404, 'not_found')
            else if (wanted === 'signed' || (isOwn(wanted) && operation.path.endsWith('/me'))) passes(answer)
            else if (!isOwn(wanted)) refused(answer, 403, 'forbidden')
            else if (operation.path.includes('{') && operation.id !== 'getUser') refused(answer, 404, 'not_found')
            else if (['getUser', 'getPoints', 'postCharges'].includes(operation.id)) refused(answer, 403, 'forbidden')
            else passes(answer) // one's own list
        }
    })

    test('a key with its scope alone passes where that is wanted, and nowhere else', async () => {
        for (const [scope, client] of keys)
            for (const operation of asking) {
                const wanted = WANTED[operation.id]
                const answer = await ask(client, operation)
                if (wanted === 'signed') refused(answer, 403, 'forbidden')
                else if (scopeOf(wanted) !== scope) {
                    const problem = refused(answer, 403, 'scope_required')
                    assert.equal(problem.scope, scopeOf(wanted), operation.id)
                } else if (/\/(me|current)$/.test(operation.path)) refused(answer, 403, 'forbidden')
                else if (['postApiKeys', 'postStaff'].includes(operation.id))
                    // It may give, but not what it lacks itself.
                    assert.equal(refused(answer, 403, 'scope_required').scope, 'read')
                else if (operation.method !== 'DELETE') passes(answer)
            }
    })

    test("staff with its scope alone passes where that is wanted, as a person with the own, and nowhere else", async () => {
        for (const [scope, client] of staff)
            for (const operation of asking) {
                const wanted = WANTED[operation.id]
                const answer = await ask(client, operation)
                const ownPath = /\/(me|current)$/.test(operation.path)
                const ownList = isOwn(wanted) && !ownPath && !operation.path.includes('{') &&
                    !['getPoints', 'postCharges'].includes(operation.id)
                if (wanted === 'signed' || (isOwn(wanted) && ownPath) || (scopeOf(wanted) !== scope && ownList))
                    passes(answer)
                else if (operation.id === 'getPayment') refused(answer, 404, 'not_found') // nobody's
                else if (scopeOf(wanted) !== scope) {
                    const problem = refused(answer, 403, 'scope_required')
                    assert.equal(problem.scope, scopeOf(wanted), operation.id)
                } else if (['postApiKeys', 'postStaff'].includes(operation.id))
                    assert.equal(refused(answer, 403, 'scope_required').scope, 'read')
                else if (operation.method !== 'DELETE') passes(answer)
            }
    })

    // What a route that is open shows or does for a scope, and refuses without it.
    test('an open route does more for its scope alone', async () => {
        let number = 0
        const more = {
            'catalogue:write': client => client.get(`/v1/concerts/${draft.id}`),
            'users:write': client =>
                client.post('/v1/users', { name: 'x', externalId: `x ${++number}` }),
        }
        const people = [...keys, ...staff]
        for (const [wanted, asks] of Object.entries(more)) {
            for (const [scope, client] of people) {
                const answer = await asks(client)
                if (scope === wanted) assert.ok(answer.status < 300, answer.text)
                else assert.ok([403, 404].includes(answer.status), answer.text)
            }
            assert.ok([401, 404].includes((await asks(house.anybody)).status))
            assert.ok([403, 404].includes((await asks(ann)).status))
        }
        for (const [scope, client] of people) {
            const answer = await client.post('/v1/sessions', { userId: bob.user.id })
            if (scope === 'users:write') ok(answer, 201)
            else refused(answer, 403, 'scope_required')
        }
    })

    test('an organizer passes everywhere', async () => {
        for (const operation of asking.filter(({ method }) => method !== 'DELETE'))
            passes(await ask(boss, operation))
        for (const operation of asking.filter(({ method }) => method === 'DELETE'))
            passes(await ask(boss, operation))
    })

    test('a buyer or a key signs nobody out but itself', async () => {
        for (const path of ['/v1/sessions', '/v1/sessions/current'])
            for (const client of keys.values()) refused(await client.delete(path), 403, 'forbidden')
        ok(await ann.get('/v1/users/me'))
        ok(await ann.delete('/v1/sessions/current'), 204)
        ok(await bob.delete('/v1/sessions'), 204)
        refused(await ann.get('/v1/users/me'), 401, 'unauthenticated')
        refused(await bob.get('/v1/users/me'), 401, 'unauthenticated')
    })
})
