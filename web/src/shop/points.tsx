import { useMemo } from 'preact/hooks'
import type { Entry, Points } from '../core/api'
import { read, readAll } from '../core/call'
import { dayAndTime } from '../core/clock'
import { amount, Frame, price } from '../core/frame'
import { type Key, t } from '../core/language'
import { load, Shown } from '../core/loaded'

const kinds: Record<Entry['kind'], Key> = {
    charge: 'kindCharge',
    payment: 'kindPayment',
    refund: 'kindRefund',
    adjustment: 'kindAdjustment',
}

async function account() {
    const [points, entries] = await Promise.all([
        read<Points>('/v1/points'),
        readAll<Entry>('/v1/points/entries', 200),
    ])
    return { points, entries }
}

function Entries({ entries }: { entries: Entry[] }) {
    if (entries.length === 0) return <p>{t('noEntries')}</p>
    return (
        <ul class="rows">
            {entries.map(entry => (
                <li key={entry.id}>
                    <span>{t(kinds[entry.kind])}</span>
                    <span class="dim">{dayAndTime(entry.createdAt)}</span>
                    <span class="number">
                        {entry.amount > 0 ? '+' : ''}
                        {amount(entry.amount)}
                    </span>
                </li>
            ))}
        </ul>
    )
}

export function PointsPage() {
    const loaded = useMemo(() => load(account), [])
    return (
        <Frame title={t('points')}>
            <h1>{t('points')}</h1>
            <Shown loaded={loaded}>
                {({ points, entries }) => (
                    <>
                        <p class="big">{t('balance', { price: price(points.balance) })}</p>
                        <Entries entries={entries} />
                    </>
                )}
            </Shown>
        </Frame>
    )
}
