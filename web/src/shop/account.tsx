import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { OwnSession, OwnSessions, Points, User } from '../core/api'
import { act, Refused, read } from '../core/call'
import { dayAndTime } from '../core/clock'
import { emailInput, Field, Form, nameInput } from '../core/form'
import { Frame, Loading, price, Trouble } from '../core/frame'
import { me } from '../core/house'
import { t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { newPasswordInput, passwordInput } from '../core/password_input'
import { say } from '../core/say'

function Saved({ shown }: { shown: boolean }) {
    return shown ? <p class="good">{t('saved')}</p> : null
}

function Facts({ user }: { user: User }) {
    const saved = useSignal(false)
    const save = async (data: FormData) => {
        saved.value = false
        const email = String(data.get('email'))
        const change = {
            name: String(data.get('name')),
            ...(email === user.email
                ? {}
                : { email, currentPassword: String(data.get('factsPassword')) }),
        }
        me.value = await act<User>('account', 'PATCH', '/v1/users/me', change)
        saved.value = true
        say(t('saved'))
    }
    return (
        <Form
            label={t('account')}
            submit={t('save')}
            words={{ email_taken: 'emailTaken', bad_credentials: 'badCredentials' }}
            run={save}
        >
            {error => (
                <>
                    <Field
                        name="name"
                        label="name"
                        refused={error}
                        attributes={{ ...nameInput, defaultValue: user.name }}
                    />
                    <Field
                        name="email"
                        label="email"
                        refused={error}
                        attributes={{ ...emailInput, defaultValue: user.email ?? '' }}
                    />
                    <Field
                        name="factsPassword"
                        field="currentPassword"
                        label="currentPassword"
                        refused={error}
                        attributes={{ ...passwordInput, required: false }}
                    />
                    <Saved shown={saved.value} />
                </>
            )}
        </Form>
    )
}

function Password() {
    const saved = useSignal(false)
    const save = async (data: FormData) => {
        saved.value = false
        await act<User>('password', 'PATCH', '/v1/users/me', {
            password: String(data.get('password')),
            currentPassword: String(data.get('currentPassword')),
        })
        saved.value = true
        say(t('saved'))
    }
    return (
        <Form
            label={t('newPassword')}
            submit={t('save')}
            words={{ bad_credentials: 'badCredentials' }}
            run={save}
        >
            {error => (
                <>
                    <Field
                        name="currentPassword"
                        label="currentPassword"
                        refused={error}
                        attributes={passwordInput}
                    />
                    <Field
                        name="password"
                        label="newPassword"
                        hint="passwordHint"
                        refused={error}
                        attributes={newPasswordInput}
                    />
                    <Saved shown={saved.value} />
                </>
            )}
        </Form>
    )
}

// One that is gone already was ended by a try whose answer was lost, or by itself.
async function endSession(id: string): Promise<void> {
    try {
        await act(`sign-out:${id}`, 'DELETE', `/v1/sessions/${id}`)
    } catch (problem) {
        if (!(problem instanceof Refused && problem.problem.code === 'not_found')) throw problem
    }
    say(t('signedOutThere'))
}

function Row({ session, end }: { session: OwnSession; end: () => void }) {
    return (
        <li>
            <span>{t('signedInSince', { time: dayAndTime(session.createdAt) })}</span>
            {session.current ? (
                <span class="dim">{t('thisDevice')}</span>
            ) : (
                <button type="button" class="quiet" onClick={end}>
                    {t('signOutThere')}
                </button>
            )}
        </li>
    )
}

function Sessions() {
    const loaded = useMemo(() => load(() => read<OwnSessions>('/v1/sessions')), [])
    const error = useSignal<unknown>(null)
    const end = (id: string) => {
        error.value = null
        endSession(id)
            .catch((problem: unknown) => {
                error.value = problem
            })
            .finally(loaded.again)
    }
    return (
        <>
            {error.value === null ? null : <Trouble error={error.value} />}
            <Shown loaded={loaded}>
                {({ items }) => (
                    <ul class="rows">
                        {items.map(session => (
                            <Row key={session.id} session={session} end={() => end(session.id)} />
                        ))}
                    </ul>
                )}
            </Shown>
        </>
    )
}

async function signOut(path: string): Promise<void> {
    await act('sign-out', 'DELETE', path)
    location.assign('/')
}

// Whoever is signed in no more was erased by a try whose answer was lost, or signed out meanwhile.
async function erase(currentPassword: string, forfeit: boolean): Promise<void> {
    try {
        await act('erase', 'DELETE', '/v1/users/me', { currentPassword, forfeit })
    } catch (problem) {
        if (!(problem instanceof Refused && problem.problem.code === 'unauthenticated'))
            throw problem
    }
    location.assign('/')
}

function Forfeit({ balance }: { balance: number }) {
    return (
        <p>
            <label>
                <input type="checkbox" name="forfeit" required />{' '}
                {t('forfeit', { price: price(balance) })}
            </label>
        </p>
    )
}

function EraseForm() {
    const loaded = useMemo(() => load(() => read<Points>('/v1/points')), [])
    const run = (data: FormData) =>
        erase(String(data.get('erasePassword')), data.get('forfeit') !== null)
    return (
        <Shown loaded={loaded}>
            {({ balance }) => (
                <Form
                    label={t('eraseAccount')}
                    submit={t('eraseForGood')}
                    words={{ has_reservations: 'eraseLater', has_points: 'eraseHasPoints' }}
                    run={run}
                >
                    {error => (
                        <>
                            <Field
                                name="erasePassword"
                                field="currentPassword"
                                label="currentPassword"
                                refused={error}
                                attributes={passwordInput}
                            />
                            {balance > 0 ? <Forfeit balance={balance} /> : null}
                        </>
                    )}
                </Form>
            )}
        </Shown>
    )
}

function Erase() {
    const asked = useSignal(false)
    return (
        <>
            <h2>{t('eraseAccount')}</h2>
            <p>{t('eraseMeans')}</p>
            {asked.value ? (
                <EraseForm />
            ) : (
                <button
                    type="button"
                    class="quiet"
                    onClick={() => {
                        asked.value = true
                    }}
                >
                    {t('eraseAccount')}
                </button>
            )}
        </>
    )
}

export function Account() {
    const user = me.value
    return (
        <Frame title={t('account')}>
            <h1>{t('account')}</h1>
            {user === undefined || user === null ? (
                <Loading />
            ) : (
                <>
                    <Facts user={user} />
                    <h2>{t('newPassword')}</h2>
                    <Password />
                    <h2>{t('signIns')}</h2>
                    <Sessions />
                    <h2>{t('signOut')}</h2>
                    <p class="acts">
                        <button type="button" onClick={() => signOut('/v1/sessions/current')}>
                            {t('signOut')}
                        </button>
                        <button type="button" class="quiet" onClick={() => signOut('/v1/sessions')}>
                            {t('signOutEverywhere')}
                        </button>
                    </p>
                    {user.role === 'buyer' ? <Erase /> : null}
                </>
            )}
        </Frame>
    )
}
