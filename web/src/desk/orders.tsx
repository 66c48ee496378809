// What people hold and bought: searched, one after the other, and each with what happened to it.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Concert, ExpandedReservation, Reservation, Round } from '../core/api'
import { read } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Loading, price, Trouble } from '../core/frame'
import { type Key, t } from '../core/language'
import { parameter } from '../core/path'
import { say } from '../core/say'

export const statusWords: Record<Reservation['status'], Key> = {
    pending: 'orderPending',
    confirmed: 'orderConfirmed',
    cancelled: 'orderCancelled',
    expired: 'orderExpired',
}
const statuses = Object.keys(statusWords) as Reservation['status'][]

export interface Order {
    // With its buyer; an erased account has no name.
    reservation: ExpandedReservation
    // Null: not to be had.
    concert: Concert | null
    round: Round | null
}

// What many orders name is asked for once.
const asked = new Map<string, Promise<unknown>>()

function known<T>(path: string): Promise<T | null> {
    const before = asked.get(path)
    if (before !== undefined) return before as Promise<T | null>
    const now = read<T>(path).catch(() => null)
    asked.set(path, now)
    return now
}

export async function orderOf(reservation: ExpandedReservation): Promise<Order> {
    const [concert, round] = await Promise.all([
        known<Concert>(`/v1/concerts/${reservation.concertId}`),
        known<Round>(`/v1/rounds/${reservation.roundId}`),
    ])
    return { reservation, concert, round }
}

export const showName = ({ concert, round }: Order): string =>
    [concert?.title, round === null ? null : dayAndTime(round.startTime)]
        .filter(Boolean)
        .join(' · ')

function Row({ order }: { order: Order }) {
    const { reservation } = order
    const seats = reservation.seats.map(({ seatNumber }) => seatNumber).join(', ')
    return (
        <li>
            <a href={`/desk/orders/${reservation.id}`}>
                {t('orderOf', { seats, name: reservation.user?.name || t('nobodyKnown') })}
            </a>
            <p>
                {t(statusWords[reservation.status])} · {price(reservation.amount)} ·{' '}
                {dayAndTime(reservation.reservedAt)}
            </p>
            <p class="dim">{showName(order)}</p>
        </li>
    )
}

// What is looked for stands in the address, so that going back finds it again.
function Search() {
    return (
        <form action="/desk/orders" aria-label={t('search')}>
            <p class="field">
                <label for="q">{t('searchFor')}</label>
                <input
                    id="q"
                    name="q"
                    type="search"
                    maxLength={254}
                    defaultValue={parameter('q') ?? ''}
                    aria-describedby="q-hint"
                />
                <span id="q-hint" class="dim">
                    {t('searchHint')}
                </span>
            </p>
            <p class="field">
                <label for="status">{t('orderStatus')}</label>
                <select id="status" name="status" defaultValue={parameter('status') ?? ''}>
                    <option value="">{t('anyStatus')}</option>
                    {statuses.map(status => (
                        <option
                            key={status}
                            value={status}
                            selected={status === parameter('status')}
                        >
                            {t(statusWords[status])}
                        </option>
                    ))}
                </select>
            </p>
            <button type="submit">{t('search')}</button>
        </form>
    )
}

interface Found {
    orders: Order[]
    next: string | null
}

const pageSize = 20

async function find(cursor: string | null): Promise<Found> {
    const query = new URLSearchParams({ limit: String(pageSize), expand: 'user' })
    for (const name of ['q', 'status']) {
        const value = parameter(name)?.trim()
        if (value) query.set(name, value)
    }
    if (cursor !== null) query.set('cursor', cursor)
    const page = await read<{ items: ExpandedReservation[]; nextCursor: string | null }>(
        `/v1/reservations?${query}`
    )
    // One after the other: an account may have four requests under way.
    const orders: Order[] = []
    for (const reservation of page.items) orders.push(await orderOf(reservation))
    return { orders, next: page.nextCursor }
}

export function Orders() {
    const found = useSignal<Found>({ orders: [], next: null })
    const isLooking = useSignal(true)
    const error = useSignal<unknown>(null)
    const look = async (cursor: string | null) => {
        isLooking.value = true
        error.value = null
        try {
            const more = await find(cursor)
            const orders = [...found.value.orders, ...more.orders]
            found.value = { orders, next: more.next }
            say(t('ordersFound', { n: orders.length }))
        } catch (problem) {
            error.value = problem
        }
        isLooking.value = false
    }
    useEffect(() => {
        look(null)
    }, [])
    const { orders, next } = found.value
    return (
        <>
            <Search />
            <h2>{t('ordersFound', { n: orders.length })}</h2>
            {orders.length > 0 || isLooking.value ? null : (
                <p>{t(next === null ? 'noOrders' : 'noOrdersYet')}</p>
            )}
            <ul class="cards">
                {orders.map(order => (
                    <Row key={order.reservation.id} order={order} />
                ))}
            </ul>
            {error.value === null ? null : <Trouble error={error.value} again={() => look(next)} />}
            {isLooking.value ? <Loading /> : null}
            {next === null ? null : (
                <button
                    type="button"
                    class="quiet"
                    aria-disabled={isLooking.value}
                    onClick={() => {
                        if (!isLooking.value) look(next)
                    }}
                >
                    {t('moreOrders')}
                </button>
            )}
        </>
    )
}
