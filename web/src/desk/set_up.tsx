// One concert, from draft to open: what is to be done, in order, and what of it is done.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Concert, Round } from '../core/api'
import { act, read, readAll } from '../core/call'
import { dayAndTime, tick } from '../core/clock'
import { Field, Form } from '../core/form'
import { Trouble } from '../core/frame'
import { may, settings } from '../core/house'
import { t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { DateRow } from './date_row'
import { FactFields, factsIn, stateWords } from './facts'
import { LineStep } from './line_step'
import { Prices } from './prices'
import { RoundForm } from './round_form'

interface SetUpState {
    concert: Concert
    rounds: Round[]
}

type Now = Loaded<SetUpState>

async function stateOf(id: string): Promise<SetUpState> {
    const [concert, rounds] = await Promise.all([
        read<Concert>(`/v1/concerts/${id}`),
        readAll<Round>(`/v1/concerts/${id}/rounds`, 200),
    ])
    return { concert, rounds }
}

interface StepProps {
    id: string
    title: string
    isDone?: boolean
    children: ComponentChildren
}

function Step({ id, title, isDone, children }: StepProps) {
    return (
        <li>
            <h2 id={id} tabIndex={-1}>
                {title}
                {isDone === undefined ? null : (
                    <span class={isDone ? 'good' : 'dim'}>
                        {' · '}
                        {t(isDone ? 'done' : 'toDo')}
                    </span>
                )}
            </h2>
            {children}
        </li>
    )
}

async function change(id: string, body: object): Promise<void> {
    await act<Concert>(`concert:${id}`, 'PATCH', `/v1/concerts/${id}`, body)
}

function Facts({ concert, now }: { concert: Concert; now: Now }) {
    const save = async (data: FormData) => {
        await change(concert.id, factsIn(data))
        await now.refresh()
        say(t('saved'))
    }
    return (
        <Form label={t('facts')} submit={t('saveFacts')} run={save}>
            {error => <FactFields concert={concert} refused={error} />}
        </Form>
    )
}

function Dates({ concert, rounds, now }: SetUpState & { now: Now }) {
    // Another one is a new form.
    const made = useSignal(0)
    const done = async () => {
        await now.refresh()
        made.value++
        say(t('dateAdded'))
        focusOn('dates')
    }
    return (
        <>
            {rounds.length === 0 ? null : (
                <ul class="rows">
                    {rounds.map(round => (
                        <DateRow key={round.id} round={round} refresh={now.refresh} />
                    ))}
                </ul>
            )}
            <h3>{t('addDate')}</h3>
            <RoundForm key={made.value} concert={concert.id} done={done} />
        </>
    )
}

// An empty field: as the house has it.
const limitIn = (data: FormData, name: string): number | null =>
    data.get(name) === '' ? null : Number(data.get(name))

function Limits({ concert, now }: { concert: Concert; now: Now }) {
    const save = async (data: FormData) => {
        await change(concert.id, {
            maxSeatsPerReservation: limitIn(data, 'maxSeatsPerReservation'),
            maxSeatsPerUser: limitIn(data, 'maxSeatsPerUser'),
        })
        await now.refresh()
        say(t('saved'))
    }
    const house = settings.value
    const limit = (value: number | null, most: number) => ({
        type: 'number' as const,
        min: 1,
        max: most,
        required: false,
        defaultValue: value ?? '',
    })
    return (
        <>
            <p>
                {house === null
                    ? null
                    : t('limitsAbout', {
                          each: house.maxSeatsPerReservation,
                          all: house.maxSeatsPerUser,
                      })}
            </p>
            <Form label={t('limits')} submit={t('saveLimits')} run={save}>
                {error => (
                    <>
                        <Field
                            name="maxSeatsPerReservation"
                            label="seatsAtOnce"
                            refused={error}
                            attributes={limit(concert.maxSeatsPerReservation, 20)}
                        />
                        <Field
                            name="maxSeatsPerUser"
                            label="seatsEach"
                            refused={error}
                            attributes={limit(concert.maxSeatsPerUser, 1000)}
                        />
                    </>
                )}
            </Form>
        </>
    )
}

function Rehearse({ rounds }: { rounds: Round[] }) {
    if (rounds.length === 0) return <p>{t('rehearseLater')}</p>
    return (
        <>
            <p>{t('rehearsalWhat')}</p>
            <ul class="rows">
                {rounds.map(({ id, startTime }) => (
                    <li key={id}>
                        <a href={`/desk/rehearsal?round=${id}`}>
                            {t('rehearseDate', { time: dayAndTime(startTime) })}
                        </a>
                    </li>
                ))}
            </ul>
        </>
    )
}

function Publish({ concert, rounds, now }: SetUpState & { now: Now }) {
    const error = useSignal<unknown>(null)
    const busy = useSignal(false)
    const isDraft = concert.status === 'draft'
    const mayPublish = !isDraft || rounds.length > 0
    const publish = async () => {
        if (busy.value || !mayPublish) return
        busy.value = true
        error.value = null
        try {
            await change(concert.id, { status: isDraft ? 'published' : 'draft' })
            await now.refresh()
            say(t(isDraft ? 'wasPublished' : 'wasDrafted'))
        } catch (problem) {
            error.value = problem
        }
        busy.value = false
    }
    return (
        <>
            <p>{stateWords(concert, tick.value)}</p>
            {mayPublish ? null : <p class="why">{t('publishFirst')}</p>}
            {error.value === null ? null : <Trouble error={error.value} />}
            <p class="acts">
                <button
                    id="publish"
                    type="button"
                    class={isDraft ? '' : 'quiet'}
                    aria-disabled={busy.value || !mayPublish}
                    onClick={publish}
                >
                    {t(isDraft ? 'publishNow' : 'backToDraft')}
                </button>
                {isDraft ? null : <a href={`/concerts/${concert.id}`}>{t('asBuyers')}</a>}
            </p>
        </>
    )
}

function Remove({ concert }: { concert: Concert }) {
    const remove = async () => {
        await act(`remove:${concert.id}`, 'DELETE', `/v1/concerts/${concert.id}`)
        location.replace('/desk/concerts')
    }
    return (
        <Sure
            label={t('removeConcert')}
            question={t('removeSure', { name: concert.title })}
            yes={t('yesRemove')}
            run={remove}
        />
    )
}

export function SetUp({ id }: { id: string }) {
    const now = useMemo(() => load(() => stateOf(id)), [id])
    return (
        <Shown alone loaded={now}>
            {({ concert, rounds }) => (
                <>
                    <h1>{concert.title}</h1>
                    <p>{stateWords(concert, tick.value)}</p>
                    <ol class="steps">
                        <Step id="facts" title={t('facts')} isDone>
                            <Facts concert={concert} now={now} />
                        </Step>
                        <Step id="dates" title={t('dates')} isDone={rounds.length > 0}>
                            <Dates concert={concert} rounds={rounds} now={now} />
                        </Step>
                        <Step id="prices" title={t('priceStep')}>
                            <Prices rounds={rounds} />
                        </Step>
                        <Step id="limits" title={t('limits')}>
                            <Limits concert={concert} now={now} />
                        </Step>
                        <Step id="pace" title={t('pageLine')}>
                            <LineStep rounds={rounds} />
                        </Step>
                        {may('stats') ? (
                            <Step id="rehearsal" title={t('pageRehearsal')}>
                                <Rehearse rounds={rounds} />
                            </Step>
                        ) : null}
                        <Step
                            id="open"
                            title={t('publish')}
                            isDone={concert.status === 'published'}
                        >
                            <Publish concert={concert} rounds={rounds} now={now} />
                        </Step>
                    </ol>
                    <Remove concert={concert} />
                </>
            )}
        </Shown>
    )
}
