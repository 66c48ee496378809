// What everybody in line is told: told, changed and taken back.
import type { Notice, Queue } from '../core/api'
import { act } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Field, Form } from '../core/form'
import { t } from '../core/language'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { inputTime, typedTime } from './house_time'
import { hearQueue, queue } from './news'
import { ToldTexts, textsIn } from './told_texts'

const path = '/v1/queue/notice'

async function tell(data: FormData): Promise<void> {
    const until = String(data.get('until') ?? '')
    const body = {
        texts: textsIn(data),
        level: data.has('warning') ? 'warning' : 'info',
        until: until === '' ? null : typedTime(until),
    }
    hearQueue(await act<Queue>('notice', 'PUT', path, body))
    say(t('noticeTold'))
}

async function takeBack(): Promise<void> {
    await act('notice', 'DELETE', path)
    const line = queue.value
    if (line !== null) hearQueue({ ...line, notice: null })
    say(t('noticeGone'))
    focusOn('notice')
}

function Told({ notice }: { notice: Notice }) {
    const { texts, level, until } = notice
    return (
        <>
            <dl class="told">
                <dt>{t('inKorean')}</dt>
                <dd lang="ko">{texts.ko}</dd>
                <dt>{t('inEnglish')}</dt>
                <dd lang="en">{texts.en}</dd>
            </dl>
            <p class="dim">
                {level === 'warning' ? `${t('noticeIsWarning')} ` : ''}
                {until === null ? t('noticeForNow') : t('noticeUntil', { time: dayAndTime(until) })}
            </p>
            <Sure
                label={t('noticeTakeBack')}
                question={t('noticeSure')}
                yes={t('yesTakeBack')}
                run={takeBack}
            />
        </>
    )
}

export function NoticePart({ line }: { line: Queue }) {
    const { notice } = line
    return (
        <>
            <h2 id="notice" tabIndex={-1}>
                {t('notice')}
            </h2>
            {notice === null ? <p>{t('noNotice')}</p> : <Told notice={notice} />}
            <Form
                label={t('notice')}
                submit={t(notice === null ? 'noticeTell' : 'noticeChange')}
                run={tell}
            >
                {error => (
                    <>
                        <ToldTexts
                            id="notice"
                            field="texts"
                            texts={notice?.texts}
                            refused={error}
                        />
                        <p>
                            <label>
                                <input
                                    type="checkbox"
                                    name="warning"
                                    defaultChecked={notice?.level === 'warning'}
                                />{' '}
                                {t('noticeWarning')}
                            </label>
                        </p>
                        <Field
                            name="until"
                            label="noticeEnds"
                            refused={error}
                            attributes={{
                                type: 'datetime-local',
                                required: false,
                                defaultValue: notice?.until ? inputTime(notice.until) : '',
                            }}
                        />
                    </>
                )}
            </Form>
        </>
    )
}
