// What usher is measured against. Each is started for one measurement, on loopback, and stopped.
import { execFileSync } from 'node:child_process';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  directory, firstLine, freePort, newDirectory, run, settle, start, stop, until,
} from './children.mjs';
import { load } from './load.mjs';
import { connections, cores, program, scaled, seconds, source } from './settings.mjs';

const isRoot = process.getuid() === 0;

async function withServer(child, use) {
  try {
    return await use();
  } finally {
    await stop(child);
  }
}

// ---- libmicrohttpd: the same answer to everything ----

export async function withConstant(status, bytes, use) {
  const child = start(program('floor'), [cores, status, bytes]);
  return withServer(child, async () => use(await firstLine(child, /^(\d+)/)));
}

// ---- nginx: a static file, whatever the path ----

const nginxSettings = (at, port) => `
${isRoot ? 'user root;' : ''}
daemon off;
worker_processes auto;
pid ${at}/pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/json;
  keepalive_timeout 3600;
  keepalive_requests 1000000000;
  sendfile on;
  tcp_nodelay on;
  open_file_cache max=16;
  client_body_temp_path ${at}/body;
  proxy_temp_path ${at}/proxy;
  fastcgi_temp_path ${at}/fastcgi;
  uwsgi_temp_path ${at}/uwsgi;
  scgi_temp_path ${at}/scgi;
  server {
    listen 127.0.0.1:${port} reuseport;
    location / { root ${at}; try_files /answer =404; }
  }
}
`;

export async function withNginx(body, use) {
  const at = await newDirectory('nginx');
  const port = await freePort();
  await writeFile(join(at, 'answer'), body);
  await writeFile(join(at, 'settings'), nginxSettings(at, port));
  const child = start('nginx', ['-e', 'stderr', '-c', join(at, 'settings')], { stopSignal: 'SIGQUIT' });
  return withServer(child, async () => {
    await until('nginx answers', async () => {
      if (child.exitCode !== null) throw new Error(`nginx: ${child.errors}`);
      return fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.ok, () => false);
    });
    return use(port);
  });
}

// ---- Redis: the hold as a script ----

// Holds a second. Keys are drawn from the benchmark's 2^31, so that practically every hold finds its
// seat free, as usher's do; it draws the same ones each time it starts, hence the number in front.
async function redisBenchmark(port, sha, attempt, requests) {
  const keys = ['token', 'seat', 'user'].map((name) => `${name}:${attempt}:__rand_int__`);
  const output = await run('redis-benchmark', ['-p', port, '-c', connections, '-n', requests,
    '-r', 2147483647, '--csv', 'EVALSHA', sha, '3', ...keys, '__rand_int__', Date.now()]);
  return Number(output.trim().split('\n').at(-1).split(',')[1].replaceAll('"', ''));
}

export async function redisHolds(fsync) {
  const port = await freePort();
  const child = start('redis-server', ['--port', port, '--bind', '127.0.0.1', '--save', '',
    '--appendonly', 'yes', '--appendfsync', fsync, '--dir', await newDirectory('redis')]);
  return withServer(child, async () => {
    await firstLine(child, /(Ready to accept connections)/);
    const script = await readFile(source('hold.redis.lua'), 'utf8');
    const sha = (await run('redis-cli', ['-p', port, 'SCRIPT', 'LOAD', script])).trim();
    const guess = await redisBenchmark(port, sha, 1, 20_000);
    return redisBenchmark(port, sha, 2, Math.round(guess * seconds));
  });
}

// ---- PostgreSQL: a transaction a request ----

const binaries = '/usr/lib/postgresql/15/bin';

// It refuses to run as root.
const postgresId = (which) => Number(execFileSync('id', [which, 'postgres']));
const asOwner = () => (isRoot ? { uid: postgresId('-u'), gid: postgresId('-g') } : {});

// A careful service has a pool: with a process for each of 64 connections PostgreSQL does half as much.
const pool = 8 * cores;

// Whole seconds, and one more for the processes to start and plan in.
const duration = Math.max(Math.ceil(seconds) + 1, 5);

let cluster;
// As many seats as it could come to.
const seats = Math.max(scaled(200_000), 10_000 * duration);
const people = seats / 2;

async function startPostgres(data) {
  const port = await freePort();
  // Memory and log enough that neither is what is measured; durability as it is by default.
  const settings = {
    port, listen_addresses: '', unix_socket_directories: data, shared_buffers: '1GB',
    max_wal_size: '8GB', fsync: 'on', synchronous_commit: 'on',
  };
  const child = start(join(binaries, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { stopSignal: 'SIGINT', ...asOwner() });
  const client = ['-h', data, '-p', port, '-U', 'postgres'];
  const sql = (file, ...variables) => run(join(binaries, 'psql'),
    [...client, '-v', 'ON_ERROR_STOP=1', '-qAtX', ...variables.flatMap((one) => ['-v', one]), '-f', file]);
  await until('PostgreSQL answers', async () => {
    if (child.exitCode !== null) throw new Error(`postgres: ${child.errors}`);
    return run(join(binaries, 'pg_isready'), client).then(() => true, () => false);
  });
  return { child, client, sql };
}

// Made and filled once; every measurement begins with a copy.
async function makeCluster() {
  const data = join(directory, 'postgres');
  await mkdir(data);
  if (isRoot) await chown(data, asOwner().uid, asOwner().gid);
  await run(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8',
    '--locale=C.UTF-8'], asOwner());
  const { child, sql } = await startPostgres(data);
  await withServer(child, async () => {
    await sql(source('postgres/schema.sql'), `users=${people}`, `seats=${seats}`);
    await sql(source('postgres/settled.sql'));
  });
  return data;
}

// Errands (holds or purchases) a second: `steps` are the scripts that one is made of, each durable when it
// is done, and `status` is that in which it leaves a seat.
export async function postgres(steps, status, preparation) {
  cluster ??= await makeCluster();
  const data = join(directory, 'postgres-copy');
  await run('cp', ['-a', '--reflink=auto', cluster, data]);
  const script = join(directory, 'errand.sql');
  const texts = await Promise.all(['turn', ...steps].map((step) => readFile(source(`postgres/${step}.sql`), 'utf8')));
  await writeFile(script, texts.join(''));
  const { child, client, sql } = await startPostgres(data);
  try {
    return await withServer(child, async () => {
      if (preparation) await sql(source(`postgres/${preparation}.sql`));
      await sql(source('postgres/settled.sql'));
      await settle();
      const output = await run(join(binaries, 'pgbench'), [...client, '-n', '-M', 'prepared',
        '-c', pool, '-j', Math.min(2, cores), '-T', duration, '-D', 'turn=-1',
        '-D', `clients=${pool}`, '-D', `seats=${seats}`, '-D', `users=${people}`,
        '-f', script, 'postgres']);
      const done = Number(output.match(/actually processed: (\d+)/)[1]);
      if (done === 0) throw new Error(`pgbench: not one ${steps.at(-1)} in ${duration} s`);
      const found = Number(await sql(source('postgres/count.sql'), `status=${status}`));
      if (done !== found) throw new Error(`${done} times ${steps.join(', ')}, but ${found} seats are ${status}`);
      return Number(output.match(/tps = ([\d.]+)/)[1]);
    });
  } finally {
    await rm(data, { recursive: true });
  }
}

// ---- SQLite: rows updated in usher's own tables ----

export async function sqlitePurchases(data, steps) {
  const at = await newDirectory('tables');
  await run('cp', ['-a', '--reflink=auto', `${data}/.`, at]);
  await settle();
  const { perSecond } = JSON.parse(await run(program('tables'), [join(at, 'usher.db'), seconds, steps]));
  await rm(at, { recursive: true });
  return perSecond;
}
