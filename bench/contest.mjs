// All contestants open at the same time, one of them asked at a time, from 64, 256 and 1,000
// connections: each is measured right beside the others, and what the machine does meets all alike. Of
// each the rate, and what its processes took of the processor for one, with all that was left to do after.
import { settle } from './children.mjs';
import { contestantsFor } from './contestants.mjs';
import { load } from './load.mjs';
import { processorOfAllUs, threadUs } from './processes.mjs';
import { counts, scaled, seconds } from './settings.mjs';

// So many before anything counts: until then LuaJIT and V8 compile, and connections to stores are made.
const warmUp = scaled(20_000);

// Each time another begins, and every other time they go backwards: else each would always find the disk
// as the same one left it.
function inTurn(list, step) {
  const turned = [...list.slice(step % list.length), ...list.slice(0, step % list.length)];
  return step % 2 === 0 ? turned : turned.reverse();
}

const openAll = ([first, ...others], use, open = []) => (first
  ? first.open((shop) => openAll(others, use, [...open, { ...first, ...shop, next: 0 }]))
  : use(open));

async function ask(one, work, connections, lasting) {
  const people = work === 'holds' ? one.people : one.others;
  const told = await load(work, one.port, { connections, ...lasting, people, seats: one.seats,
    ...(one.again ? { again: true } : { first: one.next }) });
  await one.settled?.();
  one.next += told.done;
  return told;
}

async function measure(one, work, connections) {
  await settle();
  const booksUs = async () => (one.booksThread ? threadUs(one.pids[0], one.booksThread) : 0);
  const [before, booksBefore] = [await processorOfAllUs(one.pids), await booksUs()];
  const { perSecond, done } = await ask(one, work, connections, { seconds });
  const key = `${one.name}${connections}`;
  return { [key]: perSecond, [`${key}Cpu`]: (await processorOfAllUs(one.pids) - before) / done,
    ...(one.booksThread ? { [`${key}Books`]: (await booksUs() - booksBefore) / done } : {}) };
}

// A seat was given as often as the load was told so.
async function verify(one, work) {
  const found = await (work === 'holds' ? one.held : one.sold)?.();
  if (found !== undefined && found !== one.next)
    throw new Error(`${one.label}: ${one.next} ${work} were answered, but ${found} seats are taken`);
}

const presentFor = (work) => contestantsFor(work).filter(({ open }) => open);

export const contest = (work, round) => openAll(presentFor(work), async (open) => {
  const figures = {};
  for (const one of open) await ask(one, work, counts[0], { count: warmUp });
  for (const [i, connections] of counts.entries())
    for (const one of inTurn(open, round * counts.length + i))
      Object.assign(figures, await measure(one, work, connections));
  for (const one of open) await verify(one, work);
  return figures;
});
