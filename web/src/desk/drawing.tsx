// Lines over time, drawn. Whoever draws says beside them in words what they say.
import 'uplot/dist/uPlot.min.css'
import { signal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import { count, type Key, language, t } from '../core/language'

// A line is told from others by its dashes, too. Its name is its class in the legend.
export interface Line {
    name: string
    words: Key
    colour: string
    dash: number[]
    scale: string
}

export interface Scale {
    name: string
    words: Key
    side: 'left' | 'right'
    isWhole?: boolean
}

export interface Picture {
    lines: Line[]
    scales: Scale[]
    // Steps between the times that are written, where they are no times of a day.
    steps?: number[]
    timeText: (seconds: number) => string
    // The times, and the values of each line. It is drawn anew when a signal in it changes.
    data: () => UPlot.AlignedData
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

function axis({ name, words, side, isWhole }: Scale): UPlot.Axis {
    return {
        scale: name,
        side: side === 'left' ? 3 : 1,
        label: t(words),
        labelSize: 20,
        size: 52,
        stroke: colourOf('--dim'),
        ticks: { show: false },
        grid: { show: side === 'left', stroke: colourOf('--soft'), width: 1 },
        values: (_, splits) => splits.map(count),
        ...(isWhole ? { incrs: wholeSteps } : {}),
    }
}

function options({ lines, scales, steps, timeText }: Picture, width: number): UPlot.Options {
    return {
        width,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: {
            x: { time: steps === undefined },
            ...Object.fromEntries(scales.map(({ name }) => [name, { range: fromNothing }])),
        },
        axes: [
            {
                stroke: colourOf('--dim'),
                ticks: { show: false },
                grid: { show: false },
                space: 70,
                values: (_, splits) => splits.map(timeText),
                ...(steps === undefined ? {} : { incrs: steps }),
            },
            ...scales.map(axis),
        ],
        series: [
            {},
            ...lines.map(({ scale, colour, dash }) => ({
                scale,
                stroke: colourOf(colour),
                dash,
                width: 2,
                points: { show: false },
            })),
        ],
    }
}

export function Drawing({ picture }: { picture: Picture }) {
    const place = useRef<HTMLDivElement>(null)
    const plot = useRef<UPlot | null>(null)
    useLayoutEffect(() => {
        const element = place.current
        if (element === null) return
        const drawn = new UPlot(options(picture, element.clientWidth), picture.data(), element)
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
    }, [isDark.value, language.value, picture])
    useSignalEffect(() => {
        const data = picture.data()
        plot.current?.setData(data)
    })
    return <div class="drawing" aria-hidden="true" ref={place} />
}

// What the lines are, each with a piece of it.
export function Legend({ lines }: { lines: Line[] }) {
    return (
        <ul class="legend" aria-hidden="true">
            {lines.map(({ name, words, dash }) => (
                <li key={name}>
                    <svg width="32" height="8" aria-hidden="true">
                        <line
                            x1="0"
                            x2="32"
                            y1="4"
                            y2="4"
                            class={name}
                            stroke-width="2"
                            stroke-dasharray={dash.join(' ')}
                        />
                    </svg>
                    {t(words)}
                </li>
            ))}
        </ul>
    )
}
