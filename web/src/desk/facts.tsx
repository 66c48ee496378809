// What a concert is and when its seats are on sale, as fields and in words.
import type { Concert } from '../core/api'
import { dayAndTime, timeZone } from '../core/clock'
import { Field } from '../core/form'
import { t } from '../core/language'
import { inputTime, typedTime } from './house_time'

const text = (data: FormData, name: string): string => String(data.get(name) ?? '')

export const factsIn = (data: FormData) => ({
    title: text(data, 'title'),
    description: text(data, 'description'),
    place: text(data, 'place') || null,
    reservationOpenAt: typedTime(text(data, 'reservationOpenAt')),
    reservationCloseAt: typedTime(text(data, 'reservationCloseAt')),
})

export function stateWords(concert: Concert, now: number): string {
    const { status, reservationOpenAt: opens, reservationCloseAt: closes } = concert
    if (status === 'draft') return t('stateDraft')
    if (now < Date.parse(opens)) return t('stateOpens', { time: dayAndTime(opens) })
    if (now < Date.parse(closes)) return t('stateOnSale', { time: dayAndTime(closes) })
    return t('stateOver', { time: dayAndTime(closes) })
}

const moment = { type: 'datetime-local' } as const

export function FactFields({ concert, refused }: { concert?: Concert; refused: unknown }) {
    return (
        <>
            <Field
                name="title"
                label="title"
                refused={refused}
                attributes={{
                    autoComplete: 'off',
                    maxLength: 200,
                    defaultValue: concert?.title ?? '',
                }}
            />
            <p class="field">
                <label for="description">{t('description')}</label>
                <textarea id="description" name="description" rows={4} maxLength={10_000}>
                    {concert?.description ?? ''}
                </textarea>
            </p>
            <Field
                name="place"
                label="place"
                refused={refused}
                attributes={{
                    autoComplete: 'off',
                    required: false,
                    maxLength: 200,
                    defaultValue: concert?.place ?? '',
                }}
            />
            <p class="dim">{t('timesIn', { zone: timeZone.value ?? '' })}</p>
            <Field
                name="reservationOpenAt"
                label="saleOpens"
                refused={refused}
                attributes={{
                    ...moment,
                    defaultValue: concert ? inputTime(concert.reservationOpenAt) : '',
                }}
            />
            <Field
                name="reservationCloseAt"
                label="saleCloses"
                refused={refused}
                attributes={{
                    ...moment,
                    defaultValue: concert ? inputTime(concert.reservationCloseAt) : '',
                }}
            />
        </>
    )
}
