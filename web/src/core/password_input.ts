// The attributes of fields for passwords.
export const passwordInput = { type: 'password', autoComplete: 'current-password' } as const
export const newPasswordInput = {
    type: 'password',
    autoComplete: 'new-password',
    minLength: 8,
    maxLength: 128,
} as const
