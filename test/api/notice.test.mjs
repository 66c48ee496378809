// What an organizer tells everybody in line.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { invalid, ok, refused } from './support/client.mjs'
import { buyer, openHouse } from './support/people.mjs'

let house, organizer, ann
before(async () => {
    ;({ house, organizer } = await openHouse())
    ann = await buyer(house, 'ann')
})
after(() => house.close())

const path = '/v1/queue/notice'
const texts = { ko: '열차가 늦어 30분 늦게 시작합니다.', en: 'It begins half an hour late.' }
const good = { texts, level: 'warning', until: '2100-01-01T00:00:00.000Z' }
const put = (body, client = organizer) => client.request('PUT', path, { body })
const told = async () => ok(await house.anybody.get('/v1/queue')).notice

describe('the notice', () => {
    test('is not there before somebody tells one', async () => {
        assert.equal(await told(), null)
        ok(await organizer.delete(path), 204)
    })

    test('is told in the place of the one before it, and taken back', async () => {
        const queue = ok(await put(good))
        assert.deepEqual(queue.notice, good)
        assert.deepEqual(await told(), good)
        const other = { texts: { ko: '곧', en: 'Soon' }, level: 'info', until: null }
        assert.deepEqual(ok(await put(other)).notice, other)
        const { until, ...without } = other
        assert.deepEqual(ok(await put(without)).notice, other)
        const longest = { ko: '가'.repeat(160), en: '🎫'.repeat(160) }
        assert.deepEqual(ok(await put({ ...good, texts: longest })).notice.texts, longest)
        ok(await organizer.delete(path), 204)
        ok(await organizer.delete(path), 204)
        assert.equal(await told(), null)
    })

    test('is told to nobody any more after its time', async () => {
        const until = new Date(Date.now() + 1500).toISOString()
        assert.deepEqual(ok(await put({ ...good, until })).notice, { ...good, until })
        while ((await told()) !== null)
            assert.ok(Date.now() < Date.parse(until) + 10_000, 'it is told on and on')
        assert.ok(Date.now() >= Date.parse(until))
    })

    const wrong = [
        ['/texts', { texts: undefined }],
        ['/texts/ko', { texts: { en: texts.en } }],
        ['/texts/en', { texts: { ...texts, en: '' } }],
        ['/texts/en', { texts: { ...texts, en: 'two\nlines' } }],
        ['/texts/ko', { texts: { ...texts, ko: '가'.repeat(161) } }],
        ['/texts/fr', { texts: { ...texts, fr: 'Bientôt' } }],
        ['/level', { level: undefined }],
        ['/level', { level: 'error' }],
        ['/until', { until: 'tomorrow' }],
        ['/until', { until: '2020-01-01T00:00:00Z' }],
        ['/until', { until: '1970-01-01T00:00:00Z' }],
    ]
    for (const [field, change] of wrong)
        test(`is not ${JSON.stringify(change).slice(0, 60)}`, async () => {
            ok(await put(good))
            invalid(await put({ ...good, ...change }), field)
            assert.deepEqual(await told(), good)
        })

    test('is the organizer’s to tell and to take back', async () => {
        ok(await put(good))
        refused(await put({ ...good, level: 'info' }, ann), 403, 'forbidden')
        refused(await ann.delete(path), 403, 'forbidden')
        refused(await put(good, house.anybody), 401, 'unauthenticated')
        refused(await house.anybody.delete(path), 401, 'unauthenticated')
        assert.deepEqual(await told(), good)
    })
})
