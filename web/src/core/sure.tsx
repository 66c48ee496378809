// What can't be undone is done only once one has said that one is sure. The focus goes with the question
// and back; where it goes when it was done, `run` says.
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Trouble } from './frame'
import { t } from './language'

interface SureProps {
    label: string
    question: string
    yes: string
    run: () => Promise<void>
}

export function Sure({ label, question, yes, run }: SureProps) {
    const asks = useSignal(false)
    const busy = useSignal(false)
    const error = useSignal<unknown>(null)
    const wasAsked = useRef(false)
    const place = useRef<HTMLDivElement>(null)
    // At once: the next key must find it.
    useLayoutEffect(() => {
        // The one that changes nothing: No, or what asks again.
        if (wasAsked.current !== asks.value)
            place.current?.querySelector<HTMLElement>('.quiet')?.focus()
        wasAsked.current = asks.value
    }, [asks.value])
    const answer = async () => {
        if (busy.value) return
        busy.value = true
        error.value = null
        try {
            await run()
        } catch (problem) {
            error.value = problem
        }
        busy.value = false
        asks.value = false
    }
    return (
        <div ref={place}>
            {error.value === null ? null : <Trouble error={error.value} />}
            {asks.value ? (
                <fieldset class="acts">
                    <legend>{question}</legend>
                    <button
                        type="button"
                        class="danger"
                        aria-disabled={busy.value}
                        onClick={answer}
                    >
                        {yes}
                    </button>
                    <button type="button" class="quiet" onClick={() => (asks.value = false)}>
                        {t('no')}
                    </button>
                </fieldset>
            ) : (
                <button type="button" class="quiet" onClick={() => (asks.value = true)}>
                    {label}
                </button>
            )}
        </div>
    )
}

// After an act that took away what had the focus.
export const focusOn = (id: string): void => document.getElementById(id)?.focus()
