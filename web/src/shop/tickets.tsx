import { effect, untracked } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Reservation } from '../core/api'
import { act, read, readAll } from '../core/call'
import { dayAndTime, tick } from '../core/clock'
import { backstopMs, follow, live } from '../core/feed'
import { Frame, price } from '../core/frame'
import { type Key, t } from '../core/language'
import { known, type Loaded, load, Shown } from '../core/loaded'
import { Moved } from '../core/moved'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { type Booking, withShow } from './booking'
import { Times } from './times'

const statuses: Record<Reservation['status'], Key> = {
    pending: 'statusPending',
    confirmed: 'statusConfirmed',
    cancelled: 'statusCancelled',
    expired: 'statusExpired',
}

const reasons: Record<NonNullable<Reservation['cancelReason']>, Key> = {
    buyer: 'cancelledBuyer',
    left: 'cancelledLeft',
    organizer: 'cancelledOrganizer',
    round_cancelled: 'cancelledRound',
}

const bookings = async (): Promise<Booking[]> =>
    Promise.all((await readAll<Reservation>('/v1/reservations', 200)).map(withShow))

const seatsOf = (reservation: Reservation): string =>
    reservation.seats.map(seat => seat.seatNumber).join(', ')

function Row({ booking }: { booking: Booking }) {
    const { reservation, concert, round } = booking
    const path =
        reservation.status === 'pending' ? `/pay/${reservation.id}` : `/tickets/${reservation.id}`
    return (
        <li>
            <a href={path}>{concert?.title ?? seatsOf(reservation)}</a>
            <p>{round ? dayAndTime(round.startTime) : null}</p>
            <p class="dim">
                {t(statuses[reservation.status])} · {seatsOf(reservation)}
            </p>
        </li>
    )
}

function Bookings({ all }: { all: Booking[] }) {
    if (all.length === 0) return <p>{t('noTickets')}</p>
    return (
        <ul class="cards">
            {all.map(booking => (
                <Row key={booking.reservation.id} booking={booking} />
            ))}
        </ul>
    )
}

export function Tickets() {
    const loaded = useMemo(() => load(bookings), [])
    return (
        <Frame title={t('tickets')}>
            <h1>{t('tickets')}</h1>
            <Shown loaded={loaded}>{all => <Bookings all={all} />}</Shown>
        </Frame>
    )
}

// Until when it may be given back, by its own date or because its round was moved; null: never.
function refundUntil({ refundableUntil, freeCancelUntil }: Reservation): string | null {
    const times = [refundableUntil, freeCancelUntil].filter(time => time !== null)
    return times.sort().pop() ?? null
}

function Cancel({ reservation, done }: { reservation: Reservation; done: () => Promise<void> }) {
    const refund = price(reservation.usedPoints)
    const cancel = async () => {
        const path = `/v1/reservations/${reservation.id}/cancel`
        await act<Reservation>(`cancel:${reservation.id}`, 'POST', path)
        await done()
        say(t('refunded', { price: refund }))
        focusOn('status')
    }
    const until = refundUntil(reservation)
    if (until === null || Date.parse(until) <= tick.value) return <p class="dim">{t('noRefund')}</p>
    return (
        <>
            <p class="dim">{t('refundUntilHint', { time: dayAndTime(until) })}</p>
            <Sure
                label={t('cancelAndRefund', { price: refund })}
                question={t('cancelSure', { price: refund })}
                yes={t('yesCancel')}
                run={cancel}
            />
        </>
    )
}

const titleOf = (booking: Booking | undefined): string => booking?.concert?.title ?? t('tickets')

function Ticket({ booking, refresh }: { booking: Booking; refresh: () => Promise<void> }) {
    const { reservation } = booking
    return (
        <>
            <h1>{titleOf(booking)}</h1>
            <p>{booking.round ? dayAndTime(booking.round.startTime) : null}</p>
            {booking.round ? <Times round={booking.round} /> : null}
            <p id="status" class="big" tabIndex={-1}>
                {t(statuses[reservation.status])}
            </p>
            {reservation.cancelReason ? <p>{t(reasons[reservation.cancelReason])}</p> : null}
            <Moved reservation={reservation} />
            <ul class="rows">
                {reservation.seats.map(seat => (
                    <li key={seat.seatId}>
                        <span>{seat.seatNumber}</span>
                        <span class="number">{price(seat.price)}</span>
                    </li>
                ))}
            </ul>
            {reservation.status === 'confirmed' ? (
                <>
                    <p class="acts">
                        <a class="button" href={`/tickets/${reservation.id}/print`}>
                            {t('printTickets')}
                        </a>
                        {reservation.calendarUrl ? (
                            <a href={reservation.calendarUrl}>{t('toCalendar')}</a>
                        ) : null}
                    </p>
                    <Cancel reservation={reservation} done={refresh} />
                </>
            ) : null}
        </>
    )
}

const isOver = (booking: Booking | undefined): boolean =>
    booking !== undefined && ['cancelled', 'expired'].includes(booking.reservation.status)

// The date may be moved or cancelled while somebody looks, and said aloud.
function followTicket(id: string, loaded: Loaded<Booking>): void {
    const look = () => {
        if (loaded.state.peek() !== null && !document.hidden && !isOver(known(loaded)))
            loaded.refresh()
    }
    follow(() => (known(loaded) === undefined || isOver(known(loaded)) ? null : 'token=current'), {
        reservation: news => {
            if (news.id === id) look()
        },
    })
    // With a new stream: what happened before it. Without one: what it would have told.
    effect(() => {
        void live.value
        untracked(look)
    })
    setInterval(look, backstopMs)
    let said: string | null | undefined
    effect(() => {
        const now = known(loaded)
        if (now === undefined) return
        const { status, movedFrom } = now.reservation
        const words = movedFrom
            ? t('movedFrom', { time: dayAndTime(movedFrom) })
            : t(statuses[status])
        if (said !== undefined && said !== words) say(words)
        said = words
    })
}

export function TicketPage({ id }: { id: string }) {
    const loaded = useMemo(() => {
        const booking = load(async () =>
            withShow(await read<Reservation>(`/v1/reservations/${id}`))
        )
        followTicket(id, booking)
        return booking
    }, [id])
    return (
        <Frame title={titleOf(known(loaded))}>
            <Shown alone loaded={loaded}>
                {booking => <Ticket booking={booking} refresh={loaded.refresh} />}
            </Shown>
        </Frame>
    )
}
