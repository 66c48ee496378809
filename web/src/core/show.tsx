// Puts a document's page in its place, with what every page needs.
import type { ComponentType } from 'preact'
import { render } from 'preact'
import { loadMe, loadSettings } from './house'

export function show(Page: ComponentType): void {
    const place = document.getElementById('page')
    if (place === null) throw new Error('the document has no place for its page')
    render(<Page />, place)
    // A page that can't learn this shows why by what it asks itself.
    loadSettings().catch(() => {})
    loadMe().catch(() => {})
    import('./renew').catch(() => {})
    // What the browser kept of the page is as old as it is.
    addEventListener('pageshow', event => {
        if (event.persisted) location.reload()
    })
}
