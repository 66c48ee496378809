// A plan of the house as a date's seats, with what each class costs.
import { type Signal, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Drawing, StoredPlan, WholePlan } from '../core/api'
import { read, readAll } from '../core/call'
import { Field } from '../core/form'
import { Loading, Trouble } from '../core/frame'
import { t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { say } from '../core/say'

interface Class {
    grade: string
    // As the plan has it; null: it has none, or several.
    price: number | null
    hasPrice: boolean
}

function classesOf({ prices }: Drawing): Class[] {
    const grades = new Set(prices.flatMap(({ grade }) => (grade === null ? [] : [grade])))
    return [...grades].map(grade => {
        const own = prices.filter(one => one.grade === grade)
        const isOne = own.every(({ price }) => price === own[0]?.price)
        return {
            grade,
            price: isOne ? (own[0]?.price ?? null) : null,
            hasPrice: own.every(({ price }) => price !== null),
        }
    })
}

const isUnpriced = ({ prices }: Drawing): boolean =>
    prices.some(({ grade, price }) => grade === null && price === null)

// What the date is made of: the plan, and the prices that were typed.
export function planIn(data: FormData, chosen: WholePlan) {
    const typed = classesOf(chosen.plan)
        .map(({ grade }, i) => [grade, data.get(`planPrice${i}`)] as const)
        .filter(([, price]) => price !== '')
    return {
        planId: chosen.id,
        ...(typed.length === 0
            ? {}
            : {
                  prices: Object.fromEntries(typed.map(([grade, price]) => [grade, Number(price)])),
              }),
    }
}

function ClassPrices({ chosen, refused }: { chosen: WholePlan; refused: unknown }) {
    return (
        <>
            <p>{t('seatsOf', { n: chosen.seatCount })}</p>
            {isUnpriced(chosen.plan) ? (
                <p class="why">
                    {t('planUnpriced')} <a href={`/desk/plans/${chosen.id}`}>{t('openPlan')}</a>
                </p>
            ) : null}
            {classesOf(chosen.plan).map(({ grade, price, hasPrice }, i) => (
                <Field
                    key={`${chosen.id} ${grade}`}
                    name={`planPrice${i}`}
                    field={`prices/${grade}`}
                    label="priceOf"
                    values={{ grade }}
                    {...(hasPrice ? { hint: 'planPriceKept' } : {})}
                    refused={refused}
                    attributes={{
                        type: 'number',
                        min: 0,
                        step: 1,
                        inputMode: 'numeric',
                        required: !hasPrice,
                        defaultValue: price ?? '',
                    }}
                />
            ))}
        </>
    )
}

interface PlanSourceProps {
    chosen: Signal<WholePlan | null>
    refused: unknown
}

function PlanChoice({ plans, chosen, refused }: PlanSourceProps & { plans: StoredPlan[] }) {
    const wanted = useSignal('')
    const error = useSignal<unknown>(null)
    const choose = async (id: string) => {
        wanted.value = id
        chosen.value = null
        error.value = null
        if (id === '') return
        try {
            const plan = await read<WholePlan>(`/v1/plans/${id}`)
            // Another may have been chosen meanwhile.
            if (wanted.value !== id) return
            chosen.value = plan
            say(t('seatsOf', { n: plan.seatCount }))
        } catch (problem) {
            if (wanted.value === id) error.value = problem
        }
    }
    const isComing = wanted.value !== '' && chosen.value === null && error.value === null
    return (
        <>
            <p class="field">
                <label for="plan">{t('plan')}</label>
                <select id="plan" required onChange={event => choose(event.currentTarget.value)}>
                    <option value="">{t('choosePlan')}</option>
                    {plans.map(({ id, name }) => (
                        <option key={id} value={id}>
                            {name}
                        </option>
                    ))}
                </select>
            </p>
            {isComing ? <Loading /> : null}
            {error.value === null ? null : (
                <Trouble error={error.value} again={() => choose(wanted.value)} />
            )}
            {chosen.value === null ? null : <ClassPrices chosen={chosen.value} refused={refused} />}
        </>
    )
}

export function PlanSource({ chosen, refused }: PlanSourceProps) {
    const plans = useMemo(() => load(() => readAll<StoredPlan>('/v1/plans')), [])
    return (
        <Shown loaded={plans}>
            {list =>
                list.length === 0 ? (
                    <p>
                        {t('noPlansYet')} <a href="/desk/plans">{t('pagePlans')}</a>
                    </p>
                ) : (
                    <PlanChoice plans={list} chosen={chosen} refused={refused} />
                )
            }
        </Shown>
    )
}
