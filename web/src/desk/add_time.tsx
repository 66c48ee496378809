// More time for everybody who holds seats or is inside, after something kept them from going on.
import { useSignal } from '@preact/signals'
import type { Incident } from '../core/api'
import { act } from '../core/call'
import { Field } from '../core/form'
import { t } from '../core/language'
import { focusOn } from '../core/sure'
import { ToldFirst } from './told_first'

// INCIDENT_SECONDS_MIN and _MAX, NOTE_CHARACTERS_MAX of the API.
const least = 30
const most = 3600
const noteMost = 200

const secondsIn = (data: FormData): number => Number(data.get('addSeconds'))

export function AddTime() {
    const given = useSignal<Incident | null>(null)
    const give = async (data: FormData) => {
        const body = { addSeconds: secondsIn(data), note: String(data.get('note')) }
        given.value = await act<Incident>('add-time', 'POST', '/v1/incidents', body)
        focusOn('added')
    }
    const { holds = 0, turns = 0, addSeconds = 0 } = given.value ?? {}
    return (
        <>
            <h2 id="added" tabIndex={-1}>
                {t('addTime')}
            </h2>
            {given.value === null ? null : (
                <p class="good" role="status">
                    {t('timeAdded', { seconds: addSeconds, holds, turns })}
                </p>
            )}
            <ToldFirst
                key={given.value?.id}
                id="add-time-sure"
                label={t('addTime')}
                yes={t('yesAddTime')}
                tell={async data => [t('addTimeSure', { n: secondsIn(data) })]}
                run={give}
            >
                {error => (
                    <>
                        <Field
                            name="addSeconds"
                            label="addSeconds"
                            refused={error}
                            attributes={{ type: 'number', min: least, max: most }}
                        />
                        <Field
                            name="note"
                            label="whatHappenedThere"
                            hint="noteHint"
                            refused={error}
                            attributes={{ autoComplete: 'off', maxLength: noteMost }}
                        />
                    </>
                )}
            </ToldFirst>
        </>
    )
}
