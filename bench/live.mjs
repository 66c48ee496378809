// Streams of live events: what people who buy lose to a crowd that follows, and how long a change takes
// to be told to it.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { directory, firstLine, start } from './children.mjs';
import { booked, withHouse } from './house.mjs';
import { selling } from './houses.mjs';
import { load } from './load.mjs';
import { processorUs } from './processes.mjs';
import { program, scaled, seconds } from './settings.mjs';

const followers = scaled(5000);

// Of each of the ten rounds 200 a second; of more, a frame only says that there are changes.
const changesPerSecond = 2000;

// Everybody follows the own token and one of the rounds, while `use` goes on.
async function withFollowers(house, log, use) {
  const crowd = start(program('streams'), [house.port, house.people, house.seats, followers, log]);
  const ended = new Promise((resolve, reject) => {
    crowd.once('exit', (status) => (status === 0 ? resolve() : reject(new Error(crowd.errors))));
  });
  await Promise.race([firstLine(crowd, /(open)/), ended]);
  const figures = await Promise.race([use(), ended]);
  crowd.stdin.end();
  await ended;
  return figures;
}

const holdsIn = async (house, first, options = {}) => load('holds', house.port,
  { people: house.people, seats: house.seats, first, seconds, ...options });

const lines = (path) => createInterface({ input: createReadStream(path) });

// The place of each seat in its round; the file has them in their order.
async function placesOf(seats) {
  const places = new Map();
  let last = '';
  let place = 0;
  for await (const line of lines(seats)) {
    const [round, seat] = line.split(' ');
    place = round === last ? place + 1 : 0;
    last = round;
    places.set(seat, `${round} ${place}`);
  }
  return places;
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

// From the answer to who holds a seat until a stream says so: milliseconds, in order.
async function delays(held, told, seats) {
  const toldAt = new Map();
  for await (const line of lines(told)) {
    const [round, place, us] = line.split(' ');
    if (!toldAt.has(`${round} ${place}`)) toldAt.set(`${round} ${place}`, Number(us));
  }
  const places = await placesOf(seats);
  const found = [];
  for (const line of (await readFile(held, 'utf8')).split('\n').filter(Boolean)) {
    const [us, , seat] = line.split(' ');
    const at = toldAt.get(places.get(seat));
    if (at === undefined) throw new Error(`no stream was told that ${seat} is held`);
    found.push((at - Number(us)) / 1000);
  }
  return found.sort((a, b) => a - b);
}

// All in the same house, in which each load finds other people and seats than those before. The rate
// without a crowd is measured before and after that beside it: a machine that others use changes.
export const streams = () => withHouse('selling', selling, async (house) => {
  const [told, held] = ['told', 'held'].map((name) => join(directory, `${name}.log`));
  let first = 0;
  const hold = async (options) => {
    const figures = await holdsIn(house, first, options);
    first += figures.done;
    await booked(house);
    return figures;
  };
  const before = await hold();
  const { beside, paced, cpu } = await withFollowers(house, told, async () => {
    const all = await hold();
    const started = await processorUs(house.child.pid);
    const some = await holdsIn(house, first, { rate: changesPerSecond, log: held });
    first += some.done;
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
    return { beside: all, paced: some, cpu: (await processorUs(house.child.pid) - started) / 1e4 };
  });
  await booked(house);
  const after = await hold();
  const times = await delays(held, told, house.seats);
  if (times.length !== paced.done) throw new Error(`${paced.done} held, ${times.length} noted`);
  return { alone: (before.perSecond + after.perSecond) / 2, beside: beside.perSecond,
    share: cpu / (seconds + 1), median: percentile(times, 0.5), p99: percentile(times, 0.99) };
});
