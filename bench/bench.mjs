// `make bench`: usher beside what it is measured against, in turn, on this machine and in one run.
// Prints a table of medians and ratios. All servers are its own, on loopback, in a temporary directory.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = new URL('.', import.meta.url).pathname;
const usher = process.env.USHER ?? join(here, '../build/usher');
const floor = process.env.FLOOR ?? join(here, '../build/bench/floor');
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const connections = 64;
const wrkThreads = Math.min(2, cpus().length);
const seatsARound = 200_000;
const roundCount = 5;
const directory = await mkdtemp(join(tmpdir(), 'usher-bench-'));
const running = new Set();

function start(command, options, settings = {}) {
  const child = spawn(command, options, { stdio: ['pipe', 'pipe', 'pipe'], ...settings });
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.errors = '';
  child.stderr.on('data', (text) => { child.errors = (child.errors + text).slice(-2000); });
  return child;
}

async function firstLine(child, pattern) {
  for await (const line of createInterface({ input: child.stdout })) {
    const match = line.match(pattern);
    if (match) return match[1];
  }
  throw new Error(`${child.spawnfile} ended before it was ready: ${child.errors}`);
}

async function stop(child) {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Answers a second of wrk, and how many were not 2xx or 3xx.
async function wrk(url, { script, env = {}, headers = [] } = {}) {
  const options = ['-t', wrkThreads, '-c', connections, '-d', `${seconds}s`,
    ...headers.flatMap((header) => ['-H', header]), ...(script ? ['-s', join(here, script)] : []), url];
  const { stdout } = await run('wrk', options.map(String),
    { env: { ...process.env, WRK_THREADS: String(wrkThreads), ...env } });
  const rate = Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1]);
  const failed = Number(stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0);
  const broken = stdout.match(/Socket errors: (.*)/)?.[1];
  if (broken) throw new Error(`wrk: socket errors: ${broken}`);
  return { rate, failed, total: Number(stdout.match(/(\d+) requests in/)[1]) };
}

const serveOptions = (data) => ['serve', '--data', data, '--listen', '127.0.0.1:0',
  '--max-active', '1000000', '--admit-per-second', '1000000', '--silent-seconds', '86400',
  '--active-seconds', '86400', '--wait-seconds', '86400', '--hold-seconds', '3600',
  '--account-requests-per-second', '1000000', '--address-requests-per-second', '1000000'];

async function startUsher(data) {
  const child = start(usher, serveOptions(data));
  const url = await firstLine(child, /listening on (\S+)/);
  child.stdout.resume();
  return { child, url };
}

// A fresh house for each round of holds: 100,000 people inside, a million seats free.
async function seed(name) {
  const data = join(directory, name);
  const tokens = join(directory, `${name}.tokens`);
  await run(usher, ['seed', '--data', data, '--users', '100000', '--tokens-file', tokens,
    '--concerts', '1', '--rounds', String(roundCount), '--seats', String(seatsARound), '--join',
    ...serveOptions(data).slice(5)]);
  return { data, tokens };
}

async function listSeats(url, file) {
  const { items } = await (await fetch(`${url}/v1/concerts`)).json();
  const rows = [];
  for (const concert of items) {
    const { items: all } = await (await fetch(`${url}/v1/concerts/${concert.id}/rounds`)).json();
    for (const round of all) {
      const map = await (await fetch(`${url}/v1/rounds/${round.id}/map`)).json();
      for (const id of map.id) rows.push(`${round.id} ${id}`);
    }
  }
  await writeFile(file, rows.join('\n'));
}

async function until(what, condition, deadlineMs = 60_000) {
  const end = Date.now() + deadlineMs;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`${what} did not happen in ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function measureUsher(number) {
  const { data, tokens } = await seed(`house-${number}`);
  const { child, url } = await startUsher(data);
  try {
    const seats = join(directory, `seats-${number}`);
    await listSeats(url, seats);
    await until('letting everybody in', async () =>
      (await (await fetch(`${url}/v1/queue`)).json()).active === 100_000);
    const queue = await wrk(`${url}/v1/queue`);
    const body = await (await fetch(`${url}/v1/queue`)).text();
    const holds = await wrk(url, { script: 'holds.lua', env: { TOKENS: tokens, SEATS: seats } });
    if (holds.failed > 0) throw new Error(`${holds.failed} of ${holds.total} holds were refused`);
    return { holds: holds.rate, queue: queue.rate, bytes: Buffer.byteLength(body) };
  } finally {
    await stop(child);
    await rm(data, { recursive: true });
  }
}

async function measureFloor(bytes) {
  const child = start(floor, [String(cpus().length), String(bytes)]);
  const port = await firstLine(child, /(\d+)/);
  try {
    return (await wrk(`http://127.0.0.1:${port}/`)).rate;
  } finally {
    await stop(child);
  }
}

async function measureRedis(fsync) {
  const port = await freePort();
  const child = start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '',
    '--appendonly', 'yes', '--appendfsync', fsync, '--dir', await mkdtemp(join(directory, 'redis-'))]);
  try {
    await firstLine(child, /(Ready to accept connections)/);
    child.stdout.resume();
    const script = await readFile(join(here, 'hold.redis.lua'), 'utf8');
    const { stdout: sha } = await run('redis-cli', ['-p', String(port), 'SCRIPT', 'LOAD', script]);
    // Keys are drawn from the benchmark's 2^31, so that practically every hold finds its seat free, as
    // usher's do; it draws the same ones each time it starts, hence the number in front.
    let attempt = 0;
    const benchmark = async (requests) => {
      attempt += 1;
      const keys = ['token', 'seat', 'user'].map((name) => `${name}:${attempt}:__rand_int__`);
      const { stdout } = await run('redis-benchmark', ['-p', String(port), '-c', String(connections),
        '-n', String(requests), '-r', '2147483647', '--csv',
        'EVALSHA', sha.trim(), '3', ...keys, '__rand_int__', String(Date.now())]);
      return Number(stdout.trim().split('\n').at(-1).split(',')[1].replaceAll('"', ''));
    };
    const guess = await benchmark(20_000);
    return await benchmark(Math.round(guess * seconds));
  } finally {
    await stop(child);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const figures = { holds: [], queue: [], floor: [], always: [], everysec: [] };
  for (let number = 1; number <= rounds; number++) {
    const measured = await measureUsher(number);
    figures.holds.push(measured.holds);
    figures.queue.push(measured.queue);
    figures.floor.push(await measureFloor(measured.bytes));
    figures.always.push(await measureRedis('always'));
    figures.everysec.push(await measureRedis('everysec'));
    console.error(`round ${number} of ${rounds}: `
      + Object.entries(figures).map(([name, all]) => `${name} ${Math.round(all.at(-1))}/s`).join(', '));
  }
  const m = Object.fromEntries(Object.entries(figures).map(([name, all]) => [name, median(all)]));
  const row = (name, rate, ratio) =>
    console.log(`${name.padEnd(62)} ${String(Math.round(rate)).padStart(9)}/s   ${ratio}`);
  console.log(`\n${connections} connections, ${wrkThreads} load threads on the same ${cpus().length} cores, `
    + `medians of ${rounds} rounds of ${seconds} s\n`);
  row('usher: holds over HTTP, each on disk before its answer', m.holds, '');
  row('Redis: EVALSHA hold, appendfsync always', m.always,
    `usher is ${(m.holds / m.always).toFixed(2)} times this`);
  row('Redis: EVALSHA hold, appendfsync everysec (may lose a second)', m.everysec,
    `usher is ${(m.holds / m.everysec).toFixed(2)} times this`);
  row('usher: GET /v1/queue', m.queue, '');
  row('libmicrohttpd: a constant answer of the same size', m.floor,
    `usher is ${(m.queue / m.floor).toFixed(2)} times this`);
} finally {
  for (const child of running) child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
}
