// Something that is shown once: selected as soon as it is there, to be copied.
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../core/language'
import { say } from '../core/say'

interface SecretProps {
    id: string
    label: string
    hint: string
    value: string
}

export function Secret({ id, label, hint, value }: SecretProps) {
    const field = useRef<HTMLInputElement>(null)
    const isCopied = useSignal(false)
    useLayoutEffect(() => {
        isCopied.value = false
        field.current?.select()
        field.current?.focus()
    }, [value])
    useEffect(() => {
        const keep = (event: Event) => event.preventDefault()
        addEventListener('usher-renew', keep)
        return () => removeEventListener('usher-renew', keep)
    }, [])
    const copy = async () => {
        await navigator.clipboard.writeText(value)
        isCopied.value = true
        say(t('copied'))
    }
    return (
        <div class="why">
            <p class="field">
                <label for={id}>{label}</label>
                <input id={id} ref={field} readOnly value={value} aria-describedby={`${id}-hint`} />
                <span id={`${id}-hint`}>{hint}</span>
            </p>
            {/* A page that came without TLS has no clipboard. */}
            {navigator.clipboard === undefined ? null : (
                <button type="button" class="quiet" onClick={copy}>
                    {t(isCopied.value ? 'copied' : 'copy')}
                </button>
            )}
        </div>
    )
}
