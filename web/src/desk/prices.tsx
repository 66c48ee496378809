// What the seats of each date cost, by their class. Seats that somebody holds or bought keep their price.
import { useMemo } from 'preact/hooks'
import type { Plan, Round } from '../core/api'
import { act, read } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Field, Form } from '../core/form'
import { price } from '../core/frame'
import { t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'

type Price = Plan['prices'][number]

// A class whose seats cost different things stands in the plan once a price; no class is one, too.
const classesOf = (prices: Price[]): Price[] =>
    prices.filter(({ grade }, i) => prices.findIndex(one => one.grade === grade) === i)

// As the API names it.
const nameOf = (grade: string | null): string => grade ?? ''

function RoundPrices({ round, plan }: { round: Round; plan: Loaded<Plan> }) {
    const time = dayAndTime(round.startTime)
    return (
        <Shown loaded={plan}>
            {({ prices }) => {
                const classes = classesOf(prices)
                const save = async (data: FormData) => {
                    // What was not touched stays, also where seats of a class cost different things.
                    const change = classes
                        .map(
                            ({ grade }, i) =>
                                [nameOf(grade), Number(data.get(`price${i}`))] as const
                        )
                        .filter(([, asked], i) => asked !== classes[i]?.price)
                    if (change.length > 0) {
                        const prices = Object.fromEntries(change)
                        const path = `/v1/rounds/${round.id}`
                        await act(`prices:${round.id}`, 'PATCH', path, { prices })
                        await plan.refresh()
                    }
                    say(t('saved'))
                }
                return (
                    <>
                        <h3>{time}</h3>
                        <ul class="rows">
                            {prices.map(one => (
                                <li key={`${one.grade} ${one.price}`}>
                                    <span>{one.grade ?? t('noGrade')}</span>
                                    <span class="number">{price(one.price)}</span>
                                </li>
                            ))}
                        </ul>
                        <Form
                            label={t('pricesOf', { time })}
                            submit={t('savePrices', { time })}
                            run={save}
                        >
                            {error => (
                                <>
                                    {classes.map(({ grade, price: now }, i) => (
                                        <Field
                                            key={nameOf(grade)}
                                            id={`${round.id}-${i}`}
                                            name={`price${i}`}
                                            field={`prices/${nameOf(grade)}`}
                                            label="priceOf"
                                            values={{ grade: grade ?? t('noGrade') }}
                                            refused={error}
                                            attributes={{
                                                type: 'number',
                                                min: 0,
                                                defaultValue: now,
                                            }}
                                        />
                                    ))}
                                </>
                            )}
                        </Form>
                    </>
                )
            }}
        </Shown>
    )
}

function OneRound({ round }: { round: Round }) {
    const plan = useMemo(() => load(() => read<Plan>(`/v1/rounds/${round.id}/plan`)), [round.id])
    return <RoundPrices round={round} plan={plan} />
}

export function Prices({ rounds }: { rounds: Round[] }) {
    if (rounds.length === 0) return <p>{t('pricesLater')}</p>
    return (
        <>
            {rounds.map(round => (
                <OneRound key={round.id} round={round} />
            ))}
        </>
    )
}
