// The last minutes or hours as lines: what happened a second, how many people waited and how many
// seats were held. What it says is said below in words.
import { signal } from '@preact/signals'
import type { AlignedData } from 'uplot'
import { clockTime } from '../core/clock'
import { type Key, t } from '../core/language'
import { changes, courseOf, names, sumsOf } from './course'
import { Drawing, Legend, type Line, type Picture } from './drawing'

const ranges: { minutes: number; words: Key }[] = [
    { minutes: 10, words: 'lastTen' },
    { minutes: 60, words: 'lastHour' },
    { minutes: 120, words: 'lastTwoHours' },
]
const minutes = signal(10)

const looks: Record<(typeof names)[number], Omit<Line, 'name'>> = {
    sold: { words: 'courseSold', colour: '--accent', dash: [], scale: 'rate' },
    admitted: { words: 'courseAdmitted', colour: '--good', dash: [8, 4], scale: 'rate' },
    holds: { words: 'courseHolds', colour: '--warn', dash: [2, 3], scale: 'rate' },
    waiting: { words: 'courseWaiting', colour: '--dim', dash: [12, 3, 2, 3], scale: 'people' },
    held: { words: 'courseHeld', colour: '--ink', dash: [4, 4], scale: 'people' },
}

const picture: Picture = {
    lines: names.map(name => ({ name, ...looks[name] })),
    scales: [
        { name: 'rate', words: 'perSecond', side: 'left' },
        { name: 'people', words: 'courseAtOnce', side: 'right', isWhole: true },
    ],
    timeText: at => clockTime(at * 1000),
    data: () => {
        void changes.value
        const { times, values } = courseOf(minutes.value)
        return [times, ...names.map(name => values[name])] as AlignedData
    },
}

function Summary() {
    void changes.value
    const sums = sumsOf(minutes.value)
    if (sums === null) return <>{t('courseUnknown')}</>
    const { since, ...values } = sums
    return <>{t('courseSummary', { ...values, time: clockTime(since * 1000) })}</>
}

export function Chart() {
    return (
        <section aria-labelledby="course">
            <h2 id="course">{t('course')}</h2>
            <p class="acts">
                {ranges.map(range => (
                    <button
                        key={range.minutes}
                        type="button"
                        class="quiet"
                        aria-pressed={minutes.value === range.minutes}
                        onClick={() => {
                            minutes.value = range.minutes
                        }}
                    >
                        {t(range.words)}
                    </button>
                ))}
            </p>
            <figure>
                <Drawing picture={picture} />
                <Legend lines={picture.lines} />
                <figcaption>
                    <Summary />
                </figcaption>
            </figure>
        </section>
    )
}
