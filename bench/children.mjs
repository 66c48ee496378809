// The processes that a bench starts, and the one directory in which they leave things. All are gone
// when it ends, however it ends.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const running = new Set();
let stopping = false;

export const directory = mkdtempSync(join(process.env.BENCH_TMPDIR ?? tmpdir(), 'usher-bench-'));
await chmod(directory, 0o711); // PostgreSQL's own user passes through
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, async () => {
    await stopAll();
    process.exit(1);
  });

export const newDirectory = (name) => mkdtemp(join(directory, `${name}-`));

// Runs a program to its end; answers its standard output. `input` is its standard input, `settings`
// are those of spawn.
export async function run(command, options, { input = '', ...settings } = {}) {
  if (stopping) throw new Error('the bench is stopping');
  const promise = execute(command, options.map(String), { maxBuffer: 1 << 26, ...settings });
  running.add(promise.child);
  promise.child.stdin.on('error', () => {}); // it may end without reading
  promise.child.stdin.end(input);
  try {
    return (await promise).stdout;
  } catch (error) {
    throw new Error(`${command} ${options.join(' ')}: ${error.stderr || error.message}`, { cause: error });
  } finally {
    running.delete(promise.child);
  }
}

// Starts a server. It stops on `stopSignal`.
export function start(command, options, { stopSignal = 'SIGTERM', ...settings } = {}) {
  if (stopping) throw new Error('the bench is stopping');
  const child = spawn(command, options.map(String), { stdio: ['pipe', 'pipe', 'pipe'], ...settings });
  child.stopSignal = stopSignal;
  child.errors = '';
  child.stderr.on('data', (text) => { child.errors = (child.errors + text).slice(-2000); });
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.on('error', (error) => { child.errors += error.message; running.delete(child); });
  return child;
}

// The first group of the first line on standard output that matches.
export async function firstLine(child, pattern) {
  for await (const line of createInterface({ input: child.stdout })) {
    const match = line.match(pattern);
    if (!match) continue;
    child.stdout.resume();
    return match[1];
  }
  throw new Error(`${child.spawnfile} ended before it was ready: ${child.errors}`);
}

export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill(child.stopSignal);
  await ended;
}

// What a server had to say is told with what went wrong while it was asked.
export async function heeding(child, use) {
  try {
    return await use();
  } catch (error) {
    if (!child.errors) throw error;
    throw new Error(`${error.message}\n${child.spawnfile}: ${child.errors}`, { cause: error });
  }
}

// Gives everything that runs some seconds to stop, then no more.
export async function stopAll(patienceMs = 10_000) {
  stopping = true;
  const all = [...running];
  const patience = setTimeout(() => all.forEach((child) => child.kill('SIGKILL')), patienceMs);
  await Promise.all(all.map((child) => (child.stopSignal ? stop(child) : child.kill())));
  clearTimeout(patience);
}

// Waits for a condition.
export async function until(what, condition, deadlineMs = 60_000) {
  const end = Date.now() + deadlineMs;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`${what} did not happen in ${deadlineMs} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.on('listening', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

// What was written before must not be on its way to the disk while something is measured.
export const settle = () => run('sync', []);
