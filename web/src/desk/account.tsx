// Somebody's points: the balance, what changed it, and how the house changes it, in two steps.
import { type Signal, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Entry, Points, User } from '../core/api'
import { act, read, readAll } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Field, Form } from '../core/form'
import { amount, price } from '../core/frame'
import { may } from '../core/house'
import { type Key, t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'
import { focusOn } from '../core/sure'

interface Whole {
    person: User
    points: Points
    entries: Entry[]
}

// The newest entries are enough for a page; the rest is an export's.
const entriesMost = 200

async function wholeOf(id: string): Promise<Whole> {
    const [person, points, entries] = await Promise.all([
        read<User>(`/v1/users/${id}`),
        read<Points>(`/v1/points?userId=${id}`),
        readAll<Entry>(`/v1/points/entries?userId=${id}`, entriesMost),
    ])
    return { person, points, entries }
}

const kindWords: Record<Entry['kind'], Key> = {
    charge: 'entryCharge',
    payment: 'entryPayment',
    refund: 'entryRefund',
    adjustment: 'entryAdjustment',
}

const signed = (points: number) => (points > 0 ? `+${amount(points)}` : amount(points))

function Entries({ entries }: { entries: Entry[] }) {
    if (entries.length === 0) return <p>{t('noEntries')}</p>
    return (
        <ol class="rows">
            {entries.map(entry => (
                <li key={entry.id}>
                    <time dateTime={entry.createdAt}>{dayAndTime(entry.createdAt)}</time>
                    <span>{t(kindWords[entry.kind])}</span>
                    <span class="dim">
                        {[entry.reference, entry.reason].filter(Boolean).join(' · ')}
                    </span>
                    <span class="number">
                        {signed(entry.amount)} · {price(entry.balance)}
                    </span>
                </li>
            ))}
        </ol>
    )
}

interface Change {
    kind: 'charges' | 'adjustments'
    amount: number
    reference: string
    reason: string
}

interface ChangeProps {
    kind: Change['kind']
    person: User
    asked: Signal<Change | null>
}

// The first step: what is to be done is typed. Whole units of the currency's smallest.
function ChangeForm({ kind, person, asked }: ChangeProps) {
    const isCharge = kind === 'charges'
    const ask = async (data: FormData) => {
        const text = (name: string) => String(data.get(name) ?? '').trim()
        asked.value = {
            kind,
            amount: Number(text('amount')),
            reference: text('reference'),
            reason: text('reason'),
        }
    }
    return (
        <Form
            label={t(isCharge ? 'chargeOf' : 'adjustOf', { name: person.name })}
            submit={t('goOn')}
            run={ask}
        >
            {() => (
                <>
                    <Field
                        name="amount"
                        id={`${kind}-amount`}
                        label={isCharge ? 'chargeAmount' : 'adjustAmount'}
                        attributes={{
                            type: 'number',
                            step: 1,
                            inputMode: 'numeric',
                            autoComplete: 'off',
                            ...(isCharge ? { min: 1, max: 10_000_000 } : {}),
                        }}
                    />
                    <Field
                        name="reference"
                        id={`${kind}-reference`}
                        label="reference"
                        hint="referenceHint"
                        attributes={{ autoComplete: 'off', maxLength: 100 }}
                    />
                    <Field
                        name="reason"
                        id={`${kind}-reason`}
                        label="changeReason"
                        attributes={{ autoComplete: 'off', maxLength: 200 }}
                    />
                </>
            )}
        </Form>
    )
}

interface ConfirmProps {
    change: Change
    whole: Loaded<Whole>
    person: User
    points: Points
    close: () => void
}

// The second: it is said what comes of it, and done when one says yes.
function Confirm({ change, whole, person, points, close }: ConfirmProps) {
    const run = async () => {
        const { kind, reason } = change
        const body = {
            userId: person.id,
            amount: change.amount,
            reference: change.reference,
            ...(kind === 'adjustments' ? { reason } : {}),
        }
        const query = kind === 'charges' ? `?${new URLSearchParams({ reason })}` : ''
        const path = `/v1/points/${kind}${query}`
        await act<Entry>(`${kind}:${person.id}:${change.reference}`, 'POST', path, body)
        await whole.refresh()
        say(t('pointsChanged'))
        close()
        focusOn('points-now')
    }
    const question = t(change.amount < 0 ? 'takeSure' : 'giveSure', {
        price: price(Math.abs(change.amount)),
        name: person.name,
        before: price(points.balance),
        after: price(points.balance + change.amount),
    })
    return (
        <Form label={t('pointsSure')} submit={t('yesChange')} run={run}>
            {() => (
                <>
                    <p id="sure" tabIndex={-1} ref={element => element?.focus()}>
                        {question}
                    </p>
                    <p class="dim">
                        {change.reference} · {change.reason}
                    </p>
                    <p>
                        <button type="button" class="quiet" onClick={close}>
                            {t('no')}
                        </button>
                    </p>
                </>
            )}
        </Form>
    )
}

export function AccountPage({ id }: { id: string }) {
    const whole = useMemo(() => load(() => wholeOf(id)), [id])
    const asked = useSignal<Change | null>(null)
    return (
        <Shown alone loaded={whole}>
            {({ person, points, entries }) => (
                <>
                    <h1>{person.name || t('nobodyKnown')}</h1>
                    <p>{[person.email, person.externalId].filter(Boolean).join(' · ')}</p>
                    <p id="points-now" class="big" tabIndex={-1}>
                        {price(points.balance)}
                    </p>
                    <p>
                        <a href={`/desk/orders?q=${person.id}`}>{t('ordersOfPerson')}</a>
                    </p>
                    {asked.value === null ? (
                        <>
                            {may('points:charge') ? (
                                <>
                                    <h2>{t('chargePoints')}</h2>
                                    <ChangeForm kind="charges" person={person} asked={asked} />
                                </>
                            ) : null}
                            {may('points:adjust') ? (
                                <>
                                    <h2>{t('adjustPoints')}</h2>
                                    <ChangeForm kind="adjustments" person={person} asked={asked} />
                                </>
                            ) : null}
                        </>
                    ) : (
                        <Confirm
                            change={asked.value}
                            whole={whole}
                            person={person}
                            points={points}
                            close={() => {
                                asked.value = null
                            }}
                        />
                    )}
                    <h2>{t('entries')}</h2>
                    <Entries entries={entries} />
                    <p class="dim">{person.id}</p>
                </>
            )}
        </Shown>
    )
}
