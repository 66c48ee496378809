// What is wrong with a field, in the reader's language.
import type { Fault } from './call'
import { count } from './language'
import { later } from './later'

const rules = later(() => import('../texts/rules'))

// Words that can't be had are those of the answer itself.
export function faultText({ rule, message, least, most, other }: Fault): string {
    const values: Record<string, string | undefined> = {
        least: least === undefined ? undefined : count(least),
        most: most === undefined ? undefined : count(most),
        other,
    }
    return (rules(rule) ?? message).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}
