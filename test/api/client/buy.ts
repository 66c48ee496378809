// A purchase by a client that knows the API only from what openapi-typescript made of /openapi.json:
// `node buy.js URL`. Prints what it bought as JSON. Lines marked @ts-expect-error must not compile.

import createClient from 'openapi-fetch'

import type { components, paths } from './api.js'

type Problem = { status: number; code: string }
type Seat = components['schemas']['seat']

const POLLS_MAX = 100

declare const process: { argv: string[] }
const baseUrl = process.argv[2]
if (baseUrl === undefined) throw new Error('buy: which server?')
const client = createClient<paths>({ baseUrl })

// What an answer holds. A refusal of any status is a problem, with its code.
async function good<Data>(answer: Promise<{ data?: Data; error?: Problem }>): Promise<Data> {
    const { data, error } = await answer
    if (data === undefined) throw new Error(`${error?.status} ${error?.code}`)
    return data
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

async function signIn(): Promise<void> {
    const account = { email: 'ann@example.com', password: 'a good password' }
    await good(client.POST('/v1/users', { body: { ...account, name: 'Ann' } }))
    const session = await good(client.POST('/v1/sessions', { body: account }))
    client.use({
        onRequest({ request }) {
            request.headers.set('Authorization', `Bearer ${session.token}`)
            return request
        },
    })
}

// Joins, and asks as often as the server wants to be asked.
async function enter(): Promise<void> {
    let token = await good(client.POST('/v1/queue/tokens', {}))
    for (let polls = 0; token.status !== 'active'; polls++) {
        if (token.status === 'expired' || polls === POLLS_MAX) throw new Error(token.status)
        await pause(token.pollAfterMs ?? 0)
        token = await good(client.GET('/v1/queue/tokens/current'))
    }
}

// The first free seat of the first round of the first concert.
async function choose(): Promise<Seat> {
    const concert = (await good(client.GET('/v1/concerts'))).items[0]
    if (concert === undefined) throw new Error('no concert')
    const path = { concert: concert.id }
    const rounds = await good(client.GET('/v1/concerts/{concert}/rounds', { params: { path } }))
    const round = rounds.items[0]
    if (round === undefined) throw new Error('no round')
    const params = { path: { round: round.id }, query: { limit: 100 } }
    const seats = await good(client.GET('/v1/rounds/{round}/seats', { params }))
    const seat = seats.items.find(({ status }) => status === 'available')
    if (seat === undefined) throw new Error('sold out')
    return seat
}

await signIn()
await enter()
const seat = await choose()
const held = await good(
    client.POST('/v1/reservations', {
        params: { header: { 'Idempotency-Key': 'the first hold' } },
        body: { roundId: seat.concertRoundId, seatIds: [seat.id] },
    })
)
await good(client.POST('/v1/points/charges', { body: { amount: held.amount } }))
const payment = await good(client.POST('/v1/payments', { body: { reservationId: held.id } }))
const params = { path: { reservation: held.id } }
const reservation = await good(client.GET('/v1/reservations/{reservation}', { params }))
const again = await client.POST('/v1/payments', { body: { reservationId: held.id } })
console.log(JSON.stringify({ seat, reservation, payment, refused: again.error?.code }))

// The types are none that fit everything.
export const mistakes = [
    // @ts-expect-error: no such path
    () => client.GET('/v1/seats'),
    // @ts-expect-error: not a method of this path
    () => client.DELETE('/v1/payments'),
    // @ts-expect-error: a member that is required is missing
    () => client.POST('/v1/reservations', { body: { seatIds: [seat.id] } }),
    // @ts-expect-error: a number is no list
    () => client.POST('/v1/reservations', { body: { roundId: seat.id, seatIds: 1 } }),
    // @ts-expect-error: no status of a reservation
    () => reservation.status === 'paid',
    // @ts-expect-error: no member of a payment
    () => payment.price,
]
