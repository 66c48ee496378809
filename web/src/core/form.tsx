// Forms: one act at a time, what was typed stays, and what is wrong is said at its field.
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX, TargetedSubmitEvent } from 'preact'
import { Refused } from './call'
import { faultText } from './faults'
import { Trouble } from './frame'
import { type Key, t, type Values } from './language'
import { sayAtOnce } from './say'

interface FieldProps {
    name: string
    // Where a page has two fields of that name.
    id?: string
    label: Key
    values?: Values
    hint?: Key
    attributes: JSX.IntrinsicElements['input']
    // Why the form was refused, which may be for this field.
    refused?: unknown
    // What the API calls it, where that is not its name.
    field?: string
}

export const nameInput = { autoComplete: 'name', maxLength: 100 } as const
export const emailInput = { type: 'email', autoComplete: 'username' } as const

export function Field(props: FieldProps) {
    const { name, id = name, label, values, hint, attributes, refused, field = name } = props
    const error = errorOf(refused, field)
    const isWrong = error !== undefined
    const about = [hint ? `${id}-hint` : '', isWrong ? `${id}-error` : ''].filter(Boolean).join(' ')
    return (
        <p class="field">
            <label for={id}>{t(label, values)}</label>
            <input
                id={id}
                name={name}
                required
                aria-invalid={isWrong ? 'true' : 'false'}
                {...(about ? { 'aria-describedby': about } : {})}
                {...attributes}
            />
            {hint ? (
                <span id={`${id}-hint`} class="dim">
                    {t(hint)}
                </span>
            ) : null}
            {isWrong ? (
                <span id={`${id}-error`} class="bad">
                    {error}
                </span>
            ) : null}
        </p>
    )
}

// What a refusal says of the field, if it speaks of it; empty while the words are on their way.
export function errorOf(refused: unknown, field: string): string | undefined {
    if (!(refused instanceof Refused)) return undefined
    const fault = refused.problem.errors?.find(one => one.field === `/${field}`)
    return fault && faultText(fault)
}

interface FormProps {
    label: string
    submit: string
    // Refusals with words of their own here, by their code.
    words?: Record<string, Key>
    run: (data: FormData) => Promise<void>
    children: (error: unknown) => ComponentChildren
}

export function Form({ label, submit, words = {}, run, children }: FormProps) {
    const error = useSignal<unknown>(null)
    const busy = useSignal(false)
    const send = (event: TargetedSubmitEvent<HTMLFormElement>) => {
        event.preventDefault()
        if (busy.value) return
        busy.value = true
        error.value = null
        run(new FormData(event.currentTarget))
            .catch((problem: unknown) => {
                error.value = problem
                const own = ownWords(problem, words)
                if (own) sayAtOnce(own)
            })
            .finally(() => {
                busy.value = false
            })
    }
    const own = ownWords(error.value, words)
    return (
        <form onSubmit={send} aria-label={label}>
            {children(error.value)}
            {error.value === null ? null : own ? (
                <p class="bad">{own}</p>
            ) : (
                <Trouble error={error.value} />
            )}
            <button type="submit" aria-disabled={busy.value}>
                {submit}
            </button>
        </form>
    )
}

function ownWords(error: unknown, words: Record<string, Key>): string | null {
    const key = error instanceof Refused ? words[error.problem.code] : undefined
    return key ? t(key) : null
}
