// One order: whose it is, its seats, what happened to it step by step, and its end by the house.
import { useMemo } from 'preact/hooks'
import type { ExpandedReservation, History, Reservation } from '../core/api'
import { act, read } from '../core/call'
import { dayAndTime, inZone } from '../core/clock'
import { price } from '../core/frame'
import { may } from '../core/house'
import { inLanguage, type Key, t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { type Order, orderOf, showName, statusWords } from './orders'

type Step = History['items'][number]

interface Whole {
    order: Order
    steps: Step[]
    reason: History['reason']
}

const stepWords: Record<Step['event'], Key> = {
    joined: 'stepJoined',
    admitted: 'stepAdmitted',
    held: 'stepHeld',
    extended: 'stepExtended',
    tried: 'stepTried',
    paid: 'stepPaid',
    moved: 'stepMoved',
    expired: 'stepExpired',
    cancelled: 'stepCancelled',
    refunded: 'stepRefunded',
}

const reasonWords: Record<NonNullable<Reservation['cancelReason']>, Key> = {
    buyer: 'reasonBuyer',
    left: 'reasonLeft',
    organizer: 'reasonOrganizer',
    round_cancelled: 'reasonRound',
}

async function wholeOf(id: string): Promise<Whole> {
    const [reservation, history] = await Promise.all([
        read<ExpandedReservation>(`/v1/reservations/${id}?expand=user`),
        read<History>(`/v1/reservations/${id}/history`),
    ])
    return { order: await orderOf(reservation), steps: history.items, reason: history.reason }
}

const secondOf = (time: string): string =>
    inZone({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time))

// A move tells from when, and until when it may be given back for it.
function Moved({ step }: { step: Step }) {
    if (step.movedFrom === null) return null
    const until = step.freeCancelUntil
    return (
        <span class="dim">
            {t('wasToBegin', { time: dayAndTime(step.movedFrom) })}{' '}
            {until === null ? null : t('freeUntil', { time: dayAndTime(until) })}
        </span>
    )
}

function Timeline({ steps }: { steps: Step[] }) {
    return (
        <ol class="rows">
            {steps.map(step => (
                <li key={`${step.event} ${step.at}`}>
                    <time dateTime={step.at}>{secondOf(step.at)}</time>
                    <span>{t(stepWords[step.event])}</span>
                    {step.cancelReason ? (
                        <span class="dim">{t(reasonWords[step.cancelReason])}</span>
                    ) : null}
                    <Moved step={step} />
                    {step.amount === null ? null : <span class="number">{price(step.amount)}</span>}
                </li>
            ))}
        </ol>
    )
}

// Of a hold it is given back; of what is paid the points come back, also after the time for it.
function End({ reservation, whole }: { reservation: Reservation; whole: Loaded<Whole> }) {
    const isPaid = reservation.status === 'confirmed'
    if (!may('refunds:write') || (!isPaid && reservation.status !== 'pending')) return null
    const sum = price(reservation.usedPoints)
    const end = async () => {
        const path = `/v1/reservations/${reservation.id}/cancel`
        await act<Reservation>(`cancel:${reservation.id}`, 'POST', path)
        await whole.refresh()
        say(t(isPaid ? 'wasRefunded' : 'wasReleased'))
        focusOn('status')
    }
    return (
        <Sure
            label={isPaid ? t('refundNow', { price: sum }) : t('releaseNow')}
            question={isPaid ? t('refundSure', { price: sum }) : t('releaseSure')}
            yes={t(isPaid ? 'yesRefund' : 'yesRelease')}
            run={end}
        />
    )
}

export function OrderPage({ id }: { id: string }) {
    const whole = useMemo(() => load(() => wholeOf(id)), [id])
    return (
        <Shown alone loaded={whole}>
            {({ order, steps, reason }) => {
                const { reservation } = order
                const buyer = reservation.user
                return (
                    <>
                        <h1>{showName(order)}</h1>
                        <p id="status" class="big" tabIndex={-1}>
                            {t(statusWords[reservation.status])}
                        </p>
                        <p>
                            {[buyer?.name, buyer?.email, buyer?.externalId]
                                .filter(Boolean)
                                .join(' · ') || t('nobodyKnown')}
                        </p>
                        <ul class="rows">
                            {reservation.seats.map(seat => (
                                <li key={seat.seatId}>
                                    <span>{seat.seatNumber}</span>
                                    <span class="number">{price(seat.price)}</span>
                                </li>
                            ))}
                        </ul>
                        <End reservation={reservation} whole={whole} />
                        <h2>{t('whatHappened')}</h2>
                        <Timeline steps={steps} />
                        {reason ? <p>{inLanguage(reason.texts)}</p> : null}
                        <p class="dim">{reservation.id}</p>
                    </>
                )
            }}
        </Shown>
    )
}
