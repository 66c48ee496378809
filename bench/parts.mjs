// What is measured: the parts in their order, and what each of their figures means. A row is the
// figure's name, its label and its unit. Rates are compared with the part's first row, or with the
// row that `references` names. What is measured `once`, and not in each round, takes long and is
// steady. BENCH_ONLY also picks the parts of a `group`.
import { rowsBeside } from './beside.mjs';
import { doorHolds, doorIdle, doorPolls, doorSlow } from './door.mjs';
import { bookkeeper, memory } from './footprint.mjs';
import { growth, holds, joins, latency, polls, purchases } from './rates.mjs';
import { rush } from './rush.mjs';

const constant = 'libmicrohttpd, a constant answer';

export const parts = [
  { name: 'holds', title: 'Holds, each on disk before its answer', measure: holds, rows: [
    ['usher', 'usher over HTTP', '/s'],
    ['constant', `${constant} to the same requests`, '/s'],
    ['redisAlways', 'Redis, EVALSHA, appendfsync always', '/s'],
    ['redisEverysec', 'Redis, EVALSHA, everysec (may lose a second)', '/s'],
    ['postgres', 'PostgreSQL, pgbench -M prepared, a pool of 8 a core', '/s']] },
  { name: 'purchases', title: 'Purchases: join, hold and pay, all on disk', measure: purchases, rows: [
    ['usher', 'usher over HTTP, a burst of 20 s or more', '/s'],
    ['sqlite', 'rows updated in SQLite, batches as large, no HTTP', '/s'],
    ['postgres', 'PostgreSQL, pgbench -M prepared, a pool of 8 a core', '/s'],
    ['constant', `${constant} to a hold (one request)`, '/s'],
    ['batch', 'usher’s batch', 'requests']] },
  { name: 'polls', title: 'Polls, a million people in line', measure: polls, rows: [
    ['queue', 'usher: GET /v1/queue', '/s'],
    ['queueConstant', `${constant} of its size`, '/s'],
    ['queueNginx', 'nginx, a static file of its size', '/s'],
    ['token', 'usher: GET /v1/queue/tokens/current', '/s'],
    ['tokenConstant', `${constant} of its size`, '/s'],
    ['tokenNginx', 'nginx, a static file of its size', '/s'],
    ['same', 'usher: availability, unchanged (304)', '/s'],
    ['sameConstant', `${constant} (304)`, '/s'],
    ['sameNginx', 'nginx, a static file, unchanged (304)', '/s'],
    ['seats', 'usher: availability of 20,000 seats', '/s'],
    ['seatsConstant', `${constant} of its size`, '/s'],
    ['seatsNginx', 'nginx, a static file of its size', '/s']],
  references: { queueConstant: 'queue', queueNginx: 'queue', tokenConstant: 'token', tokenNginx: 'token',
    sameConstant: 'same', sameNginx: 'same', seatsConstant: 'seats', seatsNginx: 'seats' } },
  { name: 'joins', title: 'Joins, a million people from a thousand connections', measure: joins, rows: [
    ['usher', 'usher over HTTP', '/s']] },
  { name: 'latency', title: 'A hold at a fixed rate, from its intended start', measure: latency, rows: [
    ['half_p50', 'at 50 % of the peak: median', 'ms'],
    ['half_p99', 'at 50 % of the peak: 99 %', 'ms'],
    ['half_p999', 'at 50 % of the peak: 99.9 %', 'ms'],
    ['half_constant', 'constant answer at that rate: 99 %', 'ms'],
    ['most_p50', 'at 80 % of the peak: median', 'ms'],
    ['most_p99', 'at 80 % of the peak: 99 %', 'ms'],
    ['most_p999', 'at 80 % of the peak: 99.9 %', 'ms'],
    ['most_constant', 'constant answer at that rate: 99 %', 'ms'],
    ['peak', 'the peak that was taken', 'holds/s']] },
  { name: 'growth', title: 'Holds in houses of different size', measure: growth, rows: [
    ['people1k', '1 thousand people in line (and 20 thousand who hold)', '/s'],
    ['people100k', '100 thousand in line', '/s'],
    ['people1m', '1 million in line', '/s'],
    ['seats100', 'rounds of 100 seats', '/s'],
    ['seats10k', 'rounds of 10,000 seats', '/s'],
    ['seats200k', 'a round of 200,000 seats', '/s']],
  references: {} },
  { name: 'memory', title: 'A million people with accounts and places in line', measure: memory, rows: rowsBeside([
    ['perMillion', 'resident memory for them', 'MB'],
    ['peak', 'its peak, while it starts', 'MB'],
    ['restart', 'start with them and 200,000 seats, until ready', 's']]) },
  { name: 'doorHolds', group: 'door', title: 'What a hold takes of the processor, its booking included',
    measure: doorHolds, references: {}, rows: rowsBeside([
      ['cpu64', 'from 64 connections', 'µs'],
      ['cpu256', 'from 256', 'µs'],
      ['cpu1000', 'from 1,000', 'µs'],
      ['rate64', 'holds from 64 connections', '/s'],
      ['rate256', 'from 256', '/s'],
      ['rate1000', 'from 1,000', '/s']]) },
  { name: 'doorPolls', group: 'door', title: 'Polls, and what one takes of the processor',
    measure: doorPolls, rows: rowsBeside([
      ['queue', 'usher: GET /v1/queue', '/s'],
      ['queueConstant', `${constant} of its size`, '/s'],
      ['same', 'usher: availability, unchanged (304)', '/s'],
      ['sameConstant', `${constant} (304)`, '/s'],
      ['queueCpu', 'GET /v1/queue', 'µs'],
      ['sameCpu', 'availability, unchanged (304)', 'µs']]),
    references: { queueConstant: 'queue', queueConstantBase: 'queueBase', sameConstant: 'same',
      sameConstantBase: 'sameBase' } },
  { name: 'doorIdle', group: 'door', title: '10,000 connections that asked once and keep still',
    measure: doorIdle, rows: rowsBeside([
      ['all', 'resident memory of the server', 'MB'],
      ['each', 'of it for a connection', 'bytes']]) },
  { name: 'doorSlow', group: 'door',
    title: '1,000 good clients beside 2,000 slow heads, 2,000 slow bodies and 2,000 slow readers',
    measure: doorSlow, rows: rowsBeside([
      ['alone', 'a poll without the slow ones: 99 %', 'ms'],
      ['beside', 'a poll beside them: 99 %', 'ms'],
      ['refused', 'good clients’ polls refused, connections broken', 'polls'],
      ['slow', 'slow clients let in, when the good ones came', 'connections'],
      ['memory', 'resident memory of the server then', 'MB']]) },
  { name: 'bookkeeper', title: 'Behind half a million purchases', measure: bookkeeper, once: true, rows: [
    ['bought', 'the purchases', 'purchases/s'],
    ['unbooked', 'rows not booked at the last of them', 'rows'],
    ['catchUp', 'until all are booked', 's'],
    ['bytes', 'on disk for each purchase', 'bytes'],
    ['idle', 'holds with nothing left to book', 'holds/s'],
    ['busy', 'holds right behind 200,000 more purchases', 'holds/s'],
    ['busyUnbooked', 'rows not booked when those began', 'rows']] },
  { name: 'rush', title: 'A rush: 100,000 people for 20,000 seats', measure: rush, once: true, rows: [
    ['seconds', 'from the first join to the last goodbye', 's'],
    ['requests', 'requests', 'requests/s'],
    ['sold', 'seats sold, none twice, all as told', 'seats'],
    ['bought', 'people who bought', 'people'],
    ['left', 'people who went home', 'people'],
    ['lostRaces', 'races lost (409)', 'answers'],
    ['poll_p99', 'a poll: 99 %', 'ms'],
    ['hold_p99', 'a hold: 99 %', 'ms'],
    ['pay_p99', 'a payment: 99 %', 'ms']] },
];

// The row that a rate is compared with, or undefined.
export function referenceOf(part, name) {
  if (part.references) return part.references[name];
  const [first, , unit] = part.rows[0];
  const rate = part.rows.find((row) => row[0] === name)[2];
  return name !== first && unit === '/s' && rate === '/s' ? first : undefined;
}
