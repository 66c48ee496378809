// A sale before it takes place: asked for, watched while it is rehearsed, and what was found.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Rehearsal } from '../core/api'
import { dayAndTime } from '../core/clock'
import { Loading, Trouble } from '../core/frame'
import { type Key, t } from '../core/language'
import { RehearsalForm } from './rehearsal_form'
import { inShort, Result } from './rehearsal_result'
import { all, cancel, choose, chosen, look, trouble } from './rehearsals'

const failures: Record<NonNullable<Rehearsal['failure']>, Key> = {
    took_too_long: 'rehearsalTooLong',
    no_memory: 'rehearsalNoMemory',
    went_wrong: 'rehearsalWentWrong',
}

function Progress({ rehearsal: { id, percent } }: { rehearsal: Rehearsal }) {
    const busy = useSignal(false)
    const error = useSignal<unknown>(null)
    const stop = async () => {
        if (busy.value) return
        busy.value = true
        error.value = null
        try {
            await cancel(id)
        } catch (problem) {
            error.value = problem
        }
        busy.value = false
    }
    return (
        <>
            <p>
                <label for="progress">{t('rehearsalRuns', { percent })}</label>
            </p>
            <progress id="progress" max={100} value={percent} />
            {error.value === null ? null : <Trouble error={error.value} />}
            <p class="acts">
                <button type="button" class="quiet" aria-disabled={busy.value} onClick={stop}>
                    {t('rehearsalCancel')}
                </button>
            </p>
        </>
    )
}

function About({ seats, buyers, queue }: Rehearsal) {
    const { admitPerSecond: rate, maxActive: most } = queue
    return <p class="dim">{t('rehearsalAbout', { seats, buyers, rate, most })}</p>
}

function State({ rehearsal }: { rehearsal: Rehearsal }) {
    switch (rehearsal.status) {
        case 'running':
            return <Progress rehearsal={rehearsal} />
        case 'done':
            return <Result rehearsal={rehearsal} />
        case 'cancelled':
            return <p>{t('rehearsalCancelled')}</p>
        case 'failed':
            return <p class="bad">{t(failures[rehearsal.failure ?? 'went_wrong'])}</p>
    }
}

function Chosen({ rehearsal }: { rehearsal: Rehearsal }) {
    return (
        <section aria-labelledby="rehearsed">
            <h2 id="rehearsed">{t('rehearsalOf', { time: dayAndTime(rehearsal.createdAt) })}</h2>
            <About {...rehearsal} />
            <State rehearsal={rehearsal} />
        </section>
    )
}

function Others({ rehearsals }: { rehearsals: Rehearsal[] }) {
    return (
        <section aria-labelledby="others">
            <h2 id="others">{t('rehearsalOthers')}</h2>
            <ul class="cards">
                {rehearsals.map(one => (
                    <li key={one.id}>
                        <About {...one} />
                        <p>{inShort(one)}</p>
                        <button type="button" class="quiet" onClick={() => choose(one.id)}>
                            {t('rehearsalShow', { time: dayAndTime(one.createdAt) })}
                        </button>
                    </li>
                ))}
            </ul>
        </section>
    )
}

export function RehearsalPage() {
    useEffect(() => {
        look()
    }, [])
    const now = chosen.value
    const others = (all.value ?? []).filter(({ id }) => id !== now?.id)
    return (
        <>
            <p>{t('rehearsalWhat')}</p>
            {trouble.value === null ? null : <Trouble error={trouble.value} again={look} />}
            {all.value === null && trouble.value === null ? <Loading /> : null}
            {now === null ? null : <Chosen rehearsal={now} />}
            <h2>{t('rehearseNew')}</h2>
            <RehearsalForm />
            {others.length === 0 ? null : <Others rehearsals={others} />}
        </>
    )
}
