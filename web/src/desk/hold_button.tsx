// A button for what must not happen by chance: it acts once it was kept pressed for a second, by mouse,
// finger or key.
import { useSignal } from '@preact/signals'
import type { TargetedKeyboardEvent, TargetedMouseEvent, TargetedPointerEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../core/language'
import { say } from '../core/say'

const holdMs = 1000

type Press = TargetedPointerEvent<HTMLButtonElement>
type KeyPress = TargetedKeyboardEvent<HTMLButtonElement>

interface HoldButtonProps {
    id: string
    label: string
    busy: boolean
    act: () => void
}

export function HoldButton({ id, label, busy, act }: HoldButtonProps) {
    const isHeld = useSignal(false)
    const timer = useRef(0)
    const end = () => {
        clearTimeout(timer.current)
        isHeld.value = false
    }
    const begin = () => {
        if (busy || isHeld.value) return
        isHeld.value = true
        timer.current = setTimeout(() => {
            end()
            act()
        }, holdMs)
    }
    useEffect(() => end, [])
    const press = (event: Press) => {
        if (event.button === 0) begin()
    }
    const isKey = (event: KeyPress) => event.key === 'Enter' || event.key === ' '
    const keyDown = (event: KeyPress) => {
        if (!isKey(event)) return
        event.preventDefault()
        if (!event.repeat) begin()
    }
    const keyUp = (event: KeyPress) => {
        if (!isKey(event)) return
        event.preventDefault()
        if (isHeld.value) say(t('holdHint'))
        end()
    }
    // A click of neither hand nor key is a screen reader's or a voice's, which can't keep a button pressed.
    const click = (event: TargetedMouseEvent<HTMLButtonElement>) => {
        if (event.detail === 0 && !busy) act()
    }
    return (
        <>
            <button
                id={id}
                type="button"
                class={isHeld.value ? 'press pressed' : 'press'}
                aria-disabled={busy}
                aria-describedby={`${id}-hint`}
                onPointerDown={press}
                onPointerUp={end}
                onPointerLeave={end}
                onPointerCancel={end}
                onContextMenu={event => event.preventDefault()}
                onKeyDown={keyDown}
                onKeyUp={keyUp}
                onBlur={end}
                onClick={click}
            >
                {label}
            </button>
            <span id={`${id}-hint`} class="dim">
                {t('holdHint')}
            </span>
        </>
    )
}
