// The house's seating plans, and the beginning of a new one: one section of rows that stand straight.
import { useMemo } from 'preact/hooks'
import type { StoredPlan } from '../core/api'
import { act, readAll } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Field, Form } from '../core/form'
import { t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { newBlock, newUnit, noGrade, writePlan } from './plan_draft'
import { seatsMax } from './seat_file'

type All = Loaded<StoredPlan[]>

async function make(data: FormData): Promise<void> {
    const text = (name: string): string => String(data.get(name) ?? '')
    const [name, grade] = [text('name'), text('grade')]
    const rows = newBlock(
        text('part'),
        Number(data.get('rows')),
        Number(data.get('rowSeats')),
        grade === '' ? noGrade : 0
    )
    const grades = grade === '' ? [] : [{ name: grade, price: null }]
    const plan = writePlan({ name, grades, rows }, newUnit)
    const { id } = await act<StoredPlan>('make-plan', 'POST', '/v1/plans', { name, plan })
    location.assign(`/desk/plans/${id}`)
}

function PlanRow({ plan, all }: { plan: StoredPlan; all: All }) {
    const { id, name, seatCount, changedAt } = plan
    const remove = async () => {
        await act(`remove:${id}`, 'DELETE', `/v1/plans/${id}`)
        await all.refresh()
        say(t('removed', { name }))
        focusOn('plans')
    }
    return (
        <li>
            <a href={`/desk/plans/${id}`}>{name}</a>
            <p class="dim">
                {t('seatsOf', { n: seatCount })} ·{' '}
                {t('planChanged', { time: dayAndTime(changedAt) })}
            </p>
            <Sure
                label={t('removeOf', { name })}
                question={t('removePlanSure', { name })}
                yes={t('yesRemove')}
                run={remove}
            />
        </li>
    )
}

const whole = { type: 'number', min: 1, step: 1, inputMode: 'numeric' } as const
const label = { autoComplete: 'off', maxLength: 64 } as const

function NewPlan() {
    return (
        <Form label={t('newPlan')} submit={t('makePlan')} run={make}>
            {error => (
                <>
                    <Field
                        name="name"
                        label="name"
                        refused={error}
                        attributes={{ autoComplete: 'off', maxLength: 200 }}
                    />
                    <Field
                        name="part"
                        label="planSection"
                        refused={error}
                        attributes={{ ...label, defaultValue: 'A' }}
                    />
                    <Field
                        name="rows"
                        label="blockRows"
                        refused={error}
                        attributes={{ ...whole, max: 1000, defaultValue: 10 }}
                    />
                    <Field
                        name="rowSeats"
                        label="blockSeats"
                        refused={error}
                        attributes={{ ...whole, max: seatsMax / 1000, defaultValue: 20 }}
                    />
                    <Field
                        name="grade"
                        label="grade"
                        refused={error}
                        attributes={{ ...label, required: false }}
                    />
                </>
            )}
        </Form>
    )
}

export function Plans() {
    const all = useMemo(() => load(() => readAll<StoredPlan>('/v1/plans')), [])
    return (
        <>
            <p id="plans" tabIndex={-1}>
                {t('plansAbout')}
            </p>
            <Shown loaded={all}>
                {plans =>
                    plans.length === 0 ? (
                        <p>{t('noPlansYet')}</p>
                    ) : (
                        <ul class="cards">
                            {plans.map(plan => (
                                <PlanRow key={plan.id} plan={plan} all={all} />
                            ))}
                        </ul>
                    )
                }
            </Shown>
            <h2>{t('newPlan')}</h2>
            <p>{t('newPlanAbout')}</p>
            <NewPlan />
        </>
    )
}
