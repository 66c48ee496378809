// The last minutes or hours as lines: what happened a second, and how many waited. What it says is said
// below in words.
import 'uplot/dist/uPlot.min.css'
import { signal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import { clockTime } from '../core/clock'
import { count, type Key, language, t } from '../core/language'
import { changes, courseOf, names, sumsOf } from './course'

const ranges: { minutes: number; words: Key }[] = [
    { minutes: 10, words: 'lastTen' },
    { minutes: 60, words: 'lastHour' },
    { minutes: 120, words: 'lastTwoHours' },
]
const minutes = signal(10)

// A line is told from others by its dashes, too.
interface Look {
    words: Key
    colour: string
    dash: number[]
    scale: string
}
const looks: Record<(typeof names)[number], Look> = {
    sold: { words: 'courseSold', colour: '--accent', dash: [], scale: 'rate' },
    admitted: { words: 'courseAdmitted', colour: '--good', dash: [8, 4], scale: 'rate' },
    holds: { words: 'courseHolds', colour: '--warn', dash: [2, 3], scale: 'rate' },
    waiting: { words: 'courseWaiting', colour: '--dim', dash: [12, 3, 2, 3], scale: 'people' },
}
const height = 260

const darkness = matchMedia('(prefers-color-scheme: dark)')
const isDark = signal(darkness.matches)
darkness.addEventListener('change', () => {
    isDark.value = darkness.matches
})

function colourOf(token: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(token).trim()
}

// A scale from nothing up, also where all is nothing.
const fromNothing: UPlot.Range.Function = (_, __, most) => [0, Math.max(most ?? 0, 1) * 1.1]

const wholeSteps = [0, 1, 2, 3, 4, 5].flatMap(zeros => [1, 2, 5].map(step => step * 10 ** zeros))

function axis(scale: string, side: UPlot.Axis.Side, words: Key, grid: boolean): UPlot.Axis {
    const colour = colourOf('--dim')
    return {
        scale,
        side,
        label: t(words),
        labelSize: 20,
        size: 52,
        stroke: colour,
        ticks: { show: false },
        grid: { show: grid, stroke: colourOf('--soft'), width: 1 },
        values: (_, splits) => splits.map(count),
    }
}

function options(width: number): UPlot.Options {
    return {
        width,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true }, rate: { range: fromNothing }, people: { range: fromNothing } },
        axes: [
            {
                stroke: colourOf('--dim'),
                ticks: { show: false },
                grid: { show: false },
                space: 70,
                values: (_, splits) => splits.map(at => clockTime(at * 1000)),
            },
            axis('rate', 3, 'perSecond', true),
            { ...axis('people', 1, 'courseWaiting', false), incrs: wholeSteps },
        ],
        series: [
            {},
            ...names.map(name => ({
                scale: looks[name].scale,
                stroke: colourOf(looks[name].colour),
                dash: looks[name].dash,
                width: 2,
                points: { show: false },
            })),
        ],
    }
}

function dataOf(): UPlot.AlignedData {
    const { times, values } = courseOf(minutes.value)
    return [times, ...names.map(name => values[name])] as UPlot.AlignedData
}

function Drawing() {
    const place = useRef<HTMLDivElement>(null)
    const plot = useRef<UPlot | null>(null)
    useLayoutEffect(() => {
        const element = place.current
        if (element === null) return
        const drawn = new UPlot(options(element.clientWidth), dataOf(), element)
        plot.current = drawn
        const sizes = new ResizeObserver(() =>
            drawn.setSize({ width: element.clientWidth, height })
        )
        sizes.observe(element)
        return () => {
            sizes.disconnect()
            plot.current = null
            drawn.destroy()
        }
    }, [isDark.value, language.value])
    useSignalEffect(() => {
        void changes.value
        plot.current?.setData(dataOf())
    })
    return <div class="drawing" aria-hidden="true" ref={place} />
}

// What the lines are, each with a piece of it.
function Legend() {
    return (
        <ul class="legend" aria-hidden="true">
            {names.map(name => (
                <li key={name}>
                    <svg width="32" height="8" aria-hidden="true">
                        <line
                            x1="0"
                            x2="32"
                            y1="4"
                            y2="4"
                            class={name}
                            stroke-width="2"
                            stroke-dasharray={looks[name].dash.join(' ')}
                        />
                    </svg>
                    {t(looks[name].words)}
                </li>
            ))}
        </ul>
    )
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
                <Drawing />
                <Legend />
                <figcaption>
                    <Summary />
                </figcaption>
            </figure>
        </section>
    )
}
