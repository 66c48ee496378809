// How many of a page's files the server answers, to a constant answer of the same size (bench/floor.c).

import { withConstant } from '../../../bench/constant.mjs'
import { load } from '../../../bench/load.mjs'
import { median } from '../../../bench/numbers.mjs'
import { House } from '../../api/support/house.mjs'
import { filesOf } from './bytes.mjs'
import { runs, seconds } from './browser.mjs'

export async function* statics() {
    const house = await House.open()
    try {
        const page = await (await fetch(`${house.url}/line`)).text()
        const path = filesOf(page).find(name => name.endsWith('.js'))
        const header = 'Accept-Encoding: gzip'
        const sent = await fetch(`${house.url}${path}`, { headers: { 'accept-encoding': 'gzip' } })
        const size = Number(sent.headers.get('content-length'))
        await sent.arrayBuffer()
        const rate = async port => (await load('fixed', port, { seconds, path, header })).perSecond
        const ours = [], constants = []
        for (let run = 0; run < runs; run++) {
            ours.push(await rate(new URL(house.url).port))
            constants.push(await withConstant(200, size, rate))
        }
        yield { what: `a page's script of ${size} bytes, answers a second`, found: median(ours) }
        yield { what: 'the same, to a constant answer', found: median(ours.map((one, run) => one / constants[run])), least: 0.9 }
    } finally {
        await house.close()
    }
}
