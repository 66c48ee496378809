// A new date with its seats: blocks that are described, a file, or a plan of the house.
import { useSignal } from '@preact/signals'
import type { Round, WholePlan } from '../core/api'
import { act } from '../core/call'
import { Field, Form } from '../core/form'
import { t } from '../core/language'
import { typedTime } from './house_time'
import { PlanSource, planIn } from './plan_source'
import { Blocks, blockIn } from './seat_blocks'
import type { SeatFile } from './seat_file'
import { SeatFileField } from './seat_file_field'

// Two hundred thousand seats over a slow line.
const uploadMs = 300_000

const sources = { blocks: 'fromBlocks', file: 'fromFile', plan: 'fromPlan' } as const
type Source = keyof typeof sources

export function RoundForm({ concert, done }: { concert: string; done: () => Promise<void> }) {
    const source = useSignal<Source>('blocks')
    const blocks = useSignal(1)
    const file = useSignal<SeatFile | null>(null)
    const plan = useSignal<WholePlan | null>(null)
    const seatsIn = (data: FormData) => {
        if (source.value === 'file') return { seats: file.value?.seats }
        if (source.value === 'plan') return plan.value === null ? {} : planIn(data, plan.value)
        return { sections: Array.from({ length: blocks.value }, (_, i) => blockIn(data, i)) }
    }
    const make = async (data: FormData) => {
        if (source.value === 'file' && file.value?.faultCount !== 0) {
            document.getElementById('file')?.focus()
            return
        }
        if (source.value === 'plan' && plan.value === null) {
            document.getElementById('plan')?.focus()
            return
        }
        const body = { startTime: typedTime(String(data.get('startTime'))), ...seatsIn(data) }
        const path = `/v1/concerts/${concert}/rounds`
        await act<Round>(`round:${concert}`, 'POST', path, body, uploadMs)
        await done()
    }
    return (
        <Form label={t('addDate')} submit={t('addDate')} run={make}>
            {error => (
                <>
                    <Field
                        name="startTime"
                        label="startTime"
                        refused={error}
                        attributes={{ type: 'datetime-local' }}
                    />
                    <fieldset>
                        <legend>{t('seatsFrom')}</legend>
                        {(Object.keys(sources) as Source[]).map(one => (
                            <p key={one}>
                                <label>
                                    <input
                                        type="radio"
                                        name="source"
                                        value={one}
                                        checked={source.value === one}
                                        onChange={() => (source.value = one)}
                                    />{' '}
                                    {t(sources[one])}
                                </label>
                            </p>
                        ))}
                    </fieldset>
                    {source.value === 'blocks' ? (
                        <Blocks count={blocks} refused={error} />
                    ) : source.value === 'file' ? (
                        <SeatFileField file={file} refused={error} />
                    ) : (
                        <PlanSource chosen={plan} refused={error} />
                    )}
                </>
            )}
        </Form>
    )
}
