import type { Session, User } from '../core/api'
import { act } from '../core/call'
import { emailInput, Field, Form, nameInput } from '../core/form'
import { Frame } from '../core/frame'
import { settings } from '../core/house'
import { t } from '../core/language'
import { newPasswordInput, passwordInput } from '../core/password_input'
import { ownPath, parameter } from '../core/path'

const text = (data: FormData, name: string): string => String(data.get(name) ?? '')

async function signIn(email: string, password: string): Promise<void> {
    await act<Session>('sign-in', 'POST', '/v1/sessions', { email, password })
    location.replace(ownPath(parameter('to')))
}

// Where one goes on to, behind the other page's door too.
const other = (path: string): string => {
    const to = parameter('to')
    return to === null ? path : `${path}?to=${encodeURIComponent(to)}`
}

export function SignIn() {
    return (
        <Frame title={t('signIn')}>
            <h1>{t('signIn')}</h1>
            <Form
                label={t('signIn')}
                submit={t('signIn')}
                words={{ bad_credentials: 'badCredentials' }}
                run={data => signIn(text(data, 'email'), text(data, 'password'))}
            >
                {() => (
                    <>
                        <Field name="email" label="email" attributes={emailInput} />
                        <Field name="password" label="password" attributes={passwordInput} />
                    </>
                )}
            </Form>
            <p>
                <a href={other('/sign-up')}>{t('needAccount')}</a>
            </p>
        </Frame>
    )
}

async function signUp(data: FormData): Promise<void> {
    const [name, email, password] = [
        text(data, 'name'),
        text(data, 'email'),
        text(data, 'password'),
    ]
    await act<User>('sign-up', 'POST', '/v1/users', { name, email, password })
    await signIn(email, password)
}

export function SignUp() {
    if (settings.value?.registration === 'closed')
        return (
            <Frame title={t('signUp')}>
                <h1>{t('signUp')}</h1>
                <p>{t('registrationClosed')}</p>
            </Frame>
        )
    return (
        <Frame title={t('signUp')}>
            <h1>{t('signUp')}</h1>
            <Form
                label={t('signUp')}
                submit={t('signUp')}
                words={{ email_taken: 'emailTaken', forbidden: 'registrationClosed' }}
                run={signUp}
            >
                {error => (
                    <>
                        <Field name="name" label="name" refused={error} attributes={nameInput} />
                        <Field name="email" label="email" refused={error} attributes={emailInput} />
                        <Field
                            name="password"
                            label="password"
                            hint="passwordHint"
                            refused={error}
                            attributes={newPasswordInput}
                        />
                    </>
                )}
            </Form>
            <p>
                <a href={other('/sign-in')}>{t('haveAccount')}</a>
            </p>
        </Frame>
    )
}
