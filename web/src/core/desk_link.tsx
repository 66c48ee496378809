// The desk's pages, each with what one must be allowed for it, and the way to the first.
import { may } from './house'
import { t } from './language'

export interface DeskPage {
    path: string
    // One of them is enough.
    scopes: Parameters<typeof may>[0][]
}

export const deskPages = [
    { path: '/desk', scopes: ['stats'] },
    { path: '/desk/line', scopes: ['stats', 'queue:write'] },
    { path: '/desk/concerts', scopes: ['catalogue:write'] },
    { path: '/desk/plans', scopes: ['catalogue:write'] },
    { path: '/desk/rehearsal', scopes: ['stats'] },
    { path: '/desk/orders', scopes: ['read'] },
    { path: '/desk/accounts', scopes: ['read'] },
    { path: '/desk/reports', scopes: ['stats', 'read'] },
    { path: '/desk/people', scopes: ['team:write'] },
    { path: '/desk/actions', scopes: ['audit'] },
] as const satisfies DeskPage[]

export const firstPage = (): DeskPage | undefined => deskPages.find(mayOpen)

export const mayOpen = ({ scopes }: DeskPage): boolean => scopes.some(may)

export function deskLink() {
    const first = firstPage()
    return first === undefined ? null : <a href={first.path}>{t('desk')}</a>
}
