// A page of a build that answers no more is loaded anew, once nobody would mind: nothing was typed, nothing
// is under way, nothing has the focus or is held. Comes after the first paint, and imports nothing, so
// that what every page needs stays in one file.

const spreadMs = 15_000 // pages that learn of a new build at once do not all come at once
const lookEveryMs = 1000

// `build`: of the last answer (call.ts); `own`: of the first, as which the page goes on.
const { dataset } = document.documentElement

let isTyped = false
addEventListener('input', () => {
    isTyped = true
})

const isUnderWay = (): boolean =>
    Object.keys(localStorage).some(name => name.startsWith('usher-act:'))

const hasFocus = (): boolean => !document.hidden && document.activeElement !== document.body

// Whatever a page holds that loading would lose, it says so by preventing this.
const isMinded = (): boolean => !dispatchEvent(new Event('usher-renew', { cancelable: true }))

let due = Number.POSITIVE_INFINITY
setInterval(() => {
    if (!dataset.build) return
    dataset.own ??= dataset.build
    if (dataset.build === dataset.own) return
    if (due === Number.POSITIVE_INFINITY) due = performance.now() + Math.random() * spreadMs
    if (performance.now() >= due && !isTyped && !isUnderWay() && !hasFocus() && !isMinded())
        location.reload()
}, lookEveryMs)

export {}
