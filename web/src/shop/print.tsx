// The tickets of a reservation, each on a sheet of its own, for whoever carries paper.
import { useMemo } from 'preact/hooks'
import type { Reservation, Ticket } from '../core/api'
import { read } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Frame } from '../core/frame'
import { t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { type Booking, withShow } from './booking'
import { Times } from './times'

interface Sheets {
    booking: Booking
    tickets: Ticket[]
}

async function sheetsOf(id: string): Promise<Sheets> {
    const booking = await withShow(await read<Reservation>(`/v1/reservations/${id}`))
    const valid = booking.reservation.tickets.filter(({ status }) => status === 'valid')
    const tickets = await Promise.all(valid.map(({ id }) => read<Ticket>(`/v1/tickets/${id}`)))
    return { booking, tickets }
}

function Sheet({ booking, ticket }: { booking: Booking; ticket: Ticket }) {
    const { concert, round } = booking
    return (
        <li class="sheet">
            <img
                src={`/v1/tickets/${ticket.id}/qr.svg`}
                alt={t('codeOfSeat', { seat: ticket.seatNumber })}
            />
            <div>
                <h2>{ticket.seatNumber}</h2>
                {concert ? <p>{concert.title}</p> : null}
                {round ? <p>{dayAndTime(round.startTime)}</p> : null}
                {round ? <Times round={round} /> : null}
                {concert?.place ? <p>{concert.place}</p> : null}
                {ticket.holderName ? <p>{t('ticketFor', { name: ticket.holderName })}</p> : null}
                <p class="dim">{t('ticketNumber', { serial: String(ticket.serial) })}</p>
            </div>
        </li>
    )
}

function AllSheets({ sheets }: { sheets: Sheets }) {
    const { booking, tickets } = sheets
    if (tickets.length === 0) return <p>{t('nothingToPrint')}</p>
    return (
        <>
            <p class="on-screen">
                <button type="button" onClick={() => window.print()}>
                    {t('print')}
                </button>
            </p>
            <ul class="sheets">
                {tickets.map(ticket => (
                    <Sheet key={ticket.id} booking={booking} ticket={ticket} />
                ))}
            </ul>
        </>
    )
}

export function PrintPage({ id }: { id: string }) {
    const loaded: Loaded<Sheets> = useMemo(() => load(() => sheetsOf(id)), [id])
    return (
        <Frame title={t('printTickets')}>
            <h1 class="on-screen">{t('printTickets')}</h1>
            <Shown alone loaded={loaded}>
                {sheets => <AllSheets sheets={sheets} />}
            </Shown>
        </Frame>
    )
}
