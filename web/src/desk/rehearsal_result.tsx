// What a rehearsal found, in words and as pictures.
import { useMemo } from 'preact/hooks'
import type { AlignedData } from 'uplot'
import type { Rehearsal } from '../core/api'
import { span } from '../core/clock'
import { count, type Key, t } from '../core/language'
import { Drawing, Legend, type Line, type Picture } from './drawing'

// A rehearsal that is done has all of it.
type People = NonNullable<Rehearsal['people']>
type Course = NonNullable<Rehearsal['course']>
type Bound = NonNullable<Rehearsal['boundedBy']>

const inWords = (seconds: number): string => span(seconds * 1000)

const boundWords: Record<Bound, Key> = {
    admitPerSecond: 'boundAdmission',
    maxActive: 'boundActive',
    seats: 'boundSeats',
    buyers: 'boundBuyers',
}

// In this order; those of whom there are none are left out.
const peopleWords: Record<keyof People, Key> = {
    bought: 'endBought',
    left: 'endLeft',
    silent: 'endSilent',
    abandoned: 'endAbandoned',
    turnedAway: 'endTurnedAway',
    lapsed: 'endLapsed',
    timedOut: 'endTimedOut',
    choosing: 'endChoosing',
    paying: 'endPaying',
    waiting: 'endWaiting',
    notCome: 'endNotCome',
}

function endWords({ soldOutAfterSeconds, endedAfterSeconds, sold, seats }: Rehearsal): string {
    return soldOutAfterSeconds === null
        ? t('rehearsedNotSoldOut', {
              sold: sold ?? 0,
              seats,
              span: inWords(endedAfterSeconds ?? 0),
          })
        : t('rehearsedSoldOut', { span: inWords(soldOutAfterSeconds) })
}

// The same in short, for a list.
export function inShort(rehearsal: Rehearsal): string {
    switch (rehearsal.status) {
        case 'running':
            return t('rehearsalRuns', { percent: rehearsal.percent })
        case 'cancelled':
            return t('rehearsalCancelled')
        case 'failed':
            return t('rehearsalFailed')
        case 'done':
            return endWords(rehearsal)
    }
}

function Waits({ letIn, waitSeconds }: Rehearsal) {
    if (waitSeconds === null) return <p>{t('rehearsedNobodyIn')}</p>
    const { p50, p90, p99, most } = waitSeconds
    return (
        <p>
            {t('rehearsedWaits', {
                n: letIn ?? 0,
                half: inWords(p50),
                ninety: inWords(p90),
                ninetyNine: inWords(p99),
                most: inWords(most),
            })}
        </p>
    )
}

function Bounds({ boundedBy, boundedPercent, inside }: Rehearsal) {
    if (boundedBy === null || boundedPercent === null || inside === null) return null
    return (
        <>
            <p class="why">
                {t(boundWords[boundedBy], { percent: Math.round(boundedPercent[boundedBy]) })}
            </p>
            <p>
                {t('rehearsedInside', {
                    mean: Math.round(inside.mean),
                    most: inside.most,
                    allowed: inside.allowed,
                })}
            </p>
        </>
    )
}

function Ends({ people }: { people: People }) {
    const names = (Object.keys(peopleWords) as (keyof People)[]).filter(name => people[name] > 0)
    return (
        <>
            <h3>{t('rehearsedPeople')}</h3>
            <ul class="rows">
                {names.map(name => (
                    <li key={name}>
                        <span>{t(peopleWords[name])}</span>
                        <span class="number">{count(people[name])}</span>
                    </li>
                ))}
            </ul>
        </>
    )
}

const waiting: Line = {
    name: 'waiting',
    words: 'courseWaiting',
    colour: '--dim',
    dash: [12, 3, 2, 3],
    scale: 'waiting',
}
const active: Line = {
    name: 'active',
    words: 'rehearsedActive',
    colour: '--good',
    dash: [8, 4],
    scale: 'active',
}
const sold: Line = {
    name: 'sold',
    words: 'courseSold',
    colour: '--accent',
    dash: [],
    scale: 'sold',
}
const held: Line = {
    name: 'held',
    words: 'courseHeld',
    colour: '--ink',
    dash: [4, 4],
    scale: 'held',
}

// Seconds, minutes and hours that are easy to read.
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800]

// A million may wait while a thousand are inside, so each line has its own scale.
function pictureOf(course: Course, left: Line, right: Line): Picture {
    const valuesOf = ({ scale }: Line) => course[scale as 'waiting' | 'active' | 'held' | 'sold']
    const times = course.waiting.map((_, i) => (i * course.stepMs) / 1000)
    const data = [times, valuesOf(left), valuesOf(right)] as AlignedData
    return {
        lines: [left, right],
        scales: [
            { name: left.scale, words: left.words, side: 'left', isWhole: true },
            { name: right.scale, words: right.words, side: 'right', isWhole: true },
        ],
        steps,
        timeText: seconds => span(seconds * 1000),
        data: () => data,
    }
}

function Pictures({ course, sold: soldAtAll }: { course: Course; sold: number }) {
    const pictures = useMemo(
        () => [pictureOf(course, waiting, active), pictureOf(course, sold, held)],
        [course]
    )
    const most = (values: number[]) => values.reduce((top, value) => Math.max(top, value), 0)
    return (
        <>
            {pictures.map(picture => (
                <figure key={picture.lines[0]?.name}>
                    <Drawing picture={picture} />
                    <Legend lines={picture.lines} />
                </figure>
            ))}
            <p class="dim">
                {t('rehearsedMost', {
                    waiting: most(course.waiting),
                    active: most(course.active),
                    held: most(course.held),
                    sold: soldAtAll,
                })}
            </p>
        </>
    )
}

export function Result({ rehearsal }: { rehearsal: Rehearsal }) {
    const { course, people, sound, fullAfterSeconds, lapsedHolds, lostRaces } = rehearsal
    return (
        <>
            <p class="big">{endWords(rehearsal)}</p>
            {fullAfterSeconds === null ? null : (
                <p>{t('rehearsedFull', { span: inWords(fullAfterSeconds) })}</p>
            )}
            <Bounds {...rehearsal} />
            <Waits {...rehearsal} />
            <p>{t('rehearsedHolds', { lapsed: lapsedHolds ?? 0, lost: lostRaces ?? 0 })}</p>
            <p class={sound ? 'good' : 'bad'}>{t(sound ? 'rehearsedSound' : 'rehearsedUnsound')}</p>
            {course === null ? null : <Pictures course={course} sold={rehearsal.sold ?? 0} />}
            {people === null ? null : <Ends people={people} />}
        </>
    )
}
