// API keys: made, with their secret shown once, and revoked.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { ApiKey, NewApiKey } from '../core/api'
import { act, readAll } from '../core/call'
import { dayAndTime, serverNow } from '../core/clock'
import { Field, Form, nameInput } from '../core/form'
import { t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { Scopes, scopesIn, scopeWords } from './scopes'
import { Secret } from './secret'

type All = Loaded<ApiKey[]>

const dayMs = 86_400_000

// How many days a key is good for, as it is chosen; 0: it has no end.
const lives = [0, 30, 90, 365]

function KeyRow({ apiKey, all }: { apiKey: ApiKey; all: All }) {
    const { id, name, scopes, createdAt, expiresAt, lastUsedAt } = apiKey
    const revoke = async () => {
        await act(`revoke:${id}`, 'DELETE', `/v1/api-keys/${id}`)
        await all.refresh()
        say(t('revoked', { name }))
        focusOn('keys')
    }
    return (
        <li>
            <h3>{name}</h3>
            <p class="dim">{scopeWords(scopes)}</p>
            <p class="dim">
                {t('keyMade', { time: dayAndTime(createdAt) })}{' '}
                {lastUsedAt === null
                    ? t('keyUnused')
                    : t('keyUsed', { time: dayAndTime(lastUsedAt) })}{' '}
                {expiresAt === null ? '' : t('keyEnds', { time: dayAndTime(expiresAt) })}
            </p>
            <Sure
                label={t('revokeOf', { name })}
                question={t('revokeSure', { name })}
                yes={t('yesRevoke')}
                run={revoke}
            />
        </li>
    )
}

function MakeKey({ all }: { all: All }) {
    // What is shown once stays until the next; the form is for that one.
    const made = useSignal<NewApiKey | null>(null)
    const make = async (data: FormData) => {
        const days = Number(data.get('life'))
        const now = await act<NewApiKey>('make-key', 'POST', '/v1/api-keys', {
            name: String(data.get('name')),
            scopes: scopesIn(data),
            expiresAt: days === 0 ? null : new Date(serverNow() + days * dayMs).toISOString(),
        })
        await all.refresh()
        made.value = now
    }
    return (
        <>
            <h3>{t('makeKey')}</h3>
            <Form key={made.value?.id} label={t('makeKey')} submit={t('makeKey')} run={make}>
                {error => (
                    <>
                        <Field
                            name="key-name"
                            field="name"
                            label="keyName"
                            refused={error}
                            attributes={{ ...nameInput, name: 'name', autoComplete: 'off' }}
                        />
                        <Scopes id="make-key" refused={error} />
                        <p class="field">
                            <label for="life">{t('keyLife')}</label>
                            <select id="life" name="life">
                                {lives.map(days => (
                                    <option key={days} value={days}>
                                        {days === 0 ? t('keyForEver') : t('keyDays', { n: days })}
                                    </option>
                                ))}
                            </select>
                        </p>
                    </>
                )}
            </Form>
            {made.value === null ? null : (
                <Secret
                    id="secret"
                    label={t('keyOf', { name: made.value.name })}
                    hint={t('keyHint')}
                    value={made.value.secret}
                />
            )}
        </>
    )
}

export function Keys() {
    const all = useMemo(() => load(() => readAll<ApiKey>('/v1/api-keys')), [])
    return (
        <>
            <h2 id="keys" tabIndex={-1}>
                {t('keys')}
            </h2>
            <p>{t('keysAbout')}</p>
            <Shown loaded={all}>
                {keys =>
                    keys.length === 0 ? (
                        <p>{t('noKeys')}</p>
                    ) : (
                        <ul class="cards">
                            {keys.map(apiKey => (
                                <KeyRow key={apiKey.id} apiKey={apiKey} all={all} />
                            ))}
                        </ul>
                    )
                }
            </Shown>
            <MakeKey all={all} />
        </>
    )
}
