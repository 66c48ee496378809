// What a crowd takes in memory, on disk and at a start, and what the bookkeeper does behind it.
import { beside } from './beside.mjs';
import { booked, diskBytes, metrics, residentBytes, withHouse } from './house.mjs';
import { lining, selling } from './houses.mjs';
import { load } from './load.mjs';
import { processorUs, threadUs } from './processes.mjs';
import { scaled } from './settings.mjs';

// Resident memory of a server that has loaded a million people in line, less that of one with the same
// 200,000 seats and nobody, both at rest: a user, a session, a point account and a queue token each; the
// 20,000 who are inside count as people too. The peak is that of the start. The files are in the page
// cache, as after a crash of the program.
export const memory = (round) => beside(round, async (build) => {
  const { inside, waiting, ...seats } = lining(1_000_000);
  const nobody = await withHouse('seats-only', seats, async (house) => (await residentBytes(house)).now,
    build);
  return withHouse('lining-million', { inside, waiting, ...seats }, async (house) => {
    const startBusy = await processorUs(house.child.pid) / 1e6;
    const { now, peak } = await residentBytes(house);
    const perMillion = (bytes) => (bytes - nobody) / (inside + waiting);
    return { perMillion: perMillion(now), peak: perMillion(peak), restart: house.readyMs / 1000, startBusy };
  }, build);
});

const booksUs = (house) => threadUs(house.child.pid, 'usher-books');

// Purchases as fast as they go; how long the tables take to have them, and what that takes of the
// processor. The disk is looked at after a stop, when the logs have been emptied: what they take while it
// runs does not grow with what is sold.
async function purchasesBooked(house) {
  const before = { disk: await diskBytes(house.data), books: await booksUs(house) };
  const count = scaled(300_000);
  const bought = await load('purchases', house.port, { count, people: house.others, seats: house.seats });
  const unbooked = (await metrics(house)).unbooked_rows;
  const began = Date.now();
  await booked(house, 10 * 60_000);
  const catchUp = (Date.now() - began) / 1000;
  const cpu = (await booksUs(house) - before.books) / count;
  const running = await diskBytes(house.data);
  await house.stop();
  const stopped = await diskBytes(house.data);
  return { bought: bought.perSecond, unbooked, catchUp, cpu,
    bytes: (stopped - before.disk) / count, logs: (running - stopped) / 1e6 };
}

async function holdsAt(house, first) {
  const before = await metrics(house);
  const { perSecond, done } = await load('holds', house.port,
    { count: scaled(150_000), first, people: house.people, seats: house.seats });
  return { perSecond, next: first + done, unbooked: before.unbooked_rows };
}

// Holds with nothing left to book, and holds right behind purchases. They share the seats.
async function holdsBehindPurchases(house) {
  const idle = await holdsAt(house, 0);
  await booked(house, 10 * 60_000);
  const more = await load('purchases', house.port,
    { count: scaled(200_000), first: idle.next, people: house.others, seats: house.seats });
  const busy = await holdsAt(house, idle.next + more.done);
  return { idle: idle.perSecond, busy: busy.perSecond, busyUnbooked: busy.unbooked };
}

export const bookkeeper = async (round) => ({
  ...await beside(round, (build) => withHouse('selling', selling, purchasesBooked, build)),
  ...await withHouse('selling', selling, holdsBehindPurchases),
});
