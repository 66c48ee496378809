// What is to be rehearsed: a date's seats or so many, who comes, and how they would be let in.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Concert, Queue, Round } from '../core/api'
import { Refused, read, readAll } from '../core/call'
import { dayAndTime, serverNow } from '../core/clock'
import { Field, Form } from '../core/form'
import { settings } from '../core/house'
import { type Key, t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { parameter } from '../core/path'
import { begin } from './rehearsals'

interface Offered {
    round: Round
    title: string
}

interface Offer {
    rounds: Offered[]
    queue: Queue
}

// The date that the set-up of a concert names may be one that nobody sees yet.
async function hidden(id: string): Promise<Offered[]> {
    try {
        const round = await read<Round>(`/v1/rounds/${id}`)
        const { title } = await read<Concert>(`/v1/concerts/${round.concertId}`)
        return [{ round, title }]
    } catch (error) {
        if (error instanceof Refused && error.problem.status === 404) return []
        throw error
    }
}

async function offer(): Promise<Offer> {
    const from = encodeURIComponent(new Date(serverNow()).toISOString())
    const [queue, concerts, rounds] = await Promise.all([
        read<Queue>('/v1/queue'),
        readAll<Concert>('/v1/concerts'),
        readAll<Round>(`/v1/rounds?from=${from}`),
    ])
    const titles = new Map(concerts.map(({ id, title }) => [id, title]))
    const shown = rounds
        .filter(({ status }) => status === 'scheduled')
        .map(round => ({ round, title: titles.get(round.concertId) ?? '' }))
    const wanted = parameter('round')
    const isThere = wanted === null || shown.some(({ round }) => round.id === wanted)
    return { queue, rounds: isThere ? shown : [...(await hidden(wanted)), ...shown] }
}

interface Figure {
    name: string
    label: Key
    preset: number
    least: number
    most: number
}

// Half a day, as the API has it.
const longest = 43_200

const crowd: Figure[] = [
    { name: 'buyers', label: 'rehearseBuyers', preset: 10_000, least: 1, most: 200_000 },
    { name: 'arrivalSeconds', label: 'rehearseArrival', preset: 60, least: 0, most: longest },
    { name: 'patienceSeconds', label: 'rehearsePatience', preset: 1800, least: 0, most: longest },
]
const manners: Figure[] = [
    { name: 'chooseSeconds', label: 'rehearseChoose', preset: 30, least: 0, most: longest },
    { name: 'lookSeconds', label: 'rehearseLook', preset: 60, least: 0, most: longest },
    { name: 'paySeconds', label: 'rehearsePay', preset: 60, least: 0, most: longest },
    { name: 'unpaidPercent', label: 'rehearseUnpaid', preset: 5, least: 0, most: 100 },
    { name: 'silentPercent', label: 'rehearseSilent', preset: 50, least: 0, most: 100 },
    { name: 'spreadPercent', label: 'rehearseSpread', preset: 50, least: 0, most: 100 },
    { name: 'seed', label: 'rehearseSeed', preset: 1, least: 0, most: 1_000_000 },
]

// QUEUE_COUNT_MAX of the API.
const peopleMost = 1_000_000

function queueNumbers({ admitPerSecond, maxActive }: Queue): Figure[] {
    return [
        {
            name: 'admitPerSecond',
            label: 'admitPerSecond',
            preset: admitPerSecond,
            least: 1,
            most: peopleMost,
        },
        { name: 'maxActive', label: 'maxActive', preset: maxActive, least: 1, most: peopleMost },
    ]
}

function Numbers({ of, refused, under = '' }: { of: Figure[]; refused: unknown; under?: string }) {
    return (
        <>
            {of.map(({ name, label, preset, least, most }) => (
                <Field
                    key={name}
                    name={name}
                    label={label}
                    field={`${under}${name}`}
                    refused={refused}
                    attributes={{ type: 'number', min: least, max: most, defaultValue: preset }}
                />
            ))}
        </>
    )
}

const numbersIn = (data: FormData, of: Figure[]): Record<string, number> =>
    Object.fromEntries(of.map(({ name }) => [name, +String(data.get(name))]))

function Seats({
    rounds,
    round,
    refused,
}: {
    rounds: Offered[]
    round: ReturnType<typeof useSignal<string>>
    refused: unknown
}) {
    return (
        <>
            <p class="field">
                <label for="round">{t('rehearseSeatsOf')}</label>
                <select
                    id="round"
                    value={round.value}
                    onChange={event => (round.value = event.currentTarget.value)}
                >
                    <option value="">{t('rehearseOther')}</option>
                    {rounds.map(({ round: { id, startTime, totalSeatCnt }, title }) => (
                        <option key={id} value={id}>
                            {t('rehearseRound', {
                                title,
                                time: dayAndTime(startTime),
                                seats: totalSeatCnt,
                            })}
                        </option>
                    ))}
                </select>
            </p>
            {round.value === '' ? (
                <Field
                    name="seats"
                    label="seats"
                    refused={refused}
                    attributes={{ type: 'number', min: 1, max: 100_000, defaultValue: 1000 }}
                />
            ) : null}
        </>
    )
}

function Fields({ rounds, queue }: Offer) {
    const wanted = parameter('round') ?? ''
    const round = useSignal<string>(rounds.some(one => one.round.id === wanted) ? wanted : '')
    const line = queueNumbers(queue)
    const each: Figure = {
        name: 'seatsEach',
        label: 'rehearseSeatsEach',
        preset: 2,
        least: 1,
        most: settings.value?.maxSeatsPerReservation ?? 1,
    }
    const run = (data: FormData) =>
        begin({
            ...(round.value === ''
                ? { seats: +String(data.get('seats')) }
                : { roundId: round.value }),
            ...numbersIn(data, [...crowd, each, ...manners]),
            rush: data.get('rush') !== null,
            queue: numbersIn(data, line),
        })
    return (
        <Form label={t('rehearseNew')} submit={t('rehearseBegin')} run={run}>
            {error => (
                <>
                    <Seats rounds={rounds} round={round} refused={error} />
                    <Numbers of={[...crowd, each]} refused={error} />
                    <p>
                        <label>
                            <input type="checkbox" name="rush" defaultChecked /> {t('rehearseRush')}
                        </label>
                    </p>
                    <Numbers of={line} refused={error} under="queue/" />
                    <details>
                        <summary>{t('rehearseManners')}</summary>
                        <Numbers of={manners} refused={error} />
                    </details>
                </>
            )}
        </Form>
    )
}

export function RehearsalForm() {
    const now = useMemo(() => load(offer), [])
    return <Shown loaded={now}>{offered => <Fields {...offered} />}</Shown>
}
