// Who was invited, or forgot a password, chooses one by the token that the house gave, which stands after
// the # of the address and is sent to no server by opening it.
import { act } from '../core/call'
import { Field, Form } from '../core/form'
import { Frame } from '../core/frame'
import { t } from '../core/language'
import { newPasswordInput } from '../core/password_input'
import { signInPath } from '../core/path'

async function choose(data: FormData): Promise<void> {
    await act('choose-password', 'POST', '/v1/password-resets', {
        token: location.hash.slice(1),
        password: String(data.get('password')),
    })
    location.replace(signInPath('/'))
}

export function ChoosePassword() {
    return (
        <Frame title={t('choosePassword')}>
            <h1>{t('choosePassword')}</h1>
            {location.hash.length <= 1 ? (
                <p>{t('noInvitation')}</p>
            ) : (
                <Form label={t('choosePassword')} submit={t('save')} run={choose}>
                    {error => (
                        <Field
                            name="password"
                            label="newPassword"
                            hint="passwordHint"
                            refused={error}
                            attributes={newPasswordInput}
                        />
                    )}
                </Form>
            )}
        </Frame>
    )
}
