// The desk's document, for the people of the house: how the sale goes, and how people are let in.
import '../style.css'
import '../lists.css'
import '../seats/hall.css'
import './desk.css'
import './words'
import { effect } from '@preact/signals'
import { deskLink, deskPages, firstPage, mayOpen } from '../core/desk_link'
import { added, Frame, Loading } from '../core/frame'
import { me } from '../core/house'
import { type Key, t } from '../core/language'
import { here, parts, signInPath } from '../core/path'
import { show } from '../core/show'
import { AccountPage } from './account'
import { Accounts } from './accounts'
import { Actions } from './actions'
import { Concerts } from './concerts'
import { Line } from './line'
import { Live } from './live'
import { followDesk } from './news'
import { OrderPage } from './order'
import { Orders } from './orders'
import { People } from './people'
import { PlanPage } from './plan'
import { Plans } from './plans'
import { RehearsalPage } from './rehearsal'
import { Reports } from './reports'
import { SetUp } from './set_up'

type Path = (typeof deskPages)[number]['path']

interface Content {
    title: Key
    Page: () => preact.JSX.Element
    // One of what the page lists, with a heading of its own.
    One?: (props: { id: string }) => preact.JSX.Element
    // It shows the house as it goes.
    follows?: boolean
}

const contents: Record<Path, Content> = {
    '/desk': { title: 'pageLive', Page: Live, follows: true },
    '/desk/line': { title: 'pageLine', Page: Line, follows: true },
    '/desk/concerts': { title: 'concerts', Page: Concerts, One: SetUp },
    '/desk/plans': { title: 'pagePlans', Page: Plans, One: PlanPage },
    '/desk/rehearsal': { title: 'pageRehearsal', Page: RehearsalPage },
    '/desk/orders': { title: 'pageOrders', Page: Orders, One: OrderPage },
    '/desk/accounts': { title: 'pageAccounts', Page: Accounts, One: AccountPage },
    '/desk/reports': { title: 'pageReports', Page: Reports },
    '/desk/people': { title: 'pagePeople', Page: People },
    '/desk/actions': { title: 'pageActions', Page: Actions },
}
const pages = deskPages.map(page => ({ ...page, ...contents[page.path] }))
const [desk, part, id] = parts()
const shown = pages.find(({ path }) => path === (part ? `/${desk}/${part}` : `/${desk}`))

function Pages() {
    return (
        <nav class="pages" aria-label={t('desk')}>
            {pages.filter(mayOpen).map(page => (
                <a
                    key={page.path}
                    href={page.path}
                    {...(page === shown ? { 'aria-current': 'page' } : {})}
                >
                    {t(page.title)}
                </a>
            ))}
        </nav>
    )
}

function DeskPage() {
    if (shown === undefined || !me.value)
        return (
            <Frame title={t('desk')}>
                <Loading />
            </Frame>
        )
    if (!mayOpen(shown))
        return (
            <Frame title={t('desk')}>
                {pages.some(mayOpen) ? <Pages /> : null}
                <h1>{t('desk')}</h1>
                <p>{t('deskFor', { name: me.value.name })}</p>
            </Frame>
        )
    return (
        <Frame title={t(shown.title)}>
            <Pages />
            {id !== undefined && shown.One !== undefined ? (
                <shown.One id={id} />
            ) : (
                <>
                    <h1>{t(shown.title)}</h1>
                    <shown.Page />
                </>
            )}
        </Frame>
    )
}

// Also when the session ends while somebody looks.
effect(() => {
    if (me.value === null) location.replace(signInPath(here()))
})
// The desk itself is the first of its pages that one may see.
effect(() => {
    const first = me.value ? firstPage() : undefined
    if (part === undefined && first !== undefined && shown !== undefined && !mayOpen(shown))
        location.replace(first.path)
})
if (shown?.follows) followDesk()
added.links = deskLink
show(DeskPage)
