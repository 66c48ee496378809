// The place where a spreadsheet is pasted, what would come of it, and what is wrong with it.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { count, type Key, t } from '../core/language'
import { focusOn } from '../core/sure'
import { seatCount } from './plan_draft'
import type { Editing } from './plan_editing'
import { readSheet, type Sheet } from './plan_sheet'

function Switch({ words, is, set }: { words: Key; is: boolean; set: (is: boolean) => void }) {
    return (
        <p>
            <label>
                <input
                    type="checkbox"
                    checked={is}
                    onChange={event => set(event.currentTarget.checked)}
                />{' '}
                {t(words)}
            </label>
        </p>
    )
}

function SheetSummary({ sheet }: { sheet: Sheet }) {
    if (sheet.faultCount > 0)
        return (
            <section class="trouble" role="alert">
                <h3>{t('sheetFaults', { n: sheet.faultCount })}</h3>
                <ul>
                    {sheet.faults.map(fault => (
                        <li key={fault}>{fault}</li>
                    ))}
                </ul>
            </section>
        )
    const seats = new Map<number, number>()
    for (const row of sheet.rows)
        for (const grade of row.grades) seats.set(grade, (seats.get(grade) ?? 0) + 1)
    return (
        <>
            <p role="status">
                {t('planCount', { rows: sheet.rows.length, n: seatCount(sheet.rows) })}
            </p>
            <ul class="rows">
                {[...seats].map(([grade, n]) => (
                    <li key={grade}>
                        <span>{sheet.grades[grade]?.name}</span>
                        <span class="number">{count(n)}</span>
                    </li>
                ))}
            </ul>
        </>
    )
}

export function PlanSheet({ editing }: { editing: Editing }) {
    const draft = editing.draft.value
    const text = useSignal('')
    const section = useSignal('')
    const hasLabels = useSignal(false)
    const hasNumbers = useSignal(false)
    const makesGrades = useSignal(draft.grades.length === 0)
    const name = section.value.trim()
    const wish = [text.value, name, hasLabels.value, hasNumbers.value, makesGrades.value]
    const sheet = useMemo(
        () =>
            text.value.trim() === ''
                ? null
                : readSheet(
                      {
                          text: text.value,
                          section: name,
                          hasLabels: hasLabels.value,
                          hasNumbers: hasNumbers.value,
                          makesGrades: makesGrades.value,
                      },
                      draft
                  ),
        [...wish, draft]
    )
    const add = () => {
        if (sheet === null || sheet.faultCount > 0) {
            focusOn('sheet')
            return
        }
        editing.addRows(sheet.rows, sheet.grades)
        text.value = ''
        focusOn('rows')
    }
    return (
        <details>
            <summary>{t('sheetTitle')}</summary>
            <p class="field">
                <label for="sheet-section">{t('planSection')}</label>
                <input
                    id="sheet-section"
                    autoComplete="off"
                    maxLength={64}
                    value={section.value}
                    onInput={event => (section.value = event.currentTarget.value)}
                />
            </p>
            <Switch
                words="sheetLabels"
                is={hasLabels.value}
                set={is => {
                    hasLabels.value = is
                }}
            />
            <Switch
                words="sheetNumbers"
                is={hasNumbers.value}
                set={is => {
                    hasNumbers.value = is
                }}
            />
            <Switch
                words="sheetMakes"
                is={makesGrades.value}
                set={is => {
                    makesGrades.value = is
                }}
            />
            <p class="field sheet">
                <label for="sheet">{t('sheetCells')}</label>
                <textarea
                    id="sheet"
                    rows={10}
                    wrap="off"
                    spellcheck={false}
                    autoComplete="off"
                    aria-describedby="sheet-hint"
                    value={text.value}
                    onInput={event => (text.value = event.currentTarget.value)}
                />
                <span id="sheet-hint" class="dim">
                    {t('sheetHint')}
                </span>
            </p>
            {sheet === null ? null : <SheetSummary sheet={sheet} />}
            <button
                type="button"
                class="quiet"
                aria-disabled={sheet === null || sheet.faultCount > 0}
                onClick={add}
            >
                {t('sheetAdd')}
            </button>
        </details>
    )
}
