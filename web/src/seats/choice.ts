// What one chooses, by the drawing or the list, and what of it somebody else took meanwhile.
import { signal } from '@preact/signals'
import { price } from '../core/frame'
import { settings } from '../core/house'
import { t } from '../core/language'
import { say, sayAtOnce } from '../core/say'
import { accessible, companion, restricted } from './hall'
import { chosen, hall, isFree, priceOf, replace, seatNumber, seatPrice, toggle } from './model'

export const lost = signal<{ gone: readonly number[]; said: string } | null>(null)
export const limitReached = signal(false)

export const most = (): number => settings.value?.maxSeatsPerReservation ?? 1
export const names = (places: readonly number[]): string => places.map(seatNumber).join(', ')

// Of those that somebody else has now, the ones that are still chosen here.
export function seatsLost(taken: readonly number[]): void {
    const gone = taken.filter(place => chosen.value.includes(place))
    if (gone.length === 0) return
    const all = gone.length === chosen.value.length
    replace(gone, [])
    const said = t(all ? 'seatTakenAll' : 'seatTaken', { seats: names(gone) })
    lost.value = { gone, said }
    sayAtOnce(said)
}

export function takeNearest(nearest: readonly number[]): void {
    replace([], nearest.slice(0, most() - chosen.value.length))
    lost.value = null
}

// Takes the seat, or gives it back.
export function press(place: number): void {
    if (!isFree(place) && !chosen.value.includes(place)) {
        sayAtOnce(t('seatTakenAll', { seats: seatNumber(place) }))
        return
    }
    lost.value = null
    limitReached.value = !toggle(place, most())
    if (limitReached.value) sayAtOnce(t('limitReached', { n: most() }))
    else say(t('chosen', { n: chosen.value.length }))
}

export function seatLabel(place: number): string {
    const grade = priceOf(place)?.grade
    const seat = seatNumber(place)
    const flags = hall.value?.flags[place] ?? 0
    return [
        grade
            ? t('seatGrade', { seat, grade, price: price(seatPrice(place)) })
            : t('seatName', { seat, price: price(seatPrice(place)) }),
        flags & accessible ? t('accessible') : '',
        flags & companion ? t('companion') : '',
        flags & restricted ? t('restrictedView') : '',
    ]
        .filter(Boolean)
        .join(', ')
}
