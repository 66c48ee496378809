// When a date's doors open and when it ends, as far as the house says.
import type { Round } from '../core/api'
import { clockTime } from '../core/clock'
import { t } from '../core/language'

export function Times({ round }: { round: Round }) {
    const { doorsAt, endsAt } = round
    if (doorsAt === null && endsAt === null) return null
    const said = [
        doorsAt === null ? '' : t('doorsAt', { time: clockTime(doorsAt) }),
        endsAt === null ? '' : t('endsAt', { time: clockTime(endsAt) }),
    ]
    return <p>{said.filter(Boolean).join(' · ')}</p>
}
