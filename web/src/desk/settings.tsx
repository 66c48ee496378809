// How many are let in: two numbers, what they would do to the line, and saving them once that was shown.
import { batch, computed, effect, signal } from '@preact/signals'
import type { TargetedInputEvent, TargetedSubmitEvent } from 'preact'
import type { Forecast, Queue } from '../core/api'
import { act, inquire } from '../core/call'
import { clockTime, dayAndTime, serverNow } from '../core/clock'
import { Trouble } from '../core/frame'
import { loadMe, may } from '../core/house'
import { t } from '../core/language'
import { say } from '../core/say'
import { hearQueue, queue } from './news'

// QUEUE_COUNT_MAX of the API.
const most = 1_000_000

// Typing is over when nothing was typed for so long.
const typedMs = 400

const dayMs = 86_400_000

const fields = ['admitPerSecond', 'maxActive'] as const
type Field = (typeof fields)[number]
type Pace = Record<Field, number>

// What was typed; null: nothing, and the field follows the house.
const drafts: Record<Field, ReturnType<typeof signal<string | null>>> = {
    admitPerSecond: signal<string | null>(null),
    maxActive: signal<string | null>(null),
}

function numberOf(text: string): number | null {
    const number = Number(text)
    return /^\d+$/.test(text.trim()) && number >= 1 && number <= most ? number : null
}

const keyOf = (pace: Pace | null): string => JSON.stringify(pace)

// The queue changes all the time, and these two seldom.
const nowKey = computed(() => {
    const line = queue.value
    return keyOf(line && { admitPerSecond: line.admitPerSecond, maxActive: line.maxActive })
})
const now = computed<Pace | null>(() => JSON.parse(nowKey.value))

// What the fields say; null while one of them says no number.
const wanted = computed<Pace | null>(() => {
    if (now.value === null) return null
    const pace = { ...now.value }
    for (const field of fields) {
        const draft = drafts[field].value
        const number = draft == null ? pace[field] : numberOf(draft)
        if (number === null) return null
        pace[field] = number
    }
    return pace
})

const isTyped = computed(() => fields.some(field => drafts[field].value != null))
const isChanged = computed(() => isTyped.value && keyOf(wanted.value) !== keyOf(now.value))

interface Shown {
    wanted: Pace
    now: Pace
    // What would be, and what is to be expected as it is.
    then: Forecast
    as: Forecast
    at: number
}
const shown = signal<Shown | null>(null)
const isBusy = signal(false)
const isSaved = signal(false)
const refused = signal<unknown>(null)
// The house's numbers are others than when typing began.
const isOvertaken = signal(false)

const forecastOf = (pace: Pace) => inquire<Forecast>('/v1/queue/forecast', pace)

// The forecast that is shown is of what the fields say, against what is true.
const isForecast = computed(
    () =>
        shown.value !== null &&
        keyOf(shown.value.wanted) === keyOf(wanted.value) &&
        keyOf(shown.value.now) === keyOf(now.value)
)

// Who may not see counts may not see forecasts, and saves without.
const isReady = computed(() => isForecast.value || !may('stats'))

let timer = 0
let asked = 0

async function ask(pace: Pace, before: Pace): Promise<void> {
    const number = ++asked
    try {
        const [then, as] = await Promise.all([forecastOf(pace), forecastOf(before)])
        if (number !== asked) return
        shown.value = { wanted: pace, now: before, then, as, at: serverNow() }
        refused.value = null
        say(wordsOf(shown.value).join(' '))
    } catch (error) {
        if (number === asked) fail(error)
    }
}

function fail(error: unknown): void {
    refused.value = error
    // Who may not any more is told so by the page.
    loadMe().catch(() => {})
}

let before = nowKey.peek()
effect(() => {
    const [pace, base] = [wanted.value, now.value]
    clearTimeout(timer)
    asked++
    const key = nowKey.value
    if (before !== key && isTyped.value) {
        isOvertaken.value = true
        if (base !== null) say(overtaken(base))
    }
    before = key
    if (pace === null || base === null || !isChanged.value || !may('stats')) shown.value = null
    else timer = setTimeout(() => ask(pace, base), typedMs)
})

function leave(): void {
    batch(() => {
        for (const field of fields) drafts[field].value = null
        isOvertaken.value = false
        refused.value = null
        shown.value = null
    })
}

async function save(): Promise<void> {
    const [pace, base] = [wanted.value, now.value]
    if (isBusy.value || pace === null || base === null || !isChanged.value) return
    if (!isReady.value) {
        say(t('forecastFirst'))
        return
    }
    isBusy.value = true
    refused.value = null
    const change = Object.fromEntries(
        fields.filter(field => pace[field] !== base[field]).map(field => [field, pace[field]])
    )
    try {
        const line = await act<Queue>('pace', 'PATCH', '/v1/queue', change)
        leave()
        hearQueue(line)
        isSaved.value = true
        say(t('saved'))
    } catch (error) {
        fail(error)
    }
    isBusy.value = false
}

// ---- The forecast in words ----

interface Span {
    low: number
    high: number
}

const spanOf = (forecast: Forecast, isExpected: boolean): Span => {
    const { expectedSeconds, lastWaitSeconds } = forecast
    return isExpected && expectedSeconds !== null
        ? { low: expectedSeconds, high: expectedSeconds }
        : lastWaitSeconds
}

// Times that differ are written so that one sees it, and none as one of today's that is not.
function writer(at: number, seconds: number[]): (seconds: number) => string {
    const times = seconds.map(one => at + one * 1000)
    if (times.some(time => time - at > dayMs / 2)) return one => dayAndTime(at + one * 1000)
    const isFine = new Set(seconds).size > new Set(times.map(time => clockTime(time))).size
    return one => clockTime(at + one * 1000, isFine)
}

function timesOf({ wanted: pace, then, as, at }: Shown): string {
    const isExpected = then.expectedSeconds !== null && as.expectedSeconds !== null
    const [one, other] = [spanOf(then, isExpected), spanOf(as, isExpected)]
    const write = writer(at, [one.low, one.high, other.low, other.high])
    const house = { rate: pace.admitPerSecond, most: pace.maxActive }
    if (one.low === other.low && one.high === other.high && one.low === one.high)
        return t('forecastSame', { ...house, time: write(one.low) })
    if (one.low === one.high && other.low === other.high)
        return t('forecastAt', { ...house, time: write(one.low), before: write(other.low) })
    return t('forecastBetween', {
        ...house,
        from: write(one.low),
        to: write(one.high),
        fromBefore: write(other.low),
        toBefore: write(other.high),
    })
}

function wordsOf(forecast: Shown): string[] {
    const { then } = forecast
    if (then.waiting === 0) return [t('forecastNobody')]
    return [
        timesOf(forecast),
        ...(then.expectedActive === null ? [] : [t('forecastInside', { n: then.expectedActive })]),
        ...(queue.value?.status === 'open' ? [] : [t('forecastWhenOpen')]),
    ]
}

const overtaken = (pace: Pace): string =>
    t('changedMeanwhile', { rate: pace.admitPerSecond, most: pace.maxActive })

// ---- The form ----

function PaceField({ field, line }: { field: Field; line: Queue }) {
    const draft = drafts[field].value
    const isWrong = draft != null && numberOf(draft) === null
    const type = (event: TargetedInputEvent<HTMLInputElement>) => {
        isSaved.value = false
        drafts[field].value = event.currentTarget.value
    }
    return (
        <p class="field">
            <label for={field}>{t(field)}</label>
            <input
                id={field}
                name={field}
                inputMode="numeric"
                autoComplete="off"
                value={draft ?? String(line[field])}
                aria-invalid={isWrong}
                {...(isWrong ? { 'aria-describedby': `${field}-error` } : {})}
                onInput={type}
            />
            {isWrong ? (
                <span id={`${field}-error`} class="bad">
                    {t('wholeNumber', { most })}
                </span>
            ) : null}
        </p>
    )
}

export function Settings({ line }: { line: Queue }) {
    const send = (event: TargetedSubmitEvent<HTMLFormElement>) => {
        event.preventDefault()
        save()
    }
    const base = now.value
    return (
        <form onSubmit={send} aria-labelledby="pace">
            <h2 id="pace">{t('pace')}</h2>
            {fields.map(field => (
                <PaceField key={field} field={field} line={line} />
            ))}
            {isOvertaken.value && base !== null ? <p class="why">{overtaken(base)}</p> : null}
            {isForecast.value && shown.value !== null
                ? wordsOf(shown.value).map(words => <p key={words}>{words}</p>)
                : null}
            {may('stats') ? null : <p class="dim">{t('noForecast')}</p>}
            {isSaved.value ? <p class="good">{t('saved')}</p> : null}
            {refused.value === null ? null : <Trouble error={refused.value} />}
            <p class="acts">
                <button
                    type="submit"
                    aria-disabled={!isChanged.value || !isReady.value || isBusy.value}
                >
                    {t('save')}
                </button>
                {isTyped.value ? (
                    <button type="button" class="quiet" onClick={leave}>
                        {t('discard')}
                    </button>
                ) : null}
            </p>
        </form>
    )
}
