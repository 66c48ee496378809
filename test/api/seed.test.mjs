// docs/seed.md: where each field of the data model that usher began with is now. What the page names
// must be there, in the tables of a server and in the description of the API.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { document } from './support/document.mjs'
import { House, sql } from './support/house.mjs'

const SEED = {
    User: ['id', 'name', 'email'],
    PointAccount: ['userId', 'balance', 'lastUpdated'],
    QueueToken: ['id', 'userId', 'status', 'issuedAt', 'activateAt', 'expiresAt'],
    SeatReservation: [
        'id',
        'userId',
        'status',
        'seatId',
        'reservedAt',
        'expiresAt',
        'usedPoints',
        'paymentId',
    ],
    Payment: ['id', 'userId', 'amount', 'status', 'paidAt'],
    Concert: ['id', 'title', 'description', 'reservationOpenAt', 'reservationCloseAt'],
    ConcertRound: ['id', 'concertId', 'startTime', 'totalSeatCnt'],
    Seat: ['id', 'concertRoundId', 'seatNumber', 'price', 'status'],
}

// Fields that are no string there.
const INTEGERS = ['balance', 'usedPoints', 'amount', 'totalSeatCnt', 'price']
const isTime = field => /(At|Time|Updated)$/.test(field)

const page = readFileSync(new URL('../../docs/seed.md', import.meta.url), 'utf8')

const bare = cell => cell.trim().replaceAll('`', '')
const rowsOf = text =>
    [...text.matchAll(/^\|(.*)\|$/gm)]
        .map(([, row]) => row.split('|').map(bare))
        .filter(([first]) => !/^(seed|table|-{3,})$/.test(first))

// The page's sections: the entity's name, its rows, and the routes that show it.
const sections = page
    .split(/^## /m)
    .slice(1)
    .map(text => ({
        name: text.split('\n')[0],
        rows: rowsOf(text),
        routes: [.../^Where: (.*)$/m.exec(text)?.[1].matchAll(/`([A-Z]+) ([^`]+)`/g) ?? []],
    }))
const entities = sections.slice(0, -1)
const beyond = sections.at(-1)

let columns
before(async () => {
    const house = await House.open()
    await house.stop()
    const text = await sql(
        join(house.data, 'usher.db'),
        `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table';`
    )
    columns = new Set(text.split('\n'))
    await house.close()
})

describe('the page of the seed', () => {
    test('has each entity and each field, in the order of the seed', () => {
        const told = entities.map(({ name, rows }) => [
            name,
            rows.map(([field]) => field).filter(field => field !== '-'),
        ])
        assert.deepEqual(Object.fromEntries(told), SEED)
        assert.deepEqual(
            told.map(([name]) => name),
            Object.keys(SEED)
        )
    })

    test('names columns that are there, each once', () => {
        const named = entities.flatMap(({ rows }) => rows.map(([, column]) => column))
        assert.equal(new Set(named).size, named.length)
        assert.deepEqual(
            named.filter(column => !columns.has(column)),
            []
        )
    })

    test('names every column of the tables that have a field of the seed', () => {
        const named = new Set(entities.flatMap(({ rows }) => rows.map(([, column]) => column)))
        const tables = new Set([...named].map(column => column.split('.')[0]))
        assert.deepEqual(
            [...columns].filter(each => tables.has(each.split('.')[0]) && !named.has(each)),
            []
        )
    })

    test('names members that the description has', () => {
        for (const { name, rows } of entities)
            for (const [field, column, member] of rows) {
                if (member === '-' && field === '-') continue
                const [object, property] = member.split('.')
                const schema = document.components.schemas[object]?.properties[property]
                assert.ok(schema, `${name}: ${column}: ${member}`)
                if (field === '-') continue
                assert.equal(property, field)
                const type = INTEGERS.includes(field) ? 'integer' : 'string'
                assert.ok([schema.type].flat().includes(type), `${name}.${field}`)
                assert.equal(schema.format === 'date-time', isTime(field), `${name}.${field}`)
            }
    })

    test('gives a reason for each field beyond the seed, or shows it', () => {
        for (const { name, rows } of entities)
            for (const [field, column, member, why] of rows)
                assert.ok(field !== '-' || why !== '' || member !== '-', `${name}: ${column}`)
    })

    test('names routes that are there', () => {
        for (const { name, routes } of entities) {
            assert.ok(routes.length > 0, name)
            for (const [, method, path] of routes)
                assert.ok(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`)
        }
    })

    test('names every other table', () => {
        const tables = new Set([...columns].map(column => column.split('.')[0]))
        const told = new Set(entities.flatMap(({ rows }) => rows.map(([, column]) => column.split('.')[0])))
        const others = beyond.rows.map(([table]) => table)
        // What the store keeps for itself is no row of the house's.
        for (const own of ['bookkeeping', 'happening', 'change', 'house_minute']) tables.delete(own)
        assert.deepEqual([...tables].filter(table => !told.has(table) && !others.includes(table)), [])
        assert.deepEqual(others.filter(table => !tables.has(table)), [])
    })
})
