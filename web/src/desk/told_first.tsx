// A form whose act is told before it is done: what comes of it, then yes or no. What was typed stays, and
// typing on takes the question back.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Form } from '../core/form'
import { t } from '../core/language'

// It has the focus as soon as it is there, and only then.
function Told({ id, words }: { id: string; words: string[] }) {
    const place = useRef<HTMLDivElement>(null)
    useLayoutEffect(() => place.current?.focus(), [])
    return (
        <div ref={place} id={id} class="why" tabIndex={-1}>
            {words.map(one => (
                <p key={one}>{one}</p>
            ))}
        </div>
    )
}

interface ToldFirstProps {
    id: string
    label: string
    yes: string
    // What comes of it, a paragraph each.
    tell: (data: FormData) => Promise<string[]>
    run: (data: FormData) => Promise<void>
    children: (error: unknown) => ComponentChildren
}

export function ToldFirst({ id, label, yes, tell, run, children }: ToldFirstProps) {
    const told = useSignal<string[] | null>(null)
    const forget = () => {
        told.value = null
    }
    const send = async (data: FormData) => {
        if (told.value === null) {
            told.value = await tell(data)
            return
        }
        try {
            await run(data)
        } finally {
            forget()
        }
    }
    return (
        <Form label={label} submit={told.value === null ? t('goOn') : yes} run={send}>
            {error => (
                <>
                    <div onInput={forget}>{children(error)}</div>
                    {told.value === null ? null : (
                        <>
                            <Told id={id} words={told.value} />
                            <p>
                                <button type="button" class="quiet" onClick={forget}>
                                    {t('no')}
                                </button>
                            </p>
                        </>
                    )}
                </>
            )}
        </Form>
    )
}
