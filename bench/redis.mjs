// Redis, with every change on disk before its answer unless said otherwise.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLine, newDirectory, run, start, stop } from './children.mjs';
import { connections, seconds, source } from './settings.mjs';

// On a socket of the file system, which costs less than loopback. Nothing is measured while it writes
// its log anew, and it keeps no latencies of its own. `redis(...)` runs redis-cli.
export async function withRedis(fsync, use) {
  const at = await newDirectory('redis');
  const socket = join(at, 'socket');
  const child = start('redis-server', ['--port', 0, '--unixsocket', socket, '--tcp-backlog', 4096, '--save', '',
    '--appendonly', 'yes', '--appendfsync', fsync, '--auto-aof-rewrite-percentage', 0,
    '--latency-tracking', 'no', '--dir', at]);
  const redis = async (words, input) => (await run('redis-cli', ['-s', socket, ...words], { input })).trim();
  try {
    await firstLine(child, /(ready to accept connections)/i);
    return await use({ child, socket, redis });
  } finally {
    await stop(child);
  }
}

// Holds a second. Keys are drawn from the benchmark's 2^31, so that practically every hold finds its
// seat free, as usher's do; it draws the same ones each time it starts, hence the number in front.
async function benchmark(socket, sha, attempt, requests) {
  const keys = ['token', 'seat', 'user'].map((name) => `${name}:${attempt}:__rand_int__`);
  const output = await run('redis-benchmark', ['-s', socket, '-c', connections, '-n', requests,
    '-r', 2147483647, '--csv', 'EVALSHA', sha, '3', ...keys, '__rand_int__', Date.now()]);
  return Number(output.trim().split('\n').at(-1).split(',')[1].replaceAll('"', ''));
}

// The bare hold as a script, by Redis' own load.
export const bareRedisHolds = (fsync) => withRedis(fsync, async ({ socket, redis }) => {
  const sha = await redis(['SCRIPT', 'LOAD', await readFile(source('redis/bare_hold.lua'), 'utf8')]);
  const guess = await benchmark(socket, sha, 1, 20_000);
  return benchmark(socket, sha, 2, Math.round(guess * seconds));
});
