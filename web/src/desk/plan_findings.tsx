// What is odd about the plan, as the house sees it a moment after each change; with the rows where it is.
import { useSignal, useSignalEffect } from '@preact/signals'
import type { PlanCheck } from '../core/api'
import { inquire } from '../core/call'
import { type Key, t } from '../core/language'
import type { Draft, DraftRow } from './plan_draft'
import { type Editing, rowName, uploadMs } from './plan_editing'

// Nothing more is changed for so long.
const pauseMs = 800
// Of each flaw.
const rowsTold = 8
// GRADE_PRICES_MAX of the API.
const gradesPriced = 32

type Flaw = PlanCheck['findings'][number]['flaw']

const flawWords = {
    duplicate: 'flawDuplicate',
    overlapping: 'flawOverlapping',
    unpriced: 'flawUnpriced',
    noAccessibleSeat: 'flawNoAccessible',
} as const satisfies Record<Flaw, Key>

// A class without a price gets one from each date: only who has no class is without.
const pricesOf = ({ grades }: Draft) => {
    const later = grades.filter(({ name, price }) => name !== '' && price === null)
    return later.length === 0 || later.length > gradesPriced
        ? {}
        : { prices: Object.fromEntries(later.map(({ name }) => [name, 0])) }
}

interface Told {
    flaw: Flaw
    count: number
    rows: DraftRow[]
}

// The rows that have the flaw, each once.
function rowsWith(flaw: Flaw, { findings }: PlanCheck, editing: Editing): DraftRow[] {
    const { row } = editing.hall.value
    const found = new Set<DraftRow>()
    for (const { flaw: one, seat } of findings) {
        const there = seat === null ? undefined : editing.draft.value.rows[row[seat.place] ?? 0]
        if (one === flaw && there !== undefined) found.add(there)
    }
    return [...found].slice(0, rowsTold)
}

const toldOf = (check: PlanCheck, editing: Editing): Told[] =>
    (Object.keys(flawWords) as Flaw[])
        .map(flaw => ({ flaw, count: check.counts[flaw], rows: rowsWith(flaw, check, editing) }))
        .filter(({ count }) => count > 0)

export function Findings({ editing }: { editing: Editing }) {
    const told = useSignal<Told[]>([])
    useSignalEffect(() => {
        const draft = editing.draft.value
        const ask = async () => {
            const { plan } = editing.body()
            const body = { plan, ...pricesOf(draft) }
            const check = await inquire<PlanCheck>('/v1/plans/check', body, uploadMs)
            if (editing.draft.value === draft) told.value = toldOf(check, editing)
        }
        // What it refuses is told when it is to be saved.
        const timer = setTimeout(() => ask().catch(() => {}), pauseMs)
        return () => clearTimeout(timer)
    })
    if (told.value.length === 0) return null
    return (
        <section class="why" aria-label={t('findings')}>
            {told.value.map(({ flaw, count, rows }) => (
                <div key={flaw}>
                    <p>{t(flawWords[flaw], { n: count })}</p>
                    {rows.length === 0 ? null : (
                        <p class="acts">
                            {rows.map(row => (
                                <button
                                    key={row.key}
                                    type="button"
                                    class="quiet"
                                    onClick={() => editing.choose([row.key])}
                                >
                                    {t('showRow', { name: rowName(row) })}
                                </button>
                            ))}
                        </p>
                    )}
                </div>
            ))}
        </section>
    )
}
