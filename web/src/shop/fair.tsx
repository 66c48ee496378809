import { useMemo } from 'preact/hooks'
import type { Queue } from '../core/api'
import { read } from '../core/call'
import { span } from '../core/clock'
import { Frame, Loading } from '../core/frame'
import { settings } from '../core/house'
import { count, t } from '../core/language'
import { load, Shown } from '../core/loaded'

function Rules({ queue }: { queue: Queue }) {
    const house = settings.value
    if (house === null) return <Loading />
    return (
        <ul class="prose">
            <li>{t('fairNumber')}</li>
            <li>{t('fairReload')}</li>
            <li>{t('fairAway', { n: queue.silentSeconds })}</li>
            <li>{t('fairInside', { n: queue.maxActive, rate: count(queue.admitPerSecond) })}</li>
            <li>{t('fairTurn', { span: span(queue.activeSeconds * 1000) })}</li>
            <li>{t('fairHold', { span: span(house.holdSeconds * 1000) })}</li>
        </ul>
    )
}

export function Fair() {
    const loaded = useMemo(() => load(() => read<Queue>('/v1/queue')), [])
    return (
        <Frame title={t('fair')}>
            <h1>{t('fair')}</h1>
            <Shown loaded={loaded}>{queue => <Rules queue={queue} />}</Shown>
        </Frame>
    )
}
