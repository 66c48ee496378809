// The colour of a price, as the drawing has it.
import { colourOf, linesOf } from './paint'

export function Swatch({ index }: { index: number }) {
    return (
        <span
            class={linesOf(index) > 0 ? 'swatch striped' : 'swatch'}
            style={{ backgroundColor: colourOf(index) }}
        />
    )
}
