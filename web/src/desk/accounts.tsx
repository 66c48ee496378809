// People who buy: searched, and each with the points that they have.
import type { User } from '../core/api'
import { dayAndTime } from '../core/clock'
import { t } from '../core/language'
import { parameter } from '../core/path'
import { Found, useFinding } from './found'

function Row({ person }: { person: User }) {
    return (
        <li>
            <a href={`/desk/accounts/${person.id}`}>{person.name || t('nobodyKnown')}</a>
            <p>{[person.email, person.externalId].filter(Boolean).join(' · ')}</p>
            <p class="dim">{dayAndTime(person.createdAt)}</p>
        </li>
    )
}

export function Accounts() {
    const q = parameter('q')?.trim() ?? ''
    const query = new URLSearchParams(q === '' ? {} : { q })
    const finding = useFinding<User>('/v1/users', query, 'peopleFound')
    return (
        <>
            <form action="/desk/accounts" aria-label={t('search')}>
                <p class="field">
                    <label for="q">{t('searchPeople')}</label>
                    <input
                        id="q"
                        name="q"
                        type="search"
                        maxLength={254}
                        defaultValue={q}
                        aria-describedby="q-hint"
                    />
                    <span id="q-hint" class="dim">
                        {t('searchHint')}
                    </span>
                </p>
                <button type="submit">{t('search')}</button>
            </form>
            <Found
                finding={finding}
                words="peopleFound"
                none="noOrders"
                more="moreOrders"
                row={person => <Row key={person.id} person={person} />}
            />
        </>
    )
}
