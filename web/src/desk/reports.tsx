// What was sold of a date, in parts, on the page and as a file; and the house's rows as files.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Concert, Round, SalesBreakdown } from '../core/api'
import { read, readAll } from '../core/call'
import { dayAndTime } from '../core/clock'
import { amount } from '../core/frame'
import { may } from '../core/house'
import { type Key, t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { parameter } from '../core/path'

type By = SalesBreakdown['by']
type Part = SalesBreakdown['rows'][number]

const byWords: Record<By, Key> = {
    grade: 'byGrade',
    section: 'bySection',
    day: 'byDay',
    hour: 'byHour',
}
const ways = Object.keys(byWords) as By[]

interface Show {
    concert: Concert
    rounds: Round[]
}

async function shows(): Promise<Show[]> {
    const concerts = await readAll<Concert>('/v1/concerts')
    const rounds = await readAll<Round>('/v1/rounds')
    return concerts
        .map(concert => ({
            concert,
            rounds: rounds.filter(({ concertId }) => concertId === concert.id),
        }))
        .filter(show => show.rounds.length > 0)
}

const nameOf = ({ key, start }: Part, by: By): string =>
    start === null ? (key ?? t(by === 'grade' ? 'noGrade' : 'noSection')) : dayAndTime(start)

const columnWords = {
    sold: 'partSold',
    gross: 'partGross',
    refunded: 'partRefunded',
    net: 'partNet',
} as const satisfies Record<string, Key>
type Column = keyof typeof columnWords
const columns = Object.keys(columnWords) as Column[]

const sumOf = (rows: Part[], of: Column): number => rows.reduce((sum, row) => sum + row[of], 0)

function Table({ breakdown }: { breakdown: SalesBreakdown }) {
    const { rows, by } = breakdown
    const shown = (column: Column, value: number) =>
        column === 'sold' ? String(value) : amount(value)
    return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse moves it by the arrow keys
        <section class="wide" aria-label={t('inParts')} tabIndex={0}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t(byWords[by])}</th>
                        {columns.map(column => (
                            <th key={column} scope="col">
                                {t(columnWords[column])}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map(row => (
                        <tr key={`${row.key} ${row.start}`}>
                            <td>{nameOf(row, by)}</td>
                            {columns.map(column => (
                                <td key={column}>{shown(column, row[column])}</td>
                            ))}
                        </tr>
                    ))}
                </tbody>
                <tfoot>
                    <tr>
                        <td>{t('inAll')}</td>
                        {columns.map(column => (
                            <td key={column}>{shown(column, sumOf(rows, column))}</td>
                        ))}
                    </tr>
                </tfoot>
            </table>
        </section>
    )
}

function Sales({ roundId, by }: { roundId: string; by: By }) {
    const loaded = useMemo(
        () => load(() => read<SalesBreakdown>(`/v1/rounds/${roundId}/sales?by=${by}`)),
        [roundId, by]
    )
    return (
        <Shown loaded={loaded}>
            {breakdown => (
                <>
                    {breakdown.rows.length === 0 ? (
                        <p>{t('nothingSold')}</p>
                    ) : (
                        <Table breakdown={breakdown} />
                    )}
                    <p>
                        <a download href={`/v1/exports/sales.csv?roundId=${roundId}&by=${by}`}>
                            {t('asFile')}
                        </a>
                    </p>
                </>
            )}
        </Shown>
    )
}

function Choice({ all }: { all: Show[] }) {
    const round = parameter('round') ?? all[0]?.rounds[0]?.id ?? ''
    const by = ways.find(way => way === parameter('by')) ?? 'grade'
    if (all.length === 0) return <p>{t('noConcertsYet')}</p>
    return (
        <>
            <form action="/desk/reports" aria-label={t('sales')}>
                <p class="field">
                    <label for="round">{t('reportRound')}</label>
                    <select id="round" name="round">
                        {all.map(({ concert, rounds }) => (
                            <optgroup key={concert.id} label={concert.title}>
                                {rounds.map(({ id, startTime }) => (
                                    <option key={id} value={id} selected={id === round}>
                                        {dayAndTime(startTime)}
                                    </option>
                                ))}
                            </optgroup>
                        ))}
                    </select>
                </p>
                <p class="field">
                    <label for="by">{t('reportBy')}</label>
                    <select id="by" name="by">
                        {ways.map(way => (
                            <option key={way} value={way} selected={way === by}>
                                {t(byWords[way])}
                            </option>
                        ))}
                    </select>
                </p>
                <button type="submit">{t('showReport')}</button>
            </form>
            <Sales roundId={round} by={by} />
        </>
    )
}

const files = {
    reservations: 'fileReservations',
    payments: 'filePayments',
    entries: 'fileEntries',
    users: 'fileUsers',
} as const satisfies Record<string, Key>

// Whoever takes others' data out of the house says what for.
function Files() {
    const kind = useSignal<keyof typeof files>('reservations')
    return (
        <form action={`/v1/exports/${kind.value}.csv`} aria-label={t('files')}>
            <p class="field">
                <label for="kind">{t('fileOf')}</label>
                <select
                    id="kind"
                    onChange={event => {
                        kind.value = event.currentTarget.value as keyof typeof files
                    }}
                >
                    {Object.entries(files).map(([name, words]) => (
                        <option key={name} value={name} selected={name === kind.value}>
                            {t(words)}
                        </option>
                    ))}
                </select>
            </p>
            <p class="field">
                <label for="reason">{t('fileReason')}</label>
                <input
                    id="reason"
                    name="reason"
                    required
                    maxLength={200}
                    pattern=".*\S.*"
                    autoComplete="off"
                    aria-describedby="reason-hint"
                />
                <span id="reason-hint" class="dim">
                    {t('fileReasonHint')}
                </span>
            </p>
            <button type="submit">{t('asFile')}</button>
        </form>
    )
}

export function Reports() {
    const all = useMemo(() => load(shows), [])
    return (
        <>
            {may('stats') ? (
                <>
                    <h2>{t('sales')}</h2>
                    <Shown loaded={all}>{some => <Choice all={some} />}</Shown>
                </>
            ) : null}
            {may('read') ? (
                <>
                    <h2>{t('files')}</h2>
                    <Files />
                </>
            ) : null}
        </>
    )
}
