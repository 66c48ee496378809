// One seating plan: the hall, its rows and what they are, kept when one says so. What somebody else keeps
// meanwhile is told, and neither is lost.
import { effect, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { StoredPlan, WholePlan } from '../core/api'
import { act, Refused, read } from '../core/call'
import { dayAndTime } from '../core/clock'
import { faultText } from '../core/faults'
import { Trouble } from '../core/frame'
import { t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { Editing, rowName } from './plan_editing'
import { PlanFields, Typed } from './plan_fields'
import { Findings } from './plan_findings'
import { PlanGrades } from './plan_grades'
import { PlanHall } from './plan_hall'
import { forgetRescued, type Rescued, rescue, rescued } from './plan_rescue'
import { editorKey, PlanRows } from './plan_rows'
import { PlanSheet } from './plan_sheet_form'

// Leaving asks, as long as something would be lost; a new build waits.
function useGuard(editing: Editing): void {
    useEffect(() => {
        const ask = (event: Event) => {
            if (editing.isChanged.value) event.preventDefault()
        }
        addEventListener('beforeunload', ask)
        addEventListener('usher-renew', ask)
        return () => {
            removeEventListener('beforeunload', ask)
            removeEventListener('usher-renew', ask)
        }
    }, [editing])
}

// So long after the last change the browser keeps it: a large hall takes a moment to write.
const rescueMs = 1000

function useRescue(editing: Editing): void {
    useEffect(() => {
        let timer = 0
        const keep = () => {
            clearTimeout(timer)
            rescue(editing.toRescue()).catch(() => {})
        }
        const stop = effect(() => {
            void editing.draft.value
            clearTimeout(timer)
            if (editing.isChanged.value) timer = setTimeout(keep, rescueMs)
            else forgetRescued(editing.stored.id).catch(() => {})
        })
        return () => {
            stop()
            clearTimeout(timer)
        }
    }, [editing])
}

function useKeys(editing: Editing): void {
    useEffect(() => {
        const key = (event: KeyboardEvent) => {
            // A field has an undoing of its own for what is being typed.
            const isTyping =
                event.target instanceof HTMLInputElement ||
                event.target instanceof HTMLTextAreaElement
            if (isTyping && event.key.toLowerCase() !== 's') return
            // What is typed in a field counts before it is kept.
            if (isTyping && (event.ctrlKey || event.metaKey)) {
                event.target.blur()
                event.target.focus()
            }
            if (editorKey(editing, event)) event.preventDefault()
        }
        addEventListener('keydown', key)
        return () => removeEventListener('keydown', key)
    }, [editing])
}

// Keeps it beside what is there: as a plan of its own.
async function saveAsNew(editing: Editing): Promise<void> {
    const { name, plan } = editing.body()
    const copy = { name: t('copyOf', { name }).slice(0, 200), plan }
    const { id } = await act<StoredPlan>('copy-plan', 'POST', '/v1/plans', copy)
    // It is kept: nothing is left to lose here.
    editing.kept.value = editing.draft.value
    await forgetRescued(editing.stored.id).catch(() => {})
    location.assign(`/desk/plans/${id}`)
}

// Somebody kept another, or took the plan away.
function Overtaken({ editing }: { editing: Editing }) {
    const theirs = editing.theirs.value
    const error = useSignal<unknown>(null)
    const asNew = () =>
        saveAsNew(editing).catch((problem: unknown) => {
            error.value = problem
        })
    const isGone =
        editing.error.value instanceof Refused && editing.error.value.problem.status === 404
    if (theirs === null && !isGone) return null
    return (
        <section class="trouble" role="alert">
            <h2>{t(isGone ? 'planGone' : 'planOvertaken')}</h2>
            <p>
                {theirs === null
                    ? t('planGoneHow')
                    : t('planOvertakenHow', {
                          time: dayAndTime(theirs.changedAt),
                          n: theirs.seatCount,
                      })}
            </p>
            {error.value === null ? null : <Trouble error={error.value} />}
            <p class="acts">
                <button type="button" onClick={asNew}>
                    {t('keepAsNew')}
                </button>
                {theirs === null ? null : (
                    <>
                        <button type="button" class="quiet" onClick={() => editing.takeTheirs()}>
                            {t('takeTheirs')}
                        </button>
                        <button type="button" class="quiet" onClick={() => editing.overwrite()}>
                            {t('writeOver')}
                        </button>
                    </>
                )}
            </p>
        </section>
    )
}

// What was here when the page was closed, or the browser.
function Rescue({ editing }: { editing: Editing }) {
    const { drawnAt, isChanged, theirs } = editing
    if (drawnAt.value === null || !isChanged.value) return null
    const throwAway = () => {
        editing.throwAway()
        document.getElementById('rows')?.focus()
    }
    return (
        <section class="trouble" role="status">
            <p>{t('drawnBefore', { time: dayAndTime(drawnAt.value) })}</p>
            {theirs.value === null ? (
                <p class="acts">
                    <button type="button" class="quiet" onClick={throwAway}>
                        {t('throwAway')}
                    </button>
                </p>
            ) : null}
        </section>
    )
}

// What the API says of a row, with its name in the place of its number.
function Faults({ editing }: { editing: Editing }) {
    const error = editing.error.value
    if (error === null) return null
    const errors = error instanceof Refused ? (error.problem.errors ?? []) : []
    const { rows } = editing.draft.value
    const told = errors.flatMap(fault => {
        const { field, message } = fault
        const row = rows[Number(/^\/plan\/rows\/(\d+)/.exec(field)?.[1] ?? -1)]
        const named = faultText(fault).replace(/\/plan\/rows\/(\d+)/g, (_, i) => {
            const other = rows[Number(i)]
            return other === undefined ? '' : rowName(other)
        })
        return row === undefined ? [] : [{ row, id: `${field} ${message}`, named }]
    })
    if (told.length === 0)
        return error instanceof Refused && error.problem.status === 404 ? null : (
            <Trouble error={error} again={() => editing.save()} />
        )
    return (
        <section class="trouble" role="alert">
            <h2>{t('planRefused')}</h2>
            <ul>
                {told.map(({ row, id, named }) => (
                    <li key={id}>
                        {`${rowName(row)}: ${named}`}{' '}
                        <button
                            type="button"
                            class="quiet"
                            onClick={() => editing.choose([row.key])}
                        >
                            {t('showRow', { name: rowName(row) })}
                        </button>
                    </li>
                ))}
            </ul>
        </section>
    )
}

function Bar({ editing }: { editing: Editing }) {
    const { past, future, isChanged, mayKeep } = editing
    return (
        <div class="acts plan-bar">
            <button type="button" aria-disabled={!mayKeep.value} onClick={() => editing.save()}>
                {t('save')}
            </button>
            <button
                type="button"
                class="quiet"
                aria-disabled={past.value.length === 0}
                onClick={() => editing.undo()}
            >
                {t('planUndo')}
            </button>
            <button
                type="button"
                class="quiet"
                aria-disabled={future.value.length === 0}
                onClick={() => editing.redo()}
            >
                {t('planRedo')}
            </button>
            <span class={isChanged.value ? 'why' : 'dim'}>
                {t(isChanged.value ? 'planUnsaved' : 'planKept')}
            </span>
        </div>
    )
}

interface Opened {
    stored: WholePlan
    draft: Rescued | undefined
}

async function openPlan(id: string): Promise<Opened> {
    const [stored, draft] = await Promise.all([read<WholePlan>(`/v1/plans/${id}`), rescued(id)])
    return { stored, draft }
}

function Editor({ opened }: { opened: Opened }) {
    const editing = useMemo(() => {
        const one = new Editing(opened.stored)
        if (opened.draft !== undefined) one.goOn(opened.draft)
        return one
    }, [opened])
    useGuard(editing)
    useRescue(editing)
    useKeys(editing)
    const { draft } = editing
    return (
        <>
            <h1>{draft.value.name}</h1>
            <Bar editing={editing} />
            <Rescue editing={editing} />
            <Overtaken editing={editing} />
            <Faults editing={editing} />
            <Typed
                id="plan-name"
                label="name"
                value={draft.value.name}
                attributes={{ maxLength: 200 }}
                take={name => {
                    if (name === '') return t('planNameless')
                    editing.change({ ...draft.value, name }, t('planDone'))
                    return undefined
                }}
            />
            <div class="plan">
                <PlanHall editing={editing} />
                <div>
                    <PlanRows editing={editing} />
                    <Findings editing={editing} />
                </div>
            </div>
            <PlanFields editing={editing} />
            <PlanGrades editing={editing} />
            <h2>{t('sheetHeading')}</h2>
            <PlanSheet editing={editing} />
        </>
    )
}

export function PlanPage({ id }: { id: string }) {
    const opened = useMemo(() => load(() => openPlan(id)), [id])
    return (
        <Shown alone loaded={opened}>
            {plan => <Editor opened={plan} />}
        </Shown>
    )
}
