// Holds in other ways than by the seats' ids alone, each in a house of its own, and holds beside an export.
import { writeFile } from 'node:fs/promises';
import { run } from './children.mjs';
import { booked, residentBytes, withHouse } from './house.mjs';
import { selling } from './houses.mjs';
import { load } from './load.mjs';
import { processorUs } from './processes.mjs';
import { scaled, seconds } from './settings.mjs';

const ways = { plain: 'holds', keyed: 'keyed', best: 'best' };

const holdIn = (work) => withHouse('selling', selling, async (house) => {
  const before = await processorUs(house.child.pid);
  const { perSecond, done } = await load(work, house.port,
    { people: house.people, seats: house.seats, seconds });
  await booked(house);
  return { perSecond, cpu: (await processorUs(house.child.pid) - before) / done };
});

// What is measured first finds another machine than what is measured last.
export async function holdsInWays(round) {
  const figures = {};
  const names = Object.keys(ways);
  for (const name of round % 2 === 0 ? names.reverse() : names) {
    const { perSecond, cpu } = await holdIn(ways[name]);
    Object.assign(figures, { [name]: perSecond, [`${name}Cpu`]: cpu });
  }
  return figures;
}

const exported = async (house) => {
  const answer = await fetch(`${house.url}/v1/exports/payments.csv?reason=bench`,
    { headers: { authorization: `Bearer ${house.session}` } });
  if (answer.status !== 200) throw new Error(`an export: ${answer.status}`);
  let rows = -1; // the first line names the columns
  for await (const bytes of answer.body)
    for (const byte of bytes) if (byte === 10) rows++;
  return rows;
};

// What the server takes at the most while an export goes on, beside what it took before.
async function memoryOf(house, use) {
  const before = await residentBytes(house);
  await writeFile(`/proc/${house.child.pid}/clear_refs`, '5'); // the peak counts from now (proc(5))
  const rows = await use();
  return { rows, memory: ((await residentBytes(house)).peak - before.now) / 1e6 };
}

// One export after the other, so that there is one all the time. Who reads them is on another machine
// and takes nothing of this one's processors that anybody else wants.
async function besideExports(house, use) {
  let over = false;
  const exporting = (async () => {
    while (!over)
      await run('chrt', ['--idle', 0, 'curl', '-sf', '-o', '/dev/null',
        '-H', `authorization: Bearer ${house.session}`, `${house.url}/v1/exports/payments.csv?reason=bench`]);
  })();
  const figures = await use();
  over = true;
  await exporting;
  return figures;
}

export const exports = () => withHouse('selling', selling, async (house) => {
  const bought = await load('purchases', house.port,
    { count: scaled(1_000_000), people: house.others, seats: house.seats });
  await booked(house, 10 * 60_000);
  const { rows, memory } = await memoryOf(house, () => exported(house));
  if (rows !== bought.done) throw new Error(`${bought.done} payments, ${rows} rows`);
  const holds = (first) => load('holds', house.port,
    { people: house.people, seats: house.seats, seconds, first });
  const alone = await holds(bought.done);
  await booked(house);
  const beside = await besideExports(house, () => holds(bought.done + alone.done));
  return { rows, memory, alone: alone.perSecond, beside: beside.perSecond };
});
