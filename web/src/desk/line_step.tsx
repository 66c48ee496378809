// How people will be let in, beside how many seats there are, and how long those who wait would wait.
import { useMemo } from 'preact/hooks'
import type { Forecast, Queue, Round } from '../core/api'
import { inquire, read } from '../core/call'
import { dayAndTime, serverNow, span } from '../core/clock'
import { may } from '../core/house'
import { t } from '../core/language'
import { load, Shown } from '../core/loaded'
import { JoinOpens } from './join_opens'

interface Look {
    line: Queue
    // Null: who looks may not see counts.
    forecast: Forecast | null
    at: number
}

async function look(): Promise<Look> {
    const line = await read<Queue>('/v1/queue')
    const { admitPerSecond, maxActive } = line
    const forecast = may('stats')
        ? await inquire<Forecast>('/v1/queue/forecast', { admitPerSecond, maxActive })
        : null
    return { line, forecast, at: serverNow() }
}

function Words({ forecast, at }: { forecast: Forecast; at: number }) {
    const { low, high } = forecast.lastWaitSeconds
    return (
        <p>
            {forecast.waiting === 0
                ? t('forecastNobody')
                : t('forecastNow', {
                      n: forecast.waiting,
                      from: dayAndTime(at + low * 1000),
                      to: dayAndTime(at + high * 1000),
                  })}
        </p>
    )
}

export function LineStep({ rounds }: { rounds: Round[] }) {
    const now = useMemo(() => load(look), [])
    const seats = rounds.reduce((sum, { totalSeatCnt }) => sum + totalSeatCnt, 0)
    return (
        <Shown loaded={now}>
            {({ line, forecast, at }) => (
                <>
                    <p>
                        {t('paceNow', {
                            rate: line.admitPerSecond,
                            most: line.maxActive,
                        })}
                    </p>
                    {seats === 0 ? null : (
                        <p>
                            {t('paceSeats', {
                                n: seats,
                                span: span((seats / line.admitPerSecond) * 1000),
                            })}
                        </p>
                    )}
                    {forecast === null ? null : <Words forecast={forecast} at={at} />}
                    {may('queue:write') ? (
                        <JoinOpens line={line} hear={() => now.refresh()} />
                    ) : null}
                    {may('stats') || may('queue:write') ? (
                        <a href="/desk/line">{t('toLine')}</a>
                    ) : null}
                </>
            )}
        </Shown>
    )
}
