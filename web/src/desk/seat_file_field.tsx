// The file that a date's seats come from: what is in it, and what is wrong with it by its lines.
import type { Signal } from '@preact/signals'
import { Refused } from '../core/call'
import { faultText } from '../core/faults'
import { price } from '../core/frame'
import { count, t } from '../core/language'
import { say } from '../core/say'
import { type FileSeat, readSeats, type SeatFile, textOf } from './seat_file'

function gradesOf(seats: FileSeat[]): [string, { price: number; n: number }][] {
    const grades = new Map<string, { price: number; n: number }>()
    for (const seat of seats) {
        const key = `${seat.grade ?? ''}\n${seat.price}`
        const known = grades.get(key)
        if (known) known.n++
        else grades.set(key, { price: seat.price, n: 1 })
    }
    return [...grades].map(([key, value]) => [key.split('\n')[0] ?? '', value])
}

// What the API says of a seat, with its line in the place of its number.
function faultsOf(refused: unknown, file: SeatFile): string[] {
    if (!(refused instanceof Refused)) return []
    const lineOf = (text: string) =>
        text.replace(/\/seats\/(\d+)/g, (_, seat) =>
            t('fileLine', { line: file.lines[Number(seat)] ?? 0 })
        )
    return (refused.problem.errors ?? [])
        .filter(({ field }) => field.startsWith('/seats/'))
        .map(fault => `${lineOf(fault.field)}: ${lineOf(faultText(fault))}`)
}

function Faults({ faults, all }: { faults: string[]; all: number }) {
    if (faults.length === 0) return null
    return (
        <section class="trouble" role="alert">
            <h3>{t('fileFaults', { n: all })}</h3>
            <ul>
                {faults.map(fault => (
                    <li key={fault}>{fault}</li>
                ))}
            </ul>
        </section>
    )
}

const gradesShown = 50

function FileSummary({ file }: { file: SeatFile }) {
    return (
        <>
            {file.unused.length === 0 ? null : (
                <p>{t('fileUnused', { heads: file.unused.join(', ') })}</p>
            )}
            {file.faultCount > 0 ? null : (
                <>
                    <p>{t('fileSeats', { n: file.seats.length })}</p>
                    <ul class="rows">
                        {gradesOf(file.seats)
                            .slice(0, gradesShown)
                            .map(([grade, { price: one, n }]) => (
                                <li key={`${grade} ${one}`}>
                                    <span>{grade || t('noGrade')}</span>
                                    <span>{price(one)}</span>
                                    <span class="number">{count(n)}</span>
                                </li>
                            ))}
                    </ul>
                </>
            )}
            <Faults faults={file.faults} all={file.faultCount} />
        </>
    )
}

const allFaults = ({ problem }: Refused): number =>
    Number(problem.errorCount ?? problem.errors?.length ?? 0)

export function SeatFileField({
    file,
    refused,
}: {
    file: Signal<SeatFile | null>
    refused: unknown
}) {
    const read = async (chosen: File | undefined) => {
        file.value = null
        if (chosen === undefined) return
        const now = readSeats(textOf(await chosen.arrayBuffer()))
        file.value = now
        say(
            now.faultCount > 0
                ? t('fileFaults', { n: now.faultCount })
                : t('fileSeats', { n: now.seats.length })
        )
    }
    return (
        <>
            <p class="field">
                <label for="file">{t('file')}</label>
                <input
                    id="file"
                    type="file"
                    required
                    accept=".csv,.tsv,.txt,text/csv,text/plain"
                    aria-describedby="file-hint"
                    onChange={event => read(event.currentTarget.files?.[0])}
                />
                <span id="file-hint" class="dim">
                    {t('fileHint')}
                </span>
            </p>
            {file.value === null ? null : <FileSummary file={file.value} />}
            {file.value === null || !(refused instanceof Refused) ? null : (
                <Faults faults={faultsOf(refused, file.value)} all={allFaults(refused)} />
            )}
        </>
    )
}
