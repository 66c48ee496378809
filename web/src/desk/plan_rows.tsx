// The rows of the plan in the order of their seats, and what is done with those that are chosen.
import type { TargetedEvent } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type Key, t } from '../core/language'
import { accessible } from '../seats/hall'
import { type Draft, type DraftRow, noGrade, seatCount } from './plan_draft'
import type { Editing } from './plan_editing'
import { seatName } from './plan_labels'

function optionOf(row: DraftRow, { grades }: Draft): string {
    const { numbers } = row
    const some = [...new Set(row.grades)]
        .filter(grade => grade !== noGrade)
        .map(grade => grades[grade]?.name)
    const wheels = row.flags.filter(flag => (flag & accessible) !== 0).length
    return [
        row.label === '' ? t('noRowLabel') : t('planRow', { row: row.label }),
        t('seatsOf', { n: numbers.length }),
        numbers[0] === null
            ? ''
            : `${seatName(numbers, 0)}–${seatName(numbers, numbers.length - 1)}`,
        some.join(', '),
        wheels === 0 ? '' : t('wheelsOf', { n: wheels }),
    ]
        .filter(Boolean)
        .join(' · ')
}

// Rows of one section that follow each other.
function runsOf(rows: readonly DraftRow[]): DraftRow[][] {
    const runs: DraftRow[][] = []
    for (const row of rows) {
        const last = runs[runs.length - 1]
        if (last?.[0]?.section === row.section) last.push(row)
        else runs.push([row])
    }
    return runs
}

// What keys do wherever one is in the editor, and in the list of rows.
export function editorKey(editing: Editing, event: KeyboardEvent): boolean {
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey
    const key = event.key.toLowerCase()
    if (isCommand && key === 's') editing.save()
    else if (isCommand && key === 'z' && event.shiftKey) editing.redo()
    else if (isCommand && key === 'z') editing.undo()
    else if (isCommand && key === 'y') editing.redo()
    else return false
    return true
}

export function rowsKey(editing: Editing, event: KeyboardEvent): boolean {
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey
    if (isCommand && event.key.toLowerCase() === 'd') editing.duplicate()
    else if (!isCommand && event.key === 'Delete') editing.remove()
    else if (event.altKey && event.key === 'ArrowUp') editing.reorder(-1)
    else if (event.altKey && event.key === 'ArrowDown') editing.reorder(1)
    else return false
    return true
}

function Act({ words, run, isOff = false }: { words: Key; run: () => void; isOff?: boolean }) {
    return (
        <button
            type="button"
            class="quiet"
            aria-disabled={isOff}
            onClick={() => {
                if (!isOff) run()
            }}
        >
            {t(words)}
        </button>
    )
}

// After which the browser has moved a list by itself.
const ownScrollMs = 50

// What is chosen elsewhere is seen in the list, which moves by itself and not the page.
function showOption(list: HTMLSelectElement | null): void {
    const option = list?.selectedOptions[0]
    if (list === null || option === undefined) return
    const [frame, line] = [list.getBoundingClientRect(), option.getBoundingClientRect()]
    if (line.top < frame.top || line.bottom > frame.bottom)
        list.scrollTop += line.top - (frame.top + frame.bottom) / 2
}

export function PlanRows({ editing }: { editing: Editing }) {
    const list = useRef<HTMLSelectElement>(null)
    const draft = editing.draft.value
    const chosen = editing.chosen.value
    const none = chosen.size === 0
    // The browser moves the list by itself first, to what was chosen before.
    useLayoutEffect(() => {
        const timer = setTimeout(() => showOption(list.current), ownScrollMs)
        return () => clearTimeout(timer)
    }, [chosen])
    const choose = (event: TargetedEvent<HTMLSelectElement>) =>
        editing.choose(
            Array.from(event.currentTarget.selectedOptions, ({ value }) => Number(value))
        )
    return (
        <section aria-labelledby="rows-title">
            <h2 id="rows-title">{t('planRows')}</h2>
            <p>{t('planCount', { rows: draft.rows.length, n: seatCount(draft.rows) })}</p>
            <p class="field">
                <label for="rows">{t('planRowsBest')}</label>
                <select
                    ref={list}
                    id="rows"
                    class="plan-rows"
                    multiple
                    size={12}
                    aria-describedby="rows-hint"
                    onChange={choose}
                    onKeyDown={event => {
                        if (rowsKey(editing, event)) event.preventDefault()
                    }}
                >
                    {runsOf(draft.rows).map(run => (
                        <optgroup key={run[0]?.key} label={run[0]?.section || t('noSection')}>
                            {run.map(row => (
                                <option
                                    key={row.key}
                                    value={row.key}
                                    selected={chosen.has(row.key)}
                                >
                                    {optionOf(row, draft)}
                                </option>
                            ))}
                        </optgroup>
                    ))}
                </select>
                <span id="rows-hint" class="dim">
                    {t('planRowsHint')}
                </span>
            </p>
            <p class="acts">
                <Act words="addRow" run={() => editing.add()} />
                <Act words="duplicate" isOff={none} run={() => editing.duplicate()} />
                <Act words="earlier" isOff={none} run={() => editing.reorder(-1)} />
                <Act words="later" isOff={none} run={() => editing.reorder(1)} />
                <Act words="wholeSection" isOff={none} run={() => editing.chooseSections()} />
                <Act words="takeOut" isOff={none} run={() => editing.remove()} />
            </p>
        </section>
    )
}
