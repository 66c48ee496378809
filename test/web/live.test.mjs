// The pages follow what happens in the house by its stream, and without one by asking: cut, refused,
// asleep, or with the server killed and started anew.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok } from '../api/support/client.mjs'
import { Events } from '../api/support/events.mjs'
import { House } from '../api/support/house.mjs'
import { admitted, buyers, charge, hold as holdSeats, makeConcert, makeRound, pay, seatsOf, signIn } from '../api/support/people.mjs'
import { until } from '../api/support/wait.mjs'
import { openPage, says, stopClock, streamOf } from './support/browser.mjs'
import { openDoor } from './support/door.mjs'
import { goIn, hold, openList, seat, signInAs, signUp, watch } from './support/walk.mjs'

const BOSS = 'organizer@example.com'

let house, organizer, concert
before(async () => {
    house = await House.open({}, { organizers: [BOSS] })
    organizer = await signIn(house, BOSS)
    concert = await makeConcert(organizer)
})
after(() => house.close())

const makeHall = (rows = 2, seatsPerRow = 5) => makeRound(organizer, concert, { rows, seatsPerRow })

// The streams that a person's browser has open. Of a window that is gone nobody tells that they ended.
function streamsOf(page) {
    const open = new Set()
    const isStream = request => new URL(request.url()).pathname === '/v1/events'
    const forget = gone => {
        for (const request of open) if (request.frame().page() === gone) open.delete(request)
    }
    const context = page.context()
    context.on('request', request => isStream(request) && open.add(request))
    for (const end of ['requestfinished', 'requestfailed']) context.on(end, request => open.delete(request))
    for (const event of ['close', 'crash']) {
        page.on(event, forget)
        context.on('page', one => one.on(event, forget))
    }
    return open
}

// The only one of them, once there is no other.
const onlyOf = async open =>
    (await until('a single stream', () => open.size === 1 && [...open]))[0]

const followed = request => [...new URL(request.url()).searchParams.keys()].sort().join()

const setHidden = (page, hidden) =>
    page.evaluate(hidden => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, hidden)

// From here on the page learns nothing by asking.
const silence = (page, pattern) => page.route(pattern, route => route.abort())

async function enter(page, round, name) {
    await signUp(page, name)
    const stream = streamOf(page)
    await goIn(page, round)
    assert.equal((await stream).status(), 200)
}

let others = 0

// Somebody else takes a seat of the round, by its place.
async function takeSeat(house, round, place) {
    const [other] = await buyers(house, `other${++others}`)
    await admitted(other)
    const seats = await seatsOf(other, round)
    return { other, held: ok(await holdSeats(other, round, seats[place]), 201) }
}

const gone = (page, number) => seat(page, number).waitFor({ state: 'detached' })

test('a seat that somebody takes is gone from the page without its asking, and comes back', async t => {
    const round = await makeHall()
    const page = await openPage(t, house)
    await enter(page, round)
    await silence(page, '**/availability*')
    const { other, held } = await takeSeat(house, round, 1)
    await gone(page, 'A-1-2')
    ok(await other.post(`/v1/reservations/${held.id}/cancel`))
    await seat(page, 'A-1-2').waitFor()
    // One that was chosen is named.
    await seat(page, 'A-2-3').click()
    await takeSeat(house, round, 7)
    await says(page, 'Somebody just took A-2-3.')
})

test('a house whose seats take more than a frame is asked for them', async t => {
    const round = await makeHall(50, 100)
    const page = await openPage(t, house)
    await enter(page, round)
    await takeSeat(house, round, 1)
    await gone(page, 'A-1-2')
    await seat(page, 'A-1-3').waitFor()
})

test('a page that is refused a stream asks instead', async t => {
    const small = await House.open({ streams: 1 }, { organizers: [BOSS] })
    t.after(() => small.close())
    const host = await signIn(small, BOSS)
    const round = await makeRound(host, await makeConcert(host), { rows: 2, seatsPerRow: 5 })
    const only = await Events.open(small.anybody)
    t.after(() => only.close())
    const page = await openPage(t, small)
    await signUp(page)
    const stream = streamOf(page)
    await goIn(page, round)
    assert.equal((await stream).status(), 503)
    await takeSeat(small, round, 0)
    await gone(page, 'A-1-1')
    await seat(page, 'A-1-2').waitFor()
})

test('a stream that is cut by a server that is killed comes back, and tells what was missed', async t => {
    const own = await House.open({}, { organizers: [BOSS] })
    t.after(() => own.close())
    const host = await signIn(own, BOSS)
    const round = await makeRound(host, await makeConcert(host), { rows: 2, seatsPerRow: 5 })
    const door = await openDoor(t, own)
    const page = await openPage(t, door)
    await enter(page, round)
    await silence(page, '**/availability*')
    await own.end('SIGKILL')
    await says(page, 'You’re offline')
    await own.start()
    await takeSeat(own, round, 2)
    await gone(page, 'A-1-3')
    await page.locator('.banner').waitFor({ state: 'detached' })
})

test('a phone that slept knows what happened meanwhile', async t => {
    const round = await makeHall()
    const page = await openPage(t, house)
    await enter(page, round)
    const phone = await page.context().newCDPSession(page)
    const lifecycle = state => phone.send('Page.setWebLifecycleState', { state })
    await lifecycle('frozen')
    await takeSeat(house, round, 3)
    await lifecycle('active')
    await gone(page, 'A-1-4')
})

test('a page that nobody looks at holds no stream', async t => {
    const round = await makeHall()
    const page = await openPage(t, house)
    await enter(page, round)
    const closed = page.waitForEvent('requestfinished', { predicate: request => request.url().includes('/v1/events') })
        .catch(() => {})
    const failed = page.waitForEvent('requestfailed', { predicate: request => request.url().includes('/v1/events') })
        .catch(() => {})
    await setHidden(page, true)
    await Promise.race([closed, failed])
    await takeSeat(house, round, 4)
    const stream = streamOf(page)
    await setHidden(page, false)
    assert.equal((await stream).status(), 200)
    await gone(page, 'A-1-5')
})

test('a turn that comes is told without asking', async t => {
    const narrow = await House.open({ 'max-active': 1 }, { organizers: [BOSS] })
    t.after(() => narrow.close())
    const host = await signIn(narrow, BOSS)
    const round = await makeRound(host, await makeConcert(host), { rows: 2, seatsPerRow: 5 })
    const [inside] = await buyers(narrow, 'inside')
    const first = await admitted(inside)
    const page = await openPage(t, narrow)
    await signUp(page)
    const stream = streamOf(page)
    await page.goto(`/line?join=1&to=/seats/${round.id}`)
    await says(page, 'Your number 2')
    assert.equal((await stream).status(), 200)
    await silence(page, '**/v1/queue**')
    ok(await inside.delete(`/v1/queue/tokens/${first.id}`), 204)
    await says(page, 'It’s your turn')
})

// From now on `looks` tells when the page asked for the queue, by its own clock, and `isQuiet` whether
// all that it asked was answered.
const noteLooks = page =>
    page.evaluate(() => {
        const { fetch } = window
        window.looks = []
        window.asking = 0
        window.fetch = async (path, options) => {
            if (path === '/v1/queue') window.looks.push(performance.now())
            window.asking++
            const answer = await fetch(path, options)
            const text = await answer.text()
            window.asking--
            return new Response(text || null, answer)
        }
    })

// Lets the page's clock go on until it looked so often; what lay between, in seconds.
async function secondsBetween(page, looks) {
    const isQuiet = () => page.evaluate(() => window.asking === 0)
    while ((await page.evaluate(() => window.looks.length)) < looks) {
        await page.clock.runFor(1000)
        await until('answers', isQuiet)
    }
    const times = await page.evaluate(() => window.looks.splice(0))
    return times.slice(1).map((time, i) => (time - times[i]) / 1000)
}

test('a hidden page in line asks twice in the time of silence, and its title tells whose turn it is', async t => {
    const narrow = await House.open({ 'max-active': 1, 'silent-seconds': 80 }, { organizers: [BOSS] })
    t.after(() => narrow.close())
    const host = await signIn(narrow, BOSS)
    const round = await makeRound(host, await makeConcert(host), { rows: 2, seatsPerRow: 5 })
    const [inside] = await buyers(narrow, 'inside')
    const first = await admitted(inside)
    const page = await openPage(t, narrow)
    await signUp(page)
    await page.route('**/v1/events*', route => route.abort())
    await page.clock.install()
    await page.goto(`/line?join=1&to=/seats/${round.id}`)
    await says(page, 'Your number 2')
    await stopClock(page)
    await noteLooks(page)
    await setHidden(page, true)
    const isHalf = silence => seconds => seconds >= silence / 2 && seconds < silence * 0.6
    const waiting = await secondsBetween(page, 4)
    assert.ok(waiting.slice(1).every(isHalf(80)), String(waiting))
    // Who is inside must be heard too, by what the house wants now.
    ok(await inside.delete(`/v1/queue/tokens/${first.id}`), 204)
    ok(await host.patch('/v1/queue', { silentSeconds: 30 }))
    await secondsBetween(page, 2)
    assert.match(await page.title(), /^It’s your turn/)
    const active = await secondsBetween(page, 3)
    assert.ok(active.every(isHalf(30)), String(active))
    assert.equal(new URL(page.url()).pathname, '/line')
})

test('a hold that is paid elsewhere is booked here, without asking', async t => {
    const round = await makeHall()
    const page = await openPage(t, house)
    await signUp(page, 'twice')
    await goIn(page, round)
    // What the next page asks at its own pace it asks by intervals.
    await page.addInitScript(() => {
        window.setInterval = () => 0
    })
    const stream = streamOf(page)
    await hold(page, 'A-1-1')
    assert.equal((await stream).status(), 200)
    const elsewhere = await signIn(house, 'twice@example.com')
    await charge(elsewhere, 5000)
    const [held] = ok(await elsewhere.get('/v1/reservations')).items
    ok(await pay(elsewhere, held), 201)
    await says(page, 'Booked.')
})

// Another window of the same browser, in the same hall.
async function another(page, round) {
    const other = await page.context().newPage()
    await other.goto(`/seats/${round.id}`)
    await openList(other)
    return other
}

const eachGone = (windows, number) => Promise.all(windows.map(page => gone(page, number)))

// As the server counts: of `most` streams, others can have all but one.
async function isOneOf(house, most) {
    const others = []
    await until(`${most - 1} streams that are free`, async () => {
        const one = await Events.open(house.anybody)
        if (one.status === 200) others.push(one)
        return others.length === most - 1
    })
    for (const one of others) one.close()
}

test('eight windows have one stream, and each that goes leaves it to another', async t => {
    const STREAMS = 9
    const house = await House.open({ streams: STREAMS }, { organizers: [BOSS] })
    t.after(() => house.close())
    const host = await signIn(house, BOSS)
    const round = await makeRound(host, await makeConcert(host), { rows: 2, seatsPerRow: 5 })
    const page = await openPage(t, house)
    const open = streamsOf(page)
    await enter(page, round)
    const windows = [page]
    while (windows.length < 8) windows.push(await another(page, round))
    await page.context().route('**/availability*', route => route.abort())
    await takeSeat(house, round, 0)
    await eachGone(windows, 'A-1-1')
    await isOneOf(house, STREAMS)
    const holder = async () => (await onlyOf(open)).frame().page()
    const without = gone => windows.splice(windows.indexOf(gone), 1)

    // Closed, hidden, and dead from one moment to the next.
    const closed = await holder()
    without(closed)
    await closed.close()
    await takeSeat(house, round, 1)
    await eachGone(windows, 'A-1-2')

    const hidden = await holder()
    without(hidden)
    await setHidden(hidden, true)
    await takeSeat(house, round, 2)
    await eachGone(windows, 'A-1-3')
    assert.ok((await holder()) !== hidden, 'who is hidden holds on')

    // Whoever is back hears what the others hear.
    await setHidden(hidden, false)
    windows.push(hidden)
    await takeSeat(house, round, 3)
    await eachGone(windows, 'A-1-4')

    const dead = await holder()
    without(dead)
    const crash = await page.context().newCDPSession(dead)
    crash.send('Page.crash').catch(() => {}) // nobody is there to answer
    await takeSeat(house, round, 4)
    await eachGone(windows, 'A-1-5')
    assert.ok((await holder()) !== dead, 'who is dead holds on')
})

test('what windows want is joined, and a window in another hall asks', async t => {
    const [round, other] = [await makeHall(), await makeHall()]
    const page = await openPage(t, house)
    const open = streamsOf(page)
    await signInAs(page, BOSS)
    await watch(page, round)
    await openList(page)
    const desk = await page.context().newPage()
    await desk.goto('/desk')
    await until('one stream for both', async () => followed(await onlyOf(open)) === 'desk,roundId,token')
    await page.context().route('**/v1/stats*', route => route.abort())
    await page.context().route(`**/${round.id}/availability*`, route => route.abort())
    await takeSeat(house, round, 0)
    await gone(page, 'A-1-1')

    const second = await another(page, other)
    await until('one stream for all', async () => followed(await onlyOf(open)) === 'desk,roundId,token')
    const [followedId, asked] = [round.id, other.id]
    assert.ok([followedId, asked].includes(new URL((await onlyOf(open)).url()).searchParams.get('roundId')))
    await takeSeat(house, other, 0)
    await gone(second, 'A-1-1')
    await takeSeat(house, round, 1)
    await gone(page, 'A-1-2')
    // The first window gone, the stream follows the second's hall.
    await page.close()
    await until('the other hall', async () => (await onlyOf(open)).url().includes(other.id))
    await page.context().route(`**/${other.id}/availability*`, route => route.abort())
    await takeSeat(house, other, 1)
    await gone(second, 'A-1-2')
})

test('where a browser has no locks, each window has a stream', async t => {
    const round = await makeHall()
    const page = await openPage(t, house)
    await page.context().addInitScript(() => delete Navigator.prototype.locks)
    const open = streamsOf(page)
    await enter(page, round)
    const windows = [page, await another(page, round)]
    await until('two streams', () => open.size === 2)
    await page.context().route('**/availability*', route => route.abort())
    await takeSeat(house, round, 0)
    await eachGone(windows, 'A-1-1')
})
