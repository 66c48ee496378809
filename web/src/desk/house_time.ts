// Times as they are typed: those of the house's clock, wherever the browser stands.
import { timeZone } from '../core/clock'

// What the house's clocks show then, read as if they showed UTC.
function shownAt(time: number): number {
    const parts = new Intl.DateTimeFormat('en-GB', {
        ...(timeZone.value ? { timeZone: timeZone.value } : {}),
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
    }).formatToParts(time)
    const number = (type: string) => Number(parts.find(part => part.type === type)?.value)
    return Date.UTC(
        number('year'),
        number('month') - 1,
        number('day'),
        number('hour'),
        number('minute')
    )
}

// Of an input's text, such as 2027-03-01T20:00; null: it has none. The second step is for a day on which
// the clocks change.
export function typedTime(text: string): string | null {
    const wanted = Date.parse(`${text}Z`)
    if (Number.isNaN(wanted)) return null
    let time = wanted
    for (let step = 0; step < 2; step++) time = wanted - (shownAt(time) - time)
    return new Date(time).toISOString()
}

export const inputTime = (time: string): string =>
    new Date(shownAt(Date.parse(time))).toISOString().slice(0, 16)
