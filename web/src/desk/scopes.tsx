// What staff and keys may do, in words, and the choice of it.
import type { User } from '../core/api'
import { errorOf } from '../core/form'
import { may, me } from '../core/house'
import { type Key, t } from '../core/language'

export type Scope = User['scopes'][number]

const words: Record<Scope, Key> = {
    stats: 'mayStats',
    read: 'mayRead',
    'catalogue:write': 'mayCatalogue',
    'queue:write': 'mayQueue',
    'users:write': 'mayUsers',
    'points:charge': 'mayCharge',
    'points:adjust': 'mayAdjust',
    'refunds:write': 'mayRefund',
    'team:write': 'mayTeam',
    audit: 'mayAudit',
}
const scopes = Object.keys(words) as Scope[]

// One gives what one may do oneself, and who is no organizer never the right to give.
export const given = (): Scope[] =>
    scopes.filter(scope => may(scope) && (scope !== 'team:write' || me.value?.role === 'organizer'))

export const scopesIn = (data: FormData): Scope[] => data.getAll('scopes') as Scope[]

export const scopeWords = (some: readonly Scope[]): string =>
    some.map(scope => t(words[scope])).join(' · ')

interface ScopesProps {
    // Tells the fields of one form from those of another.
    id: string
    chosen?: readonly Scope[]
    refused: unknown
}

export function Scopes({ id, chosen = [], refused }: ScopesProps) {
    const isWrong = errorOf(refused, 'scopes') !== undefined
    return (
        <fieldset {...(isWrong ? { 'aria-describedby': `${id}-error` } : {})}>
            <legend>{t('mayDo')}</legend>
            {given().map(scope => (
                <p key={scope}>
                    <label>
                        <input
                            type="checkbox"
                            name="scopes"
                            value={scope}
                            defaultChecked={chosen.includes(scope)}
                        />{' '}
                        {t(words[scope])} <code class="dim">{scope}</code>
                    </label>
                </p>
            ))}
            {isWrong ? (
                <p id={`${id}-error`} class="bad">
                    {t('scopesNone')}
                </p>
            ) : null}
        </fieldset>
    )
}
