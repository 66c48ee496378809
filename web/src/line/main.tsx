// The line's document: where one waits, before the sale too, until it is one's turn.
import '../style.css'
import './words'
import { effect, signal } from '@preact/signals'
import type { Token } from '../core/api'
import { clockTime, dayAndTime, serverNow, tick } from '../core/clock'
import { follow } from '../core/feed'
import { Frame, Loading, Trouble } from '../core/frame'
import { withPerson } from '../core/guard'
import { count, inLanguage, type Key, t } from '../core/language'
import { ownPath, parameter } from '../core/path'
import { say, sayAtOnce } from '../core/say'
import { show } from '../core/show'
import { join, leave, look, queue, token, trouble, turnHearers, turnQuery } from '../core/turn'

const to = ownPath(parameter('to'))
const concert = parameter('concert')

// Whoever uses the keyboard moves on by a button: a page that changes by itself takes the place away
// that they were at.
const goesByItself = signal(true)
addEventListener('keydown', event => {
    if (event.key === 'Tab') goesByItself.value = false
})

// How long one sees that it is one's turn before the page moves on.
const noticeMs = 3000
const turnSeenAt = signal<number | null>(null)

const goIn = () => location.assign(to)

const endings: Record<NonNullable<Token['reason']>, Key> = {
    finished: 'endedFinished',
    timed_out: 'endedTimedOut',
    silent: 'endedSilent',
    abandoned: 'endedAbandoned',
    left: 'endedLeft',
}

// A number is said at most once a minute, and always when the turn is near.
const sayEveryMs = 60_000
const alwaysSaid = [100, 10, 1, 0]
let saidAt = Number.NEGATIVE_INFINITY
let saidAhead = -1

effect(() => {
    const now = token.value
    if (now?.status !== 'waiting') return
    const passed = alwaysSaid.some(mark => saidAhead > mark && now.ahead <= mark)
    if (now.ahead === saidAhead || (!passed && performance.now() - saidAt < sayEveryMs)) return
    saidAt = performance.now()
    saidAhead = now.ahead
    say(rank(now))
})

effect(() => {
    if (token.value?.status !== 'active') {
        turnSeenAt.value = null
    } else if (turnSeenAt.peek() === null) {
        turnSeenAt.value = performance.now()
        sayAtOnce(t('yourTurn'))
    }
})

effect(() => {
    void tick.value
    if (
        turnSeenAt.value !== null &&
        goesByItself.value &&
        performance.now() - turnSeenAt.value >= noticeMs
    ) {
        turnSeenAt.value = Number.POSITIVE_INFINITY
        goIn()
    }
})

function rank(now: Token): string {
    return now.ahead === 0 ? t('rankFirst') : t('rank', { n: now.ahead })
}

function Estimate({ now }: { now: Token }) {
    const wait = now.estimatedWaitSeconds
    if (wait === null) return <p>{t('waitUnknown')}</p>
    const from = clockTime(serverNow() + wait.low * 1000)
    const until = clockTime(serverNow() + wait.high * 1000)
    return <p>{t('waitBetween', { from, to: until })}</p>
}

function House({ now }: { now: Token }) {
    const line = queue.value
    if (now.soldOut) return <p class="big">{t('soldOutInLine')}</p>
    switch (line?.status) {
        case 'paused':
            return <p>{t('linePaused')}</p>
        case 'closed':
            return <p>{t('lineClosed')}</p>
        case 'scheduled':
            return <p>{t('lineScheduled', { time: dayAndTime(line.openAt ?? 0) })}</p>
        default:
            return <Estimate now={now} />
    }
}

function Leave() {
    return (
        <button type="button" class="quiet" onClick={leave}>
            {t('leaveLine')}
        </button>
    )
}

function Waiting({ now }: { now: Token }) {
    return (
        <>
            <p class="rank">{rank(now)}</p>
            <p class="dim">
                {t('yourNumber')} {count(now.number)}
            </p>
            <House now={now} />
            {now.passedOverAt === null ? null : (
                <p>{t('passedOver', { time: clockTime(now.passedOverAt) })}</p>
            )}
            <p>{t('calm')}</p>
            <p>
                <label>
                    <input
                        type="checkbox"
                        checked={goesByItself.value}
                        onChange={event => {
                            goesByItself.value = event.currentTarget.checked
                        }}
                    />{' '}
                    {t('goByItself')}
                </label>
            </p>
            <Leave />
        </>
    )
}

function Turn({ now }: { now: Token }) {
    void tick.value
    const seen = turnSeenAt.value
    const left = seen === null ? noticeMs : seen + noticeMs - performance.now()
    return (
        <>
            <p class="rank">{t('yourTurn')}</p>
            {now.expiresAt === null ? null : (
                <p>{t('yourTurnUntil', { time: clockTime(now.expiresAt) })}</p>
            )}
            {goesByItself.value && left > 0 && Number.isFinite(left) ? (
                <p class="dim">{t('goingIn', { n: Math.ceil(left / 1000) })}</p>
            ) : null}
            <p class="acts">
                <a class="button" href={to}>
                    {t('goIn')}
                </a>
                <Leave />
            </p>
        </>
    )
}

function Outside({ why, act }: { why: string; act: Key }) {
    const opensAt = queue.value?.joinOpensAt
    return (
        <>
            <p class="big">{why}</p>
            {opensAt && Date.parse(opensAt) > tick.value ? (
                <p>{t('joinFrom', { time: dayAndTime(opensAt) })}</p>
            ) : (
                <button type="button" onClick={() => join(concert)}>
                    {t(act)}
                </button>
            )}
        </>
    )
}

function Place() {
    const now = token.value
    if (trouble.value !== null) return <Trouble error={trouble.value} again={look} />
    if (now === undefined) return <Loading />
    if (now === null) return <Outside why={t('notInLine')} act="joinLine" />
    switch (now.status) {
        case 'waiting':
            return <Waiting now={now} />
        case 'active':
            return <Turn now={now} />
        case 'expired':
            return (
                <Outside
                    why={t(now.reason === null ? 'notInLine' : endings[now.reason])}
                    act="rejoin"
                />
            )
    }
}

// What the house tells everybody in line.
function Notice() {
    const notice = queue.value?.notice
    if (!notice) return null
    return (
        <p class={notice.level === 'warning' ? 'trouble' : ''} role="status">
            {inLanguage(notice.texts)}
        </p>
    )
}

function LinePage() {
    const now = token.value
    const title =
        now?.status === 'waiting'
            ? `#${count(now.ahead + 1)}`
            : t(now?.status === 'active' ? 'yourTurn' : 'line')
    return (
        <Frame title={title}>
            <h1>{t('line')}</h1>
            <Notice />
            <Place />
        </Frame>
    )
}

// A link to the line that joins does so once: loaded anew, the page only looks, and does not wait for who
// it is that looks.
const joins = parameter('join') !== null

function begin(): void {
    follow(turnQuery, turnHearers)
    if (!joins) return
    const rest = new URLSearchParams(location.search)
    rest.delete('join')
    history.replaceState(null, '', `?${rest}`)
    join(concert)
}

if (!joins) look()
withPerson(begin)
show(LinePage)
