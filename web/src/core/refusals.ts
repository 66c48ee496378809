// The words for a refusal in the reader's language.
import type { Problem } from './call'
import { later } from './later'

const refusals = later(() => import('../texts/refusals'))

// Words that can't be had are those of the answer itself.
export const refusalText = ({ code, title }: Problem): string => refusals(code) ?? title
