import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Concert, Reservation, Round } from '../core/api'
import { act, read, readAll } from '../core/call'
import { dayAndTime, tick } from '../core/clock'
import { Frame, price, Trouble } from '../core/frame'
import { type Key, t } from '../core/language'
import { known, load, Shown } from '../core/loaded'
import { say } from '../core/say'

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

interface Booking {
    reservation: Reservation
    concert: Concert | null
    round: Round | null
}

// A concert that is gone is still named by its reservation's seats.
const orNull = <T,>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null)

async function withShow(reservation: Reservation): Promise<Booking> {
    const [concert, round] = await Promise.all([
        orNull(read<Concert>(`/v1/concerts/${reservation.concertId}`)),
        orNull(read<Round>(`/v1/rounds/${reservation.roundId}`)),
    ])
    return { reservation, concert, round }
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

// Asks once more before it cancels.
function Cancel({
    reservation,
    done,
}: {
    reservation: Reservation
    done: (now: Reservation) => void
}) {
    const asks = useSignal(false)
    const error = useSignal<unknown>(null)
    const refund = price(reservation.usedPoints)
    const cancel = async () => {
        try {
            const path = `/v1/reservations/${reservation.id}/cancel`
            done(await act<Reservation>(`cancel:${reservation.id}`, 'POST', path))
            say(t('refunded', { price: refund }))
        } catch (problem) {
            error.value = problem
        }
        asks.value = false
    }
    if (
        reservation.refundableUntil === null ||
        Date.parse(reservation.refundableUntil) <= tick.value
    )
        return <p class="dim">{t('noRefund')}</p>
    return (
        <>
            <p class="dim">
                {t('refundUntilHint', { time: dayAndTime(reservation.refundableUntil) })}
            </p>
            {error.value === null ? null : <Trouble error={error.value} />}
            {asks.value ? (
                <fieldset class="acts">
                    <legend>{t('cancelSure', { price: refund })}</legend>
                    <button type="button" class="danger" onClick={cancel}>
                        {t('yesCancel')}
                    </button>
                    <button type="button" class="quiet" onClick={() => (asks.value = false)}>
                        {t('no')}
                    </button>
                </fieldset>
            ) : (
                <button type="button" class="quiet" onClick={() => (asks.value = true)}>
                    {t('cancelAndRefund', { price: refund })}
                </button>
            )}
        </>
    )
}

const titleOf = (booking: Booking | undefined): string => booking?.concert?.title ?? t('tickets')

function Ticket({ booking }: { booking: Booking }) {
    const cancelled = useSignal<Reservation | null>(null)
    const reservation = cancelled.value ?? booking.reservation
    return (
        <>
            <h1>{titleOf(booking)}</h1>
            <p>{booking.round ? dayAndTime(booking.round.startTime) : null}</p>
            <p class="big">{t(statuses[reservation.status])}</p>
            {reservation.cancelReason ? <p>{t(reasons[reservation.cancelReason])}</p> : null}
            <ul class="rows">
                {reservation.seats.map(seat => (
                    <li key={seat.seatId}>
                        <span>{seat.seatNumber}</span>
                        <span class="number">{price(seat.price)}</span>
                    </li>
                ))}
            </ul>
            {reservation.status === 'confirmed' ? (
                <Cancel
                    reservation={reservation}
                    done={now => {
                        cancelled.value = now
                    }}
                />
            ) : null}
        </>
    )
}

export function TicketPage({ id }: { id: string }) {
    const loaded = useMemo(
        () => load(async () => withShow(await read<Reservation>(`/v1/reservations/${id}`))),
        [id]
    )
    return (
        <Frame title={titleOf(known(loaded))}>
            <Shown alone loaded={loaded}>
                {booking => <Ticket booking={booking} />}
            </Shown>
        </Frame>
    )
}
