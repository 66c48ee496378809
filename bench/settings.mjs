// What a bench is given, and where the programs are.
import { statSync } from 'node:fs';
import { cpus } from 'node:os';

const positive = (name, preset) => {
  const value = Number(process.env[name] ?? preset);
  if (!(value > 0)) throw new Error(`${name} is not a positive number`);
  return value;
};

export const rounds = positive('BENCH_ROUNDS', 3);
export const seconds = positive('BENCH_SECONDS', 2);
export const scale = positive('BENCH_SCALE', 1);
export const only = process.env.BENCH_ONLY?.split(',').filter(Boolean);
export const connections = positive('BENCH_CONNECTIONS', 64);
// And those of holds and purchases: a small service's pool of clients, a busy one's, a sale's.
export const counts = [64, 256, 1000];
export const cores = cpus().length;

// People, seats and errands of fixed number, for a try in little time; what it finds is no result.
export const scaled = (count) => Math.max(Math.round(count * scale), 1);

const here = new URL('.', import.meta.url).pathname;
export const source = (name) => `${here}${name}`;
const built = process.env.BUILD ?? `${here}../build`;
export const usher = process.env.USHER ?? `${built}/usher`;
export const program = (name) => `${built}/bench/${name}`;

// The builds that are measured beside each other: this one, and the one that BENCH_BASE names, if it
// does; its figures have "Base" behind their names.
const base = process.env.BENCH_BASE;
if (base && !statSync(base, { throwIfNoEntry: false })?.isFile())
  throw new Error(`BENCH_BASE is no program: ${base}`);
export const suffixes = ['', 'Base'];
export const builds = [usher, base].map((path, i) => ({ usher: path, suffix: suffixes[i] }))
  .filter((build) => build.usher);
