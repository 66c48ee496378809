// The shop's document: what is on, one's account, and what one has.
import '../style.css'
import '../lists.css'
import '../sheets.css'
import './words'
import { deskLink } from '../core/desk_link'
import { added, Frame } from '../core/frame'
import { withPerson } from '../core/guard'
import { t } from '../core/language'
import { parts } from '../core/path'
import { show } from '../core/show'
import { Account } from './account'
import { ChoosePassword } from './choose_password'
import { ConcertPage } from './concert'
import { Fair } from './fair'
import { Home } from './home'
import { PointsPage } from './points'
import { PrintPage } from './print'
import { SignIn, SignUp } from './sign_in'
import { TicketPage, Tickets } from './tickets'

const [first, id, part] = parts()

function Shop() {
    switch (first) {
        case undefined:
            return <Home />
        case 'concerts':
            return <ConcertPage id={id ?? ''} />
        case 'sign-in':
            return <SignIn />
        case 'sign-up':
            return <SignUp />
        case 'choose-password':
            return <ChoosePassword />
        case 'tickets':
            if (id === undefined) return <Tickets />
            return part === 'print' ? <PrintPage id={id} /> : <TicketPage id={id} />
        case 'points':
            return <PointsPage />
        case 'account':
            return <Account />
        case 'fair':
            return <Fair />
        default:
            return (
                <Frame title={t('notFound')}>
                    <h1>{t('notFound')}</h1>
                </Frame>
            )
    }
}

// These show what is somebody's.
if (first !== undefined && ['tickets', 'points', 'account'].includes(first)) withPerson(() => {})
added.links = deskLink
show(Shop)
