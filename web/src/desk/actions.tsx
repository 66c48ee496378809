// What the people and programs of the house changed, and what they saw of others.
import { useMemo } from 'preact/hooks'
import type { Action, ApiKey, User } from '../core/api'
import { readAll } from '../core/call'
import { inZone } from '../core/clock'
import { may, me } from '../core/house'
import { type Key, language, t } from '../core/language'
import { known, load } from '../core/loaded'
import { parameter } from '../core/path'
import { en, ko } from '../texts/actions'
import { Found, useFinding } from './found'
import { typedTime } from './house_time'

const secondOf = (time: string): string =>
    inZone({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time))

type What = keyof typeof en

const words: Record<string, Record<What, string>> = { en, ko }

const wordsOf = (what: string): string => words[language.value]?.[what as What] ?? what

// Who may see the staff and the keys sees names here; the others see ids.
async function namesOfTeam(): Promise<Map<string, string>> {
    const names = new Map<string, string>()
    if (me.value) names.set(me.value.id, me.value.name)
    if (!may('team:write')) return names
    for (const { id, name } of await readAll<User>('/v1/staff')) names.set(id, name)
    for (const { userId, name } of await readAll<ApiKey>('/v1/api-keys')) names.set(userId, name)
    return names
}

interface TextFieldProps {
    name: 'actor' | 'object' | 'subject'
    label: Key
}

function TextField({ name, label }: TextFieldProps) {
    return (
        <p class="field">
            <label for={name}>{t(label)}</label>
            <input
                id={name}
                name={name}
                autoComplete="off"
                maxLength={40}
                defaultValue={parameter(name) ?? ''}
            />
        </p>
    )
}

function TimeField({ name, label }: { name: 'from' | 'to'; label: Key }) {
    return (
        <p class="field">
            <label for={name}>{t(label)}</label>
            <input
                id={name}
                name={name}
                type="datetime-local"
                defaultValue={parameter(name) ?? ''}
            />
        </p>
    )
}

function WhoField({ names }: { names: Map<string, string> }) {
    const chosen = parameter('actor') ?? ''
    if (names.size < 2) return <TextField name="actor" label="actionBy" />
    return (
        <p class="field">
            <label for="actor">{t('actionBy')}</label>
            <select id="actor" name="actor">
                <option value="">{t('anybody')}</option>
                {chosen === '' || names.has(chosen) ? null : (
                    <option value={chosen} selected>
                        {chosen}
                    </option>
                )}
                {[...names].map(([id, name]) => (
                    <option key={id} value={id} selected={id === chosen}>
                        {name}
                    </option>
                ))}
            </select>
        </p>
    )
}

function WhatField() {
    const chosen = parameter('what') ?? ''
    const sorted = (Object.keys(en) as What[]).sort((a, b) =>
        wordsOf(a).localeCompare(wordsOf(b), language.value)
    )
    return (
        <p class="field">
            <label for="what">{t('actionWhat')}</label>
            <select id="what" name="what">
                <option value="">{t('anything')}</option>
                {sorted.map(what => (
                    <option key={what} value={what} selected={what === chosen}>
                        {wordsOf(what)}
                    </option>
                ))}
            </select>
        </p>
    )
}

function queryOf(): URLSearchParams {
    const query = new URLSearchParams()
    for (const name of ['actor', 'what', 'object', 'subject']) {
        const value = parameter(name)?.trim()
        if (value) query.set(name, value)
    }
    for (const name of ['from', 'to']) {
        const time = typedTime(parameter(name) ?? '')
        if (time !== null) query.set(name, time)
    }
    return query
}

const reservationOf = (object: string | null) =>
    object?.startsWith('reservation_') && may('read') ? `/desk/orders/${object}` : null

function Row({ action, names }: { action: Action; names: Map<string, string> }) {
    const { actorId, what, object, subjectId, query, reason, address } = action
    const order = reservationOf(object)
    return (
        <li>
            <h3>{t('actionOf', { name: names.get(actorId) ?? actorId, what: wordsOf(what) })}</h3>
            <p>
                <time dateTime={action.createdAt}>{secondOf(action.createdAt)}</time>
                {action.keyId === null ? null : ` · ${t('byKey')}`}
            </p>
            {reason === null ? null : <p>{t('actionReason', { reason })}</p>}
            {query === null ? null : (
                <p>
                    <code>{query}</code>
                </p>
            )}
            {action.old === null ? null : (
                <>
                    <p>{t('actionOld', { values: action.old })}</p>
                    <p>{t('actionNew', { values: action.new ?? '' })}</p>
                </>
            )}
            {object === null ? null : (
                <p class="dim">{order === null ? object : <a href={order}>{object}</a>}</p>
            )}
            {subjectId === null || subjectId === object ? null : (
                <p class="dim">
                    {t('actionAbout')}{' '}
                    {may('read') ? (
                        <a href={`/desk/accounts/${subjectId}`}>{subjectId}</a>
                    ) : (
                        subjectId
                    )}
                </p>
            )}
            <p class="dim">
                {[address, action.requestId].filter(known => known !== null).join(' · ')}
            </p>
        </li>
    )
}

export function Actions() {
    const team = useMemo(() => load(namesOfTeam), [])
    const names = known(team) ?? new Map<string, string>()
    const query = useMemo(queryOf, [])
    const finding = useFinding<Action>('/v1/actions', query, 'actionsFound')
    return (
        <>
            <form action="/desk/actions" aria-label={t('search')}>
                <WhoField names={names} />
                <WhatField />
                <TextField name="object" label="actionObject" />
                <TextField name="subject" label="actionSubject" />
                <TimeField name="from" label="fromTime" />
                <TimeField name="to" label="toTime" />
                <button type="submit">{t('search')}</button>
            </form>
            <Found
                finding={finding}
                words="actionsFound"
                none="noActions"
                more="moreActions"
                row={action => <Row key={action.id} action={action} names={names} />}
            />
        </>
    )
}
