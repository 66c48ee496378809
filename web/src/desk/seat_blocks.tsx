// Seats as blocks of rows, each with its price: how many there are grows and shrinks at the end.
import type { Signal } from '@preact/signals'
import { errorOf, Field } from '../core/form'
import { t } from '../core/language'

const number = (data: FormData, name: string): number => Number(data.get(name))

// A block's fields have its number in their names.
export function blockIn(data: FormData, i: number) {
    const grade = String(data.get(`grade${i}`))
    return {
        name: String(data.get(`block${i}`)),
        rows: number(data, `rows${i}`),
        seatsPerRow: number(data, `seatsPerRow${i}`),
        price: number(data, `price${i}`),
        ...(grade === '' ? {} : { grade }),
    }
}

const label = { autoComplete: 'off', maxLength: 64 } as const
const whole = { type: 'number', min: 1, max: 200_000, step: 1, inputMode: 'numeric' } as const
const points = { type: 'number', min: 0, step: 1, inputMode: 'numeric' } as const

function Block({ i, refused }: { i: number; refused: unknown }) {
    const path = `sections/${i}`
    const error = errorOf(refused, path)
    return (
        <fieldset class="block">
            <legend>{t('block', { n: i + 1 })}</legend>
            {error === undefined ? null : <p class="bad">{error}</p>}
            <Field
                name={`block${i}`}
                field={`${path}/name`}
                label="blockName"
                refused={refused}
                attributes={label}
            />
            <Field
                name={`rows${i}`}
                field={`${path}/rows`}
                label="blockRows"
                refused={refused}
                attributes={whole}
            />
            <Field
                name={`seatsPerRow${i}`}
                field={`${path}/seatsPerRow`}
                label="blockSeats"
                refused={refused}
                attributes={whole}
            />
            <Field
                name={`grade${i}`}
                field={`${path}/grade`}
                label="grade"
                refused={refused}
                attributes={{ ...label, required: false }}
            />
            <Field
                name={`price${i}`}
                field={`${path}/price`}
                label="seatPrice"
                refused={refused}
                attributes={points}
            />
        </fieldset>
    )
}

export function Blocks({ count, refused }: { count: Signal<number>; refused: unknown }) {
    return (
        <>
            {Array.from({ length: count.value }, (_, i) => (
                <Block key={i} i={i} refused={refused} />
            ))}
            <p class="acts">
                <button type="button" class="quiet" onClick={() => count.value++}>
                    {t('addBlock')}
                </button>
                <button
                    type="button"
                    class="quiet"
                    aria-disabled={count.value === 1}
                    onClick={() => (count.value = Math.max(count.value - 1, 1))}
                >
                    {t('removeBlock')}
                </button>
            </p>
        </>
    )
}
