// From when on people may join the line: told, changed and lifted.
import type { Queue } from '../core/api'
import { act } from '../core/call'
import { dayAndTime, timeZone } from '../core/clock'
import { Field, Form } from '../core/form'
import { t } from '../core/language'
import { say } from '../core/say'
import { inputTime, typedTime } from './house_time'

interface JoinOpensProps {
    line: Queue
    hear: (line: Queue) => void
}

export function JoinOpens({ line, hear }: JoinOpensProps) {
    const { joinOpensAt } = line
    const save = async (data: FormData) => {
        const change = { joinOpensAt: typedTime(String(data.get('joinOpensAt') ?? '')) }
        hear(await act<Queue>('join-opens', 'PATCH', '/v1/queue', change))
        say(t('saved'))
    }
    return (
        <>
            <p>
                {joinOpensAt === null
                    ? t('joinAnyTime')
                    : t('joinFromThen', { time: dayAndTime(joinOpensAt) })}
            </p>
            <Form label={t('joinOpens')} submit={t('saveJoinOpens')} run={save}>
                {error => (
                    <>
                        <p class="dim">{t('timesIn', { zone: timeZone.value ?? '' })}</p>
                        <Field
                            name="joinOpensAt"
                            label="joinOpens"
                            refused={error}
                            attributes={{
                                type: 'datetime-local',
                                required: false,
                                defaultValue: joinOpensAt === null ? '' : inputTime(joinOpensAt),
                            }}
                        />
                    </>
                )}
            </Form>
        </>
    )
}
