// `make flame`: where the time goes while seats are held, as a flame graph: `flame.svg` beside this
// file (BENCH_RESULTS). perf takes samples of every thread of usher's by the processor's clock, with
// the stacks from the unwinding tables.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory, run, start, stop, stopAll } from './children.mjs';
import { draw } from './flame_chart.mjs';
import { withHouse } from './house.mjs';
import { selling } from './houses.mjs';
import { load } from './load.mjs';
import { seconds, source } from './settings.mjs';

const samplesPerSecond = 999; // not in step with anything that happens a thousand times a second

// `perf script` prints a sample as the thread's name, then a frame a line, the innermost first.
export function fold(text) {
  const stacks = new Map();
  for (const block of text.split('\n\n')) {
    const [head, ...frames] = block.split('\n').filter((line) => line.trim() !== '');
    if (!head) continue;
    const names = frames.map((line) => line.trim().replace(/^[0-9a-f]+ /, '').replace(/\+0x[0-9a-f]+.*$/, ''));
    const stack = [head.trim(), ...names.reverse()].join('\n');
    stacks.set(stack, (stacks.get(stack) ?? 0) + 1);
  }
  return stacks;
}

async function record(house, data) {
  const perf = start('perf', ['record', '-q', '-F', samplesPerSecond, '-e', 'cpu-clock',
    '--call-graph', 'dwarf,4096', '-p', house.child.pid, '-o', data], { stopSignal: 'SIGINT' });
  const told = await load('holds', house.port, { people: house.people, seats: house.seats, seconds });
  await stop(perf);
  return told;
}

try {
  const data = join(directory, 'perf.data');
  const told = await withHouse('selling', selling, (house) => record(house, data));
  const stacks = fold(await run('perf', ['script', '-i', data, '-F', 'comm,ip,sym'], { maxBuffer: 1 << 30 }));
  const results = process.env.BENCH_RESULTS ?? source('.');
  await mkdir(results, { recursive: true });
  await writeFile(join(results, 'flame.svg'), draw(stacks, 'usher holding seats'));
  console.log(`${Math.round(told.perSecond)} holds/s while samples were taken`);
} catch (error) {
  console.error(`flame: ${error.stack}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
