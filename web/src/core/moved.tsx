// What became of a reservation's round since it was reserved.
import type { Reservation } from './api'
import { dayAndTime } from './clock'
import { inLanguage, t } from './language'

export function Moved({ reservation }: { reservation: Reservation }) {
    const { movedFrom, reason } = reservation
    return (
        <>
            {movedFrom ? (
                <p class="bad">{t('movedFrom', { time: dayAndTime(movedFrom) })}</p>
            ) : null}
            {reason ? <p>{inLanguage(reason.texts)}</p> : null}
        </>
    )
}
