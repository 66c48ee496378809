// What stands around every page: its head, what is wrong with the connection, its foot, and what a
// screen reader says.
import type { ComponentChildren } from 'preact'
import { lastHeard, online, Refused, retryAt } from './call'
import { clockTime, tick } from './clock'
import { me, settings } from './house'
import { chooseLanguage, fixed, nextLanguage, t } from './language'
import { here, signInPath } from './path'
import { refusalText } from './refusals'
import { polite, urgent } from './say'

function Connection() {
    if (!online.value)
        return (
            <p class="banner" role="status">
                {t('offline', { time: lastHeard.value ? clockTime(lastHeard.value, true) : '–' })}
            </p>
        )
    if (retryAt.value === null) return null
    void tick.value
    const seconds = Math.max(Math.ceil((retryAt.value - performance.now()) / 1000), 1)
    return (
        <p class="banner" role="status">
            {t('busy', { n: seconds })}
        </p>
    )
}

// The links that a document adds to the head, for who is signed in.
export const added = { links: (): ComponentChildren => null }

function Person() {
    if (me.value === undefined) return null
    if (me.value === null) return <a href={signInPath(here())}>{t('signIn')}</a>
    return (
        <>
            <a href="/tickets">{t('tickets')}</a>
            <a href="/points">{t('points')}</a>
            <a href="/account">{t('account')}</a>
            {added.links()}
        </>
    )
}

export function Frame({ title, children }: { title: string; children: ComponentChildren }) {
    document.title = title === '' ? 'usher' : `${title} · usher`
    return (
        <>
            <a class="skip" href="#main">
                {t('skip')}
            </a>
            <header>
                <nav aria-label="usher">
                    <a class="home" href="/">
                        {t('concerts')}
                    </a>
                    <Person />
                    <button
                        type="button"
                        class="quiet"
                        lang={nextLanguage()}
                        onClick={() => chooseLanguage(nextLanguage())}
                    >
                        {t('otherLanguage')}
                    </button>
                </nav>
            </header>
            <Connection />
            <main id="main" tabIndex={-1}>
                {children}
            </main>
            <footer>
                <a href="/fair">{t('fair')}</a>
            </footer>
            <p class="said" aria-live="polite">
                {polite}
            </p>
            <p class="said" aria-live="assertive">
                {urgent}
            </p>
        </>
    )
}

export const Loading = () => (
    <p class="loading" role="status">
        {t('loading')}
    </p>
)

interface TroubleProps {
    error: unknown
    again?: () => void
    // There is nothing else on the page.
    alone?: boolean
}

// Why something could not be shown or done, and the one thing to do about it.
export function Trouble({ error, again, alone = false }: TroubleProps) {
    const Heading = alone ? 'h1' : 'h2'
    const problem = error instanceof Refused ? error.problem : null
    const isGone = problem?.status === 404
    const text = problem === null ? t('unreachable') : refusalText(problem)
    return (
        <section class="trouble" role="alert">
            <Heading>{isGone ? t('notFound') : t('wentWrong')}</Heading>
            <p>{text}</p>
            {problem?.requestId ? (
                <p class="dim">{t('requestNumber', { id: problem.requestId })}</p>
            ) : null}
            {again && !isGone ? (
                <button type="button" onClick={again}>
                    {t('retry')}
                </button>
            ) : null}
        </section>
    )
}

// Amounts are in the currency's smallest unit.
export const amount = (points: number): string => fixed(points, settings.value?.currencyDigits ?? 0)

export const price = (points: number): string => t('price', { n: amount(points) })
