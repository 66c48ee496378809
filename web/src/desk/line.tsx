// How people are let in: paused and resumed, and how many, with what that would do to the line before it
// is saved; from when on they may join, what they are told, and more time for those inside.
import { signal } from '@preact/signals'
import type { Queue } from '../core/api'
import { act, Refused } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Loading, Trouble } from '../core/frame'
import { loadMe, may } from '../core/house'
import { type Key, t } from '../core/language'
import { sayAtOnce } from '../core/say'
import { AddTime } from './add_time'
import { HoldButton } from './hold_button'
import { JoinOpens } from './join_opens'
import { hearQueue, look, queue, trouble } from './news'
import { NoticePart } from './notice'
import { Settings } from './settings'

// How long a change can be undone.
const undoMs = 5000

const isBusy = signal(false)
const refused = signal<unknown>(null)
// Whether the line was paused before, while that can be undone.
const before = signal<boolean | null>(null)
let timer = 0

// Whoever is at the button to undo is not left at none.
function forget(): void {
    clearTimeout(timer)
    if (document.activeElement?.id === 'undo') document.getElementById('pause')?.focus()
    before.value = null
}

async function setPaused(paused: boolean, words: Key): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    refused.value = null
    try {
        hearQueue(await act<Queue>('pause', 'PATCH', '/v1/queue', { paused }))
        sayAtOnce(t(words))
        return true
    } catch (error) {
        refused.value = error
        if (error instanceof Refused && error.problem.status !== 422) loadMe().catch(() => {})
        return false
    } finally {
        isBusy.value = false
    }
}

async function turn(paused: boolean): Promise<void> {
    forget()
    if (!(await setPaused(paused, paused ? 'wasPaused' : 'wasResumed'))) return
    before.value = !paused
    timer = setTimeout(forget, undoMs)
}

async function undo(): Promise<void> {
    const paused = before.value
    if (paused === null || isBusy.value) return
    forget()
    await setPaused(paused, 'wasUndone')
}

addEventListener('keydown', event => {
    if (event.key === 'Escape') undo()
})

function State({ line }: { line: Queue }) {
    switch (line.status) {
        case 'open':
            return <p class="big">{t('stateOpen')}</p>
        case 'paused':
            return <p class="big">{t('statePaused')}</p>
        case 'closed':
            return <p class="big">{t('stateClosed')}</p>
        case 'scheduled':
            return <p class="big">{t('stateScheduled', { time: dayAndTime(line.openAt ?? '') })}</p>
    }
}

function Pause({ line }: { line: Queue }) {
    const isPaused = line.status === 'paused'
    return (
        <>
            <p class="acts">
                <HoldButton
                    id="pause"
                    label={t(isPaused ? 'resume' : 'pause')}
                    busy={isBusy.value}
                    act={() => turn(!isPaused)}
                />
            </p>
            {before.value === null ? null : (
                <p class="acts">
                    {t(before.value ? 'wasResumed' : 'wasPaused')}
                    <button id="undo" type="button" class="quiet" onClick={undo}>
                        {t('undo')}
                    </button>
                </p>
            )}
            {refused.value === null ? null : <Trouble error={refused.value} />}
        </>
    )
}

function Looked({ line }: { line: Queue }) {
    return (
        <>
            <p>{t('mayNotChange')}</p>
            <dl class="figures">
                <div>
                    <dt>{t('admitPerSecond')}</dt>
                    <dd>{line.admitPerSecond}</dd>
                </div>
                <div>
                    <dt>{t('maxActive')}</dt>
                    <dd>{line.maxActive}</dd>
                </div>
            </dl>
        </>
    )
}

export function Line() {
    const line = queue.value
    if (line === null)
        return trouble.value === null ? <Loading /> : <Trouble error={trouble.value} again={look} />
    return (
        <>
            <State line={line} />
            {may('queue:write') ? (
                <>
                    <Pause line={line} />
                    <Settings line={line} />
                    <h2>{t('joinOpens')}</h2>
                    <JoinOpens line={line} hear={hearQueue} />
                    <NoticePart line={line} />
                    <AddTime />
                </>
            ) : (
                <Looked line={line} />
            )}
        </>
    )
}
