// How much a second: holds, purchases, polls and joins, on usher and on its peers; and what a hold's
// latency is below the peak. Each function is one round, and answers its figures by name.
import { readFile } from 'node:fs/promises';
import { booked, metrics, withHouse } from './house.mjs';
import { load } from './load.mjs';
import { postgres, redisHolds, sqlitePurchases, withConstant, withNginx } from './peers.mjs';
import { connections, scaled, seconds } from './settings.mjs';

const perSecond = async (work, port, options) =>
  (await load(work, port, { seconds, ...options })).perSecond;

// Seats for all holds of so many seconds, at a rate that no machine of today comes to; and people
// enough that nobody comes to a limit of theirs.
const seatsEach = Math.min(Math.max(scaled(200_000), 40_000 * seconds), 200_000);
const peopleLeast = seatsEach / 2;

// A hundred thousand people inside, two million free seats.
// People and seats meet by chance, so somebody holds many of one round.
export const holding = { inside: Math.max(scaled(100_000), peopleLeast), rounds: 10, seats: seatsEach,
  settings: { 'max-seats-per-user': 1000 } };

// Seconds in which purchases are made without a pause.
const burst = Math.max(4 * seconds, scaled(20));

// And half a million outside.
export const selling = { ...holding, outside: Math.max(scaled(500_000), peopleLeast) };

// Who holds, and who stands in line behind them; twenty thousand seats a round.
export const lining = (waiting) => ({ inside: scaled(20_000), waiting: scaled(waiting), rounds: 10,
  seats: scaled(20_000), settings: { 'max-active': scaled(20_000), 'max-seats-per-user': 20 } });

// The bytes of an answer's body to the hold that `load holds` makes.
const holdAnswerBytes = 499;

const constantHolds = (files) => withConstant(201, holdAnswerBytes,
  (port) => perSecond('holds', port, { again: true, ...files }));

export async function holds() {
  const figures = await withHouse('holding', holding, async (house) => {
    const files = { people: house.people, seats: house.seats };
    const usher = await perSecond('holds', house.port, files);
    await house.stop();
    return { usher, constant: await constantHolds(files) };
  });
  figures.redisAlways = await redisHolds('always');
  figures.redisEverysec = await redisHolds('everysec');
  figures.postgres = await postgres(['hold'], 'held', 'inside');
  return figures;
}

// Purchases in a burst; batches in requests, as usher counts them.
export async function purchases() {
  const figures = await withHouse('selling', selling, async (house) => {
    const files = { people: house.others, seats: house.seats };
    const before = await metrics(house);
    const { perSecond: usher } = await load('purchases', house.port, { seconds: burst, ...files });
    const after = await metrics(house);
    const batch = (after.batch_requests_total - before.batch_requests_total)
      / (after.batches_total - before.batches_total);
    await house.stop();
    const steps = Math.max(Math.round(batch), 1);
    const sqlite = await sqlitePurchases(house.template, steps);
    return { usher, batch, sqlite, constant: await constantHolds(files) };
  });
  figures.postgres = await postgres(['join', 'hold', 'pay'], 'sold');
  return figures;
}

// One kind of poll on usher, on a constant answer of the same status and size, and on nginx.
async function pollsOf(name, work, house, path, options, conditional = false) {
  const answer = await fetch(`${house.url}${path}`, {
    headers: work === 'polls' ? { authorization: `Bearer ${house.someone}` } : {} });
  const body = await answer.text();
  const conditionOf = (etag) => (conditional ? { header: `If-None-Match: ${etag}` } : {});
  const ask = (port, etag) => perSecond(work, port, { ...options, path, ...conditionOf(etag) });
  const usher = await ask(house.port, answer.headers.get('etag'));
  const [status, bytes] = conditional ? [304, 0] : [200, Buffer.byteLength(body)];
  const constant = await withConstant(status, bytes, (port) => ask(port, answer.headers.get('etag')));
  const nginx = await withNginx(body, async (port) => {
    const etag = (await fetch(`http://127.0.0.1:${port}${path}`)).headers.get('etag');
    return ask(port, etag);
  });
  return { [name]: usher, [`${name}Constant`]: constant, [`${name}Nginx`]: nginx };
}

export const polls = () => withHouse('lining-million', lining(1_000_000), async (house) => {
  const someone = (await readFile(house.others, 'utf8')).split(' ', 1)[0];
  const availability = `/v1/rounds/${await house.round()}/availability`;
  const asked = { ...house, someone };
  return {
    ...await pollsOf('queue', 'fixed', asked, '/v1/queue', {}),
    ...await pollsOf('token', 'polls', asked, '/v1/queue/tokens/current', { people: house.others }),
    ...await pollsOf('same', 'fixed', asked, availability, {}, true),
    ...await pollsOf('seats', 'fixed', asked, availability, {}),
  };
});

// Nobody has joined, and few are let in.
const opening = { outside: scaled(1_000_000), rounds: 1, seats: 1000,
  settings: { 'max-active': 1000, 'admit-per-second': 100 } };

export const joins = () => withHouse('outside-million', opening, async (house) => ({
  usher: (await load('joins', house.port,
    { count: opening.outside, connections: 1000, people: house.others })).perSecond,
}));

// ---- Latency at a fixed rate ----

// From more connections than the peak: who comes at a fixed rate does not wait for who came before,
// and should not wait here for a free connection.
const latencyOf = async (port, rate, options) => (await load('holds', port,
  { rate: Math.floor(rate), seconds, connections: 4 * connections, ...options })).latencyMs;

export const latency = () => withHouse('holding', holding, async (house) => {
  const files = { people: house.people, seats: house.seats };
  const peak = await load('holds', house.port, { seconds, ...files });
  const figures = { peak: peak.perSecond };
  let first = peak.done;
  await booked(house);
  for (const [name, share] of [['half', 0.5], ['most', 0.8]]) {
    const rate = share * peak.perSecond;
    const usher = await latencyOf(house.port, rate, { first, ...files });
    await booked(house);
    const constant = await withConstant(201, holdAnswerBytes,
      (port) => latencyOf(port, rate, { again: true, ...files }));
    first += usher.count;
    for (const point of ['p50', 'p99', 'p999']) figures[`${name}_${point}`] = usher[point];
    figures[`${name}_constant`] = constant.p99;
  }
  return figures;
});

// ---- Growth ----

const houseOf = (seats, count, concerts = 1) => ({ inside: scaled(20_000), concerts, rounds: count, seats,
  settings: { 'max-active': scaled(20_000), 'max-seats-per-user': 20 } });

const growing = {
  people1k: ['lining-thousand', lining(1000)],
  people100k: ['lining-hundred-thousand', lining(100_000)],
  people1m: ['lining-million', lining(1_000_000)],
  seats100: ['rounds-100', houseOf(100, Math.ceil(scaled(2000) / 2), 2)],
  seats10k: ['rounds-10k', houseOf(scaled(10_000), 20)],
  seats200k: ['rounds-200k', houseOf(scaled(200_000), 1)],
};

// The same number of holds in each.
export async function growth() {
  const figures = {};
  for (const [name, [kind, plan]] of Object.entries(growing))
    figures[name] = await withHouse(kind, plan, async (house) => (await load('holds', house.port,
      { count: scaled(150_000), people: house.people, seats: house.seats })).perSecond);
  return figures;
}
