// Houses to look at: with large halls, and with a line in which nobody moves.

import { ok } from '../../api/support/client.mjs'
import { House } from '../../api/support/house.mjs'
import { fromNow, makeConcert, signIn } from '../../api/support/people.mjs'

const BOSS = 'organizer@example.com'
const MONTH_MS = 30 * 86_400_000

// Sections of a thousand, in rows of fifty.
const sectionsOf = seats =>
    Array.from({ length: seats / 1000 }, (_, i) => ({ name: `S${i + 1}`, rows: 20, seatsPerRow: 50, price: 100 + 50 * (i % 5), grade: 'RSABC'[i % 5] }))

export async function withHall(seats, use) {
    const patient = { 'silent-seconds': 86_400, 'active-seconds': 86_400, 'max-active': 1000 }
    const house = await House.open(patient, { organizers: [BOSS] })
    try {
        const organizer = await signIn(house, BOSS)
        const concert = await makeConcert(organizer)
        const body = { startTime: fromNow(MONTH_MS), sections: sectionsOf(seats) }
        const round = ok(await organizer.post(`/v1/concerts/${concert.id}/rounds`, body), 201)
        return await use({ house, organizer, round })
    } finally {
        await house.close()
    }
}

// A thousand wait, of whom one is let in a second at most: somebody is inside for good, and there is room
// for no second.
const AHEAD = 1000
export async function withLine(use) {
    const full = { 'max-active': 1, 'admit-per-second': 1, 'silent-seconds': 86_400, 'active-seconds': 86_400 }
    const house = await House.prepare(full)
    const crowd = ['--users', AHEAD, '--tokens-file', `${house.data}/tokens`, '--join', '--concerts', 1, '--rounds', 1, '--seats', 100]
    const seeded = await house.usher(['seed', ...crowd.map(String), ...house.flags])
    if (seeded.code !== 0) throw new Error(seeded.stderr)
    await house.start()
    try {
        return await use({ house })
    } finally {
        await house.close()
    }
}
