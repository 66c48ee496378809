// The place where a spreadsheet is pasted, what would come of it, and what is wrong with it.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { count, type Key, t } from '../core/language'
import { focusOn } from '../core/sure'
import { seatsIn } from './plan_draft'
import type { Editing } from './plan_editing'
import { readWall, type Wall } from './plan_wall'

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

function WallSummary({ wall }: { wall: Wall }) {
    if (wall.faultCount > 0)
        return (
            <section class="trouble" role="alert">
                <h3>{t('wallFaults', { n: wall.faultCount })}</h3>
                <ul>
                    {wall.faults.map(fault => (
                        <li key={fault}>{fault}</li>
                    ))}
                </ul>
            </section>
        )
    const seats = new Map<number, number>()
    for (const row of wall.rows)
        for (const grade of row.grades) seats.set(grade, (seats.get(grade) ?? 0) + 1)
    return (
        <>
            <p role="status">{t('planCount', { rows: wall.rows.length, n: seatsIn(wall.rows) })}</p>
            <ul class="rows">
                {[...seats].map(([grade, n]) => (
                    <li key={grade}>
                        <span>{wall.grades[grade]?.name}</span>
                        <span class="number">{count(n)}</span>
                    </li>
                ))}
            </ul>
        </>
    )
}

export function PlanWall({ editing }: { editing: Editing }) {
    const draft = editing.draft.value
    const text = useSignal('')
    const section = useSignal('')
    const hasLabels = useSignal(false)
    const hasNumbers = useSignal(false)
    const makesGrades = useSignal(draft.grades.length === 0)
    const name = section.value.trim()
    const wish = [text.value, name, hasLabels.value, hasNumbers.value, makesGrades.value]
    const wall = useMemo(
        () =>
            text.value.trim() === ''
                ? null
                : readWall(
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
        if (wall === null || wall.faultCount > 0) {
            focusOn('wall')
            return
        }
        editing.addRows(wall.rows, wall.grades)
        text.value = ''
        focusOn('rows')
    }
    return (
        <details>
            <summary>{t('wallTitle')}</summary>
            <p class="field">
                <label for="wall-section">{t('planSection')}</label>
                <input
                    id="wall-section"
                    autoComplete="off"
                    maxLength={64}
                    value={section.value}
                    onInput={event => (section.value = event.currentTarget.value)}
                />
            </p>
            <Switch
                words="wallLabels"
                is={hasLabels.value}
                set={is => {
                    hasLabels.value = is
                }}
            />
            <Switch
                words="wallNumbers"
                is={hasNumbers.value}
                set={is => {
                    hasNumbers.value = is
                }}
            />
            <Switch
                words="wallMakes"
                is={makesGrades.value}
                set={is => {
                    makesGrades.value = is
                }}
            />
            <p class="field wall">
                <label for="wall">{t('wallCells')}</label>
                <textarea
                    id="wall"
                    rows={10}
                    wrap="off"
                    spellcheck={false}
                    autoComplete="off"
                    aria-describedby="wall-hint"
                    value={text.value}
                    onInput={event => (text.value = event.currentTarget.value)}
                />
                <span id="wall-hint" class="dim">
                    {t('wallHint')}
                </span>
            </p>
            {wall === null ? null : <WallSummary wall={wall} />}
            <button
                type="button"
                class="quiet"
                aria-disabled={wall === null || wall.faultCount > 0}
                onClick={add}
            >
                {t('wallAdd')}
            </button>
        </details>
    )
}
