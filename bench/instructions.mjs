// How many instructions the server takes for a hold and for a purchase, booking after it included: valgrind
// counts them one by one, without the kernel's. They differ by less than a hundredth from run to run,
// whatever else the machine does, so they show what a rate cannot.
// https://valgrind.org/docs/manual/cl-manual.html
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beside } from './beside.mjs';
import { newDirectory, run } from './children.mjs';
import { booked, withHouse } from './house.mjs';
import { counting } from './houses.mjs';
import { load } from './load.mjs';
import { scaled } from './settings.mjs';

const works = [['holds', scaled(6000)], ['purchases', scaled(3000)]];
const warmUp = scaled(500);

// The bookkeeper pauses for two seconds between two bookings; each look whether it is done counts too.
const bookingMs = 5000;

// What was counted since the last call.
async function countedIn(house, counts) {
  await run('callgrind_control', ['--dump', house.child.pid]);
  let total = 0;
  for (const name of await readdir(counts)) {
    const text = await readFile(join(counts, name), 'utf8');
    total += Number(text.match(/^totals: (\d+)/m)?.[1] ?? 0);
    await rm(join(counts, name));
  }
  return total;
}

async function measure(house, counts) {
  const figures = {};
  let first = 0;
  const work = async (name, count) => {
    const people = name === 'holds' ? house.people : house.others;
    await load(name, house.port, { count, first, people, seats: house.seats });
    first += count;
    await setTimeout(bookingMs);
    await booked(house);
  };
  for (const [name, count] of works) {
    await work(name, warmUp);
    await run('callgrind_control', ['--instr=on', house.child.pid]);
    await work(name, count);
    await run('callgrind_control', ['--instr=off', house.child.pid]);
    figures[name] = await countedIn(house, counts) / count;
  }
  return figures;
}

export const instructions = (round) => beside(round, async (build) => {
  const counts = await newDirectory('counts');
  const under = ['valgrind', '--tool=callgrind', '--instr-atstart=no', `--callgrind-out-file=${counts}/count`];
  return withHouse('counting', counting, (house) => measure(house, counts), build, under);
});
