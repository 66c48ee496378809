// A new date with its seats: blocks that are described, or a file.
import { useSignal } from '@preact/signals'
import type { Round } from '../core/api'
import { act } from '../core/call'
import { Field, Form } from '../core/form'
import { t } from '../core/language'
import { typedTime } from './house_time'
import { Blocks, blockIn } from './seat_blocks'
import type { SeatFile } from './seat_file'
import { SeatFileField } from './seat_file_field'

// Two hundred thousand seats over a slow line.
const uploadMs = 300_000

const sources = ['blocks', 'file'] as const
type Source = (typeof sources)[number]

export function RoundForm({ concert, done }: { concert: string; done: () => Promise<void> }) {
    const source = useSignal<Source>('blocks')
    const blocks = useSignal(1)
    const file = useSignal<SeatFile | null>(null)
    const seatsIn = (data: FormData) =>
        source.value === 'file'
            ? { seats: file.value?.seats }
            : { sections: Array.from({ length: blocks.value }, (_, i) => blockIn(data, i)) }
    const make = async (data: FormData) => {
        if (source.value === 'file' && file.value?.faultCount !== 0) {
            document.getElementById('file')?.focus()
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
                        {sources.map(one => (
                            <p key={one}>
                                <label>
                                    <input
                                        type="radio"
                                        name="source"
                                        value={one}
                                        checked={source.value === one}
                                        onChange={() => (source.value = one)}
                                    />{' '}
                                    {t(one === 'file' ? 'fromFile' : 'fromBlocks')}
                                </label>
                            </p>
                        ))}
                    </fieldset>
                    {source.value === 'blocks' ? (
                        <Blocks count={blocks} refused={error} />
                    ) : (
                        <SeatFileField file={file} refused={error} />
                    )}
                </>
            )}
        </Form>
    )
}
