// A date of a concert, and what the day brings: its doors and end, moving it, pausing its sale and
// cancelling it, each told in what it means for who has seats; or removing it while nobody ever had.
import { useSignal } from '@preact/signals'
import type { Availability, Round, Sales } from '../core/api'
import { act, read } from '../core/call'
import { dayAndTime, timeZone } from '../core/clock'
import { Field, Form } from '../core/form'
import { price, Trouble } from '../core/frame'
import { may } from '../core/house'
import { type Key, t } from '../core/language'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { inputTime, typedTime } from './house_time'
import { ToldFirst } from './told_first'
import { ToldTexts, textsIn } from './told_texts'

interface DateProps {
    round: Round
    refresh: () => Promise<void>
}

const timeIn = (data: FormData, name: string) => typedTime(String(data.get(name) ?? ''))

interface TimeFieldProps {
    round: Round
    name: 'startTime' | 'doorsAt' | 'endsAt' | 'freeCancelUntil'
    label: Key
    form: string
    now: string | null
    refused: unknown
    required?: boolean
}

function TimeField({ round, name, label, form, now, refused, required = false }: TimeFieldProps) {
    return (
        <Field
            id={`${round.id}-${form}-${name}`}
            name={name}
            label={label}
            refused={refused}
            attributes={{
                type: 'datetime-local',
                required,
                defaultValue: now === null ? '' : inputTime(now),
            }}
        />
    )
}

function DoorsAndEnd({ round, refresh }: DateProps) {
    const time = dayAndTime(round.startTime)
    const save = async (data: FormData) => {
        const change = { doorsAt: timeIn(data, 'doorsAt'), endsAt: timeIn(data, 'endsAt') }
        await act(`times:${round.id}`, 'PATCH', `/v1/rounds/${round.id}`, change)
        await refresh()
        say(t('saved'))
    }
    const field = { round, form: 'times' }
    return (
        <Form label={t('doorsAndEnd', { time })} submit={t('saveDoorsAndEnd')} run={save}>
            {refused => (
                <>
                    <TimeField
                        {...field}
                        name="doorsAt"
                        label="doorsAt"
                        now={round.doorsAt}
                        refused={refused}
                    />
                    <TimeField
                        {...field}
                        name="endsAt"
                        label="endsAt"
                        now={round.endsAt}
                        refused={refused}
                    />
                </>
            )}
        </Form>
    )
}

const counted = (round: Round) => read<Availability>(`/v1/rounds/${round.id}/availability`)

// What moving means for who has seats.
async function moveTold(round: Round, data: FormData): Promise<string[]> {
    const { sold, held } = await counted(round)
    const [to, until] = [timeIn(data, 'startTime'), timeIn(data, 'freeCancelUntil')]
    return [
        t('moveSure', { from: dayAndTime(round.startTime), to: dayAndTime(to ?? '') }),
        ...(sold === 0 ? [] : [t('moveSold', { n: sold, time: dayAndTime(until ?? '') })]),
        ...(held === 0 ? [] : [t('moveHeld', { n: held })]),
        ...(sold + held === 0 ? [t('nobodyHasSeats')] : []),
    ]
}

function Move({ round, refresh }: DateProps) {
    const time = dayAndTime(round.startTime)
    const move = async (data: FormData) => {
        const body = {
            startTime: timeIn(data, 'startTime'),
            doorsAt: timeIn(data, 'doorsAt'),
            endsAt: timeIn(data, 'endsAt'),
            freeCancelUntil: timeIn(data, 'freeCancelUntil'),
            reason: { texts: textsIn(data) },
        }
        await act<Round>(`move:${round.id}`, 'POST', `/v1/rounds/${round.id}/move`, body)
        await refresh()
        say(t('dateMoved'))
        focusOn(`${round.id}-date`)
    }
    const field = { round, form: 'move', now: null }
    return (
        <ToldFirst
            id={`${round.id}-move-sure`}
            label={t('moveDate', { time })}
            yes={t('yesMove')}
            tell={data => moveTold(round, data)}
            run={move}
        >
            {refused => (
                <>
                    <p class="dim">{t('timesIn', { zone: timeZone.value ?? '' })}</p>
                    <TimeField
                        {...field}
                        name="startTime"
                        label="startsThen"
                        refused={refused}
                        required
                    />
                    <TimeField {...field} name="doorsAt" label="doorsAt" refused={refused} />
                    <TimeField {...field} name="endsAt" label="endsAt" refused={refused} />
                    <TimeField
                        {...field}
                        name="freeCancelUntil"
                        label="freeCancelUntil"
                        refused={refused}
                        required
                    />
                    <p>{t('whyForBuyers')}</p>
                    <ToldTexts id={`${round.id}-move`} field="reason/texts" refused={refused} />
                </>
            )}
        </ToldFirst>
    )
}

// What cancelling means for who has seats; who may see no figures hears no points.
async function cancelTold(round: Round): Promise<string[]> {
    const { sold, held } = await counted(round)
    const paid = sold > 0 && may('stats') ? await read<Sales>(`/v1/rounds/${round.id}/sales`) : null
    return [
        t('cancelDateSure', { time: dayAndTime(round.startTime) }),
        ...(sold === 0 ? [] : [t('cancelSold', { n: sold })]),
        ...(paid === null ? [] : [t('cancelPoints', { price: price(paid.revenue) })]),
        ...(held === 0 ? [] : [t('cancelHeld', { n: held })]),
        ...(sold + held === 0 ? [t('nobodyHasSeats')] : []),
    ]
}

function Cancel({ round, refresh }: DateProps) {
    const time = dayAndTime(round.startTime)
    const cancel = async (data: FormData) => {
        const body = { reason: { texts: textsIn(data) } }
        await act<Round>(`cancel:${round.id}`, 'POST', `/v1/rounds/${round.id}/cancel`, body)
        await refresh()
        say(t('dateCancelled'))
        focusOn(`${round.id}-date`)
    }
    return (
        <ToldFirst
            id={`${round.id}-cancel-sure`}
            label={t('cancelDate', { time })}
            yes={t('yesCancelDate')}
            tell={() => cancelTold(round)}
            run={cancel}
        >
            {refused => (
                <>
                    <p>{t('whyForBuyers')}</p>
                    <ToldTexts id={`${round.id}-cancel`} field="reason/texts" refused={refused} />
                </>
            )}
        </ToldFirst>
    )
}

function Pause({ round, refresh }: DateProps) {
    const busy = useSignal(false)
    const error = useSignal<unknown>(null)
    const turn = async () => {
        if (busy.value) return
        busy.value = true
        error.value = null
        try {
            const path = `/v1/rounds/${round.id}/${round.paused ? 'resume' : 'pause'}`
            await act<Round>(`pause:${round.id}`, 'POST', path)
            await refresh()
            say(t(round.paused ? 'saleResumed' : 'salePaused'))
        } catch (problem) {
            error.value = problem
        }
        busy.value = false
    }
    return (
        <>
            <p>{t(round.paused ? 'saleIsPaused' : 'pauseSaleAbout')}</p>
            {error.value === null ? null : <Trouble error={error.value} />}
            <button type="button" class="quiet" aria-disabled={busy.value} onClick={turn}>
                {t(round.paused ? 'resumeSale' : 'pauseSale')}
            </button>
        </>
    )
}

function Day(props: DateProps) {
    return (
        <details>
            <summary>{t('changeDate', { time: dayAndTime(props.round.startTime) })}</summary>
            <h3>{t('doorsAndEndHead')}</h3>
            <DoorsAndEnd {...props} />
            <h3>{t('pauseHead')}</h3>
            <Pause {...props} />
            <h3>{t('moveHead')}</h3>
            <Move key={props.round.startTime} {...props} />
            <h3>{t('cancelHead')}</h3>
            <Cancel {...props} />
        </details>
    )
}

function State({ round }: { round: Round }) {
    const { status, paused, doorsAt, endsAt, movedFrom } = round
    const words = [
        status === 'cancelled' ? t('dateIsCancelled') : '',
        paused ? t('saleIsPaused') : '',
        movedFrom === null ? '' : t('wasToBegin', { time: dayAndTime(movedFrom) }),
        doorsAt === null ? '' : t('doorsThen', { time: dayAndTime(doorsAt) }),
        endsAt === null ? '' : t('endsThen', { time: dayAndTime(endsAt) }),
    ].filter(Boolean)
    return words.length === 0 ? null : <span class="dim">{words.join(' ')}</span>
}

export function DateRow({ round, refresh }: DateProps) {
    const time = dayAndTime(round.startTime)
    const remove = async () => {
        await act(`remove:${round.id}`, 'DELETE', `/v1/rounds/${round.id}`)
        await refresh()
        say(t('dateRemoved', { time }))
        focusOn('dates')
    }
    return (
        <li>
            <span id={`${round.id}-date`} tabIndex={-1}>
                {time}
            </span>
            <State round={round} />
            <span class="number">{t('seatsOf', { n: round.totalSeatCnt })}</span>
            <Sure
                label={t('removeDate', { time })}
                question={t('removeDateSure', { time })}
                yes={t('yesRemove')}
                run={remove}
            />
            {round.status === 'cancelled' ? null : <Day round={round} refresh={refresh} />}
        </li>
    )
}
