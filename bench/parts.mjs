// What is measured: the parts in their order, and what each of their figures means. A row is the
// figure's name, its label and its unit; it is left out where the figure was not measured, as without
// BENCH_BASE. Beside a rate stands what one took of the server's processor,
// the figure of that name with "Cpu" behind it, where there is one. Rates are compared with the row
// that `references` names. What is measured `once`, and not in each round, takes long and is steady.
import { bare } from './bare.mjs';
import { rowsBeside } from './beside.mjs';
import { idle, slow } from './connections.mjs';
import { contest } from './contest.mjs';
import { contestantsFor } from './contestants.mjs';
import { bookkeeper, memory } from './footprint.mjs';
import { instructions } from './instructions.mjs';
import { streams } from './live.mjs';
import { number } from './numbers.mjs';
import { polls } from './polls.mjs';
import { growth, joins, latency } from './rates.mjs';
import { rehearsal } from './rehearsal.mjs';
import { rush } from './rush.mjs';
import { counts, suffixes } from './settings.mjs';
import { exports, holdsInWays } from './ways.mjs';

const constant = 'libmicrohttpd, a constant answer';

// A row for each contestant at each number of connections; usher is the reference of all.
function contestPart(work, title) {
  const rows = counts.flatMap((connections) => contestantsFor(work).map(({ name, label }, i) =>
    [`${name}${connections}`, `${i === 0 ? `${number(connections)} connections:` : '—'} ${label}`, '/s']));
  const references = Object.fromEntries(counts.flatMap((connections) =>
    contestantsFor(work).slice(1).map(({ name }) => [`${name}${connections}`, `usher${connections}`])));
  const books = counts.flatMap((connections) => suffixes.map((suffix) =>
    [`usher${suffix}${connections}Books`, suffix ? '— the base'
      : `${number(connections)} connections: of it for booking`, 'µs']));
  return { name: work, title, measure: (round) => contest(work, round), rows: [...rows, ...books], references };
}

export const parts = [
  contestPart('holds', 'Holds, each on disk before its answer'),
  contestPart('purchases', 'Purchases: join, hold and pay, all on disk'),
  { name: 'bare', title: 'Stores without HTTP, by their own loads', measure: bare, once: true, rows: [
    ['redisAlways', 'a hold in Redis, EVALSHA, appendfsync always', '/s'],
    ['redisEverysec', 'a hold in Redis, everysec (may lose a second)', '/s'],
    ['postgresHolds', 'a hold in PostgreSQL, pgbench -M prepared', '/s'],
    ['sqlitePurchases', 'a purchase in SQLite, 24 steps a transaction', '/s'],
    ['postgresPurchases', 'a purchase in PostgreSQL, pgbench -M prepared', '/s']] },
  { name: 'polls', title: 'Polls, a million people in line', measure: polls, rows: [
    ...rowsBeside([['queue', 'GET /v1/queue', '/s']]),
    ['queueConstant', `— ${constant} of its size`, '/s'],
    ['queueNginx', '— nginx, a static file of its size', '/s'],
    ...rowsBeside([['same', 'availability, unchanged (304)', '/s']]),
    ['sameConstant', `— ${constant} (304)`, '/s'],
    ['sameNginx', '— nginx, a static file, unchanged (304)', '/s'],
    ...rowsBeside([['token', 'GET /v1/queue/tokens/current', '/s']]),
    ['tokenConstant', `— ${constant} of its size`, '/s']],
  references: { queueConstant: 'queue', queueNginx: 'queue', queueBase: 'queue', sameConstant: 'same',
    sameNginx: 'same', sameBase: 'same', tokenConstant: 'token', tokenBase: 'token' } },
  { name: 'joins', title: 'Joins, a million people from a thousand connections', measure: joins, once: true,
    rows: [['usher', 'usher', '/s']] },
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
  { name: 'streams', title: '5,000 streams, each of its token and one of ten rounds', measure: streams, rows: [
    ['alone', 'holds without them', 'holds/s'],
    ['beside', 'holds beside them', 'holds/s'],
    ['share', 'of a processor for 2,000 holds a second, told to all', '%'],
    ['median', 'from a hold’s answer until it is told: median', 'ms'],
    ['p99', 'from a hold’s answer until it is told: 99 %', 'ms']] },
  { name: 'ways', title: 'Holds in other ways', measure: holdsInWays, rows: [
    ['plain', 'a seat by its id', '/s'],
    ['keyed', '— with an Idempotency-Key', '/s'],
    ['best', '— the best seat that is free', '/s']],
  references: { keyed: 'plain', best: 'plain' } },
  { name: 'exports', title: 'An export of a million payments', measure: exports, once: true, rows: [
    ['rows', 'rows', 'rows'],
    ['memory', 'resident memory for it, at the most', 'MB'],
    ['alone', 'holds without an export', 'holds/s'],
    ['beside', 'holds beside one export after the other', 'holds/s']] },
  { name: 'growth', title: 'Holds in houses of different size', measure: growth, once: true, rows: [
    ['people1k', '1 thousand people in line (and 20 thousand who hold)', '/s'],
    ['people1m', '1 million in line', '/s'],
    ['seats100', 'rounds of 100 seats', '/s'],
    ['seats200k', 'a round of 200,000 seats', '/s']] },
  { name: 'memory', title: 'A million people with accounts and places in line', measure: memory,
    rows: rowsBeside([
      ['perMillion', 'resident memory for them', 'MB'],
      ['peak', 'its peak, while it starts', 'MB'],
      ['restart', 'start with them and 200,000 seats, until ready', 's'],
      ['startBusy', 'of the processor until ready', 's']]) },
  { name: 'idle', title: '10,000 connections that asked once and keep still', measure: idle, once: true,
    rows: rowsBeside([
      ['all', 'resident memory of the server', 'MB'],
      ['each', 'of it for a connection', 'bytes']]) },
  { name: 'slow', once: true,
    title: '1,000 good clients beside 2,000 slow heads, 2,000 slow bodies and 2,000 slow readers',
    measure: slow, rows: rowsBeside([
      ['alone', 'a poll without the slow ones: 99 %', 'ms'],
      ['beside', 'a poll beside them: 99 %', 'ms'],
      ['refused', 'good clients’ polls refused, connections broken', 'polls'],
      ['slow', 'slow clients let in, when the good ones came', 'connections'],
      ['memory', 'resident memory of the server then', 'MB']]) },
  { name: 'bookkeeper', title: 'Behind 300,000 purchases', measure: bookkeeper, once: true, rows: [
    ...rowsBeside([
      ['bought', 'the purchases', 'purchases/s'],
      ['unbooked', 'rows not booked at the last of them', 'rows'],
      ['catchUp', 'until all are booked', 's'],
      ['cpu', 'of the processor for booking each', 'µs'],
      ['bytes', 'on disk for each, after a stop', 'bytes'],
      ['logs', 'of logs beside that before it', 'MB']]),
    ['idle', 'holds with nothing left to book', 'holds/s'],
    ['busy', 'holds right behind 200,000 purchases', 'holds/s'],
    ['busyUnbooked', 'rows not booked when those began', 'rows']] },
  { name: 'instructions', title: 'Instructions of the server for one, booking included, 64 connections',
    measure: instructions, once: true, rows: rowsBeside([
      ['holds', 'a hold', 'instructions'],
      ['purchases', 'a purchase: join, hold and pay', 'instructions']]) },
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
  { name: 'rehearsal', title: 'A rehearsal: a million buyers for 50,000 seats', measure: rehearsal, rows: [
    ['seconds', 'until it is told', 's'],
    ['memory', 'memory at the most', 'MB']] },
];

// The row that a rate is compared with, or undefined.
export const referenceOf = (part, name) => part.references?.[name];
