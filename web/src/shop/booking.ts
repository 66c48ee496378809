// A reservation with the show that it is for.
import type { Concert, Reservation, Round } from '../core/api'
import { read } from '../core/call'

export interface Booking {
    reservation: Reservation
    concert: Concert | null
    round: Round | null
}

// A concert that is gone is still named by its reservation's seats.
const orNull = <T>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null)

export async function withShow(reservation: Reservation): Promise<Booking> {
    const [concert, round] = await Promise.all([
        orNull(read<Concert>(`/v1/concerts/${reservation.concertId}`)),
        orNull(read<Round>(`/v1/rounds/${reservation.roundId}`)),
    ])
    return { reservation, concert, round }
}
