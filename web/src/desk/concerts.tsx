// All concerts, drafts too, and the beginning of a new one.
import { useMemo } from 'preact/hooks'
import type { Concert } from '../core/api'
import { act, readAll } from '../core/call'
import { tick } from '../core/clock'
import { Form } from '../core/form'
import { t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { FactFields, factsIn, stateWords } from './facts'

// The newest sale first, drafts before all.
async function concerts(): Promise<Concert[]> {
    const [drafts, shown] = await Promise.all([
        readAll<Concert>('/v1/concerts?state=draft'),
        readAll<Concert>('/v1/concerts'),
    ])
    return [...drafts, ...shown.reverse()]
}

async function make(data: FormData): Promise<void> {
    const draft = { ...factsIn(data), status: 'draft' }
    const { id } = await act<Concert>('make-concert', 'POST', '/v1/concerts', draft)
    location.assign(`/desk/concerts/${id}`)
}

export function Concerts() {
    const all = useMemo(() => load(concerts), [])
    return (
        <>
            <Shown loaded={all}>
                {list =>
                    list.length === 0 ? (
                        <p>{t('noConcertsYet')}</p>
                    ) : (
                        <ul class="cards">
                            {list.map(concert => (
                                <li key={concert.id}>
                                    <a href={`/desk/concerts/${concert.id}`}>{concert.title}</a>
                                    <p class="dim">{stateWords(concert, tick.value)}</p>
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Shown>
            <h2>{t('newConcert')}</h2>
            <p>{t('newConcertAbout')}</p>
            <Form label={t('newConcert')} submit={t('makeDraft')} run={make}>
                {error => <FactFields refused={error} />}
            </Form>
        </>
    )
}
