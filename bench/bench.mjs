// `make bench`: usher beside what it is measured against, in turn, on this machine and in one run.
// Prints a table of medians and ratios, writes results.json and draws results.svg beside this file.
//
// BENCH_ONLY=holds,polls    only these parts (parts.mjs)
// BENCH_BASE=path/to/usher  another build of usher, measured in alternation with this one
// BENCH_ROUNDS=3            how often each is measured; the parts take turns
// BENCH_SECONDS=2           how long each load lasts
// BENCH_CONNECTIONS=64      connections where the part does not say how many
// BENCH_SCALE=1             of people and seats, for a try in little time
// BENCH_RESULTS=bench       where results.json and results.svg go
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chart } from './chart.mjs';
import { stopAll } from './children.mjs';
import { describeMachine } from './machine.mjs';
import { mediansOf, number } from './numbers.mjs';
import { parts } from './parts.mjs';
import { builds, connections, only, rounds, scale, seconds, source } from './settings.mjs';
import { table } from './table.mjs';
import { judge } from './targets.mjs';

const results = process.env.BENCH_RESULTS ?? source('.');

function chosenParts() {
  const unknown = (only ?? []).filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Error(`BENCH_ONLY: '${unknown[0]}' is none of ${parts.map(({ name }) => name).join(', ')}`);
  return parts.filter((part) => !only || only.includes(part.name));
}

async function measure(part, round, figures) {
  const began = Date.now();
  const measured = await part.measure(round);
  const rows = figures[part.name] ??= {};
  for (const [name, value] of Object.entries(measured)) (rows[name] ??= []).push(value);
  console.error(`  ${part.name}, ${Math.round((Date.now() - began) / 1000)} s: `
    + part.rows.filter(([name]) => name in measured)
      .map(([name]) => `${name} ${number(measured[name])}`).join(', '));
}

// Leaves what was measured so far, so that a run that is cut short was not for nothing.
async function keep(result) {
  const medians = mediansOf(result.figures);
  await writeFile(join(results, 'results.json'),
    `${JSON.stringify({ ...result, medians, targets: judge(medians) }, null, 2)}\n`);
  await writeFile(join(results, 'results.svg'), chart(result));
}

async function measureAll(chosen, result) {
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    for (const part of chosen.filter(({ once }) => !once || round === rounds)) {
      await measure(part, round, result.figures);
      await keep(result);
    }
  }
}

try {
  const chosen = chosenParts();
  const result = {
    date: new Date().toISOString(),
    machine: await describeMachine(),
    settings: { rounds, seconds, scale, connections, base: builds.length > 1 },
    figures: {},
  };
  await mkdir(results, { recursive: true });
  await measureAll(chosen, result);
  console.log(table(result));
} catch (error) {
  console.error(`bench: ${error.stack}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
