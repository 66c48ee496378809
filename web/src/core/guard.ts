// Pages for people who are signed in. Others sign in first and come back here.
import { effect } from '@preact/signals'
import { me } from './house'
import { here, signInPath } from './path'

// Begins as soon as it is known who looks.
export function withPerson(begin: () => void): void {
    const stop = effect(() => {
        if (me.value === null) location.replace(signInPath(here()))
        if (me.value)
            queueMicrotask(() => {
                stop()
                begin()
            })
    })
}
