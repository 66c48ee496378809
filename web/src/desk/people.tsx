// Who works in the house and what they may do: invited, changed, let go. Below them the programs' keys.
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Invited, User } from '../core/api'
import { act, readAll } from '../core/call'
import { dayAndTime } from '../core/clock'
import { Field, Form, nameInput } from '../core/form'
import { me } from '../core/house'
import { t } from '../core/language'
import { type Loaded, load, Shown } from '../core/loaded'
import { say } from '../core/say'
import { focusOn, Sure } from '../core/sure'
import { Keys } from './keys'
import { given, Scopes, scopesIn, scopeWords } from './scopes'
import { Secret } from './secret'

type Team = Loaded<User[]>

// Oneself is changed by somebody else, and only an organizer changes organizers and who may do more.
function mayChange(person: User): boolean {
    if (person.id === me.value?.id) return false
    const mine = given()
    return me.value?.role === 'organizer' || person.scopes.every(scope => mine.includes(scope))
}

function Change({ person, team, close }: { person: User; team: Team; close: () => void }) {
    const save = async (data: FormData) => {
        const change = { scopes: scopesIn(data) }
        await act<User>(`scopes:${person.id}`, 'PATCH', `/v1/staff/${person.id}`, change)
        await team.refresh()
        say(t('saved'))
        close()
    }
    return (
        <Form label={t('changeOf', { name: person.name })} submit={t('save')} run={save}>
            {error => <Scopes id={person.id} chosen={person.scopes} refused={error} />}
        </Form>
    )
}

function Person({ person, team }: { person: User; team: Team }) {
    const isOpen = useSignal(false)
    const id = `change-${person.id}`
    const close = () => {
        isOpen.value = false
        focusOn(id)
    }
    const remove = async () => {
        await act(`remove:${person.id}`, 'DELETE', `/v1/staff/${person.id}`)
        await team.refresh()
        say(t('removed', { name: person.name }))
        focusOn('staff')
    }
    return (
        <li>
            <h3>{person.name}</h3>
            <p>{person.email}</p>
            <p class="dim">
                {person.role === 'organizer' ? t('mayAll') : scopeWords(person.scopes)}
            </p>
            {mayChange(person) && person.role !== 'organizer' ? (
                <>
                    <div class="acts">
                        <button
                            id={id}
                            type="button"
                            class="quiet"
                            aria-expanded={isOpen.value}
                            onClick={() => (isOpen.value = !isOpen.value)}
                        >
                            {t('changeOf', { name: person.name })}
                        </button>
                        <Sure
                            label={t('removeOf', { name: person.name })}
                            question={t('removeSure', { name: person.name })}
                            yes={t('yesRemove')}
                            run={remove}
                        />
                    </div>
                    {isOpen.value ? <Change person={person} team={team} close={close} /> : null}
                </>
            ) : null}
        </li>
    )
}

// Where an invited person chooses a password. What follows the # is never sent to a server.
const invitationLink = ({ invitation }: Invited): string =>
    `${location.origin}/choose-password#${invitation.token}`

function Invite({ team }: { team: Team }) {
    // What is shown once stays until the next; the form is for that one.
    const invited = useSignal<Invited | null>(null)
    const invite = async (data: FormData) => {
        const now = await act<Invited>('invite', 'POST', '/v1/staff', {
            name: String(data.get('name')),
            email: String(data.get('email')),
            scopes: scopesIn(data),
        })
        await team.refresh()
        invited.value = now
    }
    return (
        <>
            <h2>{t('invite')}</h2>
            <Form
                key={invited.value?.user.id}
                label={t('invite')}
                submit={t('invite')}
                words={{ email_taken: 'inviteTaken' }}
                run={invite}
            >
                {error => (
                    <>
                        <Field name="name" label="name" refused={error} attributes={nameInput} />
                        <Field
                            name="email"
                            label="email"
                            refused={error}
                            attributes={{ type: 'email', autoComplete: 'off' }}
                        />
                        <Scopes id="invite" refused={error} />
                    </>
                )}
            </Form>
            {invited.value === null ? null : (
                <Secret
                    id="invitation"
                    label={t('invitationOf', { name: invited.value.user.name })}
                    hint={t('invitationHint', {
                        time: dayAndTime(invited.value.invitation.expiresAt),
                    })}
                    value={invitationLink(invited.value)}
                />
            )}
        </>
    )
}

export function People() {
    const team = useMemo(() => load(() => readAll<User>('/v1/staff')), [])
    return (
        <>
            <h2 id="staff" tabIndex={-1}>
                {t('staff')}
            </h2>
            <Shown loaded={team}>
                {people => (
                    <ul class="cards">
                        {people.map(person => (
                            <Person key={person.id} person={person} team={team} />
                        ))}
                    </ul>
                )}
            </Shown>
            <Invite team={team} />
            <Keys />
        </>
    )
}
