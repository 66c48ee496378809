// PostgreSQL with the shop in it, durable as it is by default: for pgbench, with a transaction a
// request, and for the peer over HTTP.
import { execFileSync } from 'node:child_process';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory, freePort, run, settle, start, stop, until } from './children.mjs';
import { cores, seconds, source } from './settings.mjs';
import { shop, trial } from './shop.mjs';

const binaries = '/usr/lib/postgresql/15/bin';

// It refuses to run as root.
const isRoot = process.getuid() === 0;
const postgresId = (which) => Number(execFileSync('id', [which, 'postgres']));
const asOwner = () => (isRoot ? { uid: postgresId('-u'), gid: postgresId('-g') } : {});

// A careful service has a pool: with a process for each of 64 connections PostgreSQL does half as much.
export const pool = 8 * cores;

// Whole seconds, and one more for the processes to start and plan in.
const duration = Math.max(Math.ceil(seconds) + 1, 5);

// Memory and log enough that neither is what is measured, nothing of its housekeeping while somebody else
// is measured, and each statement planned once: left alone it plans a hold anew each time, since it takes
// an array of unknown length for a long one, and that is a third of its time.
const settings = (port, data) => ({
  port, listen_addresses: '', unix_socket_directories: data, shared_buffers: '1GB',
  max_wal_size: '8GB', fsync: 'on', synchronous_commit: 'on', jit: 'off', autovacuum: 'off',
  plan_cache_mode: 'force_generic_plan',
});

async function startPostgres(data) {
  const port = await freePort();
  const child = start(join(binaries, 'postgres'), ['-D', data,
    ...Object.entries(settings(port, data)).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
  { stopSignal: 'SIGINT', ...asOwner() });
  const client = ['-h', data, '-p', port, '-U', 'postgres'];
  const sql = (file, variables = {}) => run(join(binaries, 'psql'), [...client, '-v', 'ON_ERROR_STOP=1',
    '-qAtX', ...Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]),
    '-f', source(`postgres/${file}.sql`)]);
  await until('PostgreSQL answers', async () => {
    if (child.exitCode !== null) throw new Error(`postgres: ${child.errors}`);
    return run(join(binaries, 'pg_isready'), client).then(() => true, () => false);
  });
  return { child, client, sql, port, data };
}

let cluster;

// Made and filled once; every measurement begins with a copy.
async function makeCluster() {
  const data = join(directory, 'postgres');
  await mkdir(data);
  if (isRoot) await chown(data, asOwner().uid, asOwner().gid);
  await run(join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8',
    '--locale=C.UTF-8'], asOwner());
  const { child, sql } = await startPostgres(data);
  try {
    await sql('schema', { users: shop.people, rounds: shop.rounds, seats: shop.seats,
      seats_max: shop.seatsMax, price: shop.price, balance: shop.balance });
    await sql('functions');
    await sql('trial', { round: trial.round, seats: trial.seats.length, first_seat: trial.seats[0],
      seats_max: trial.seatsMax, price: shop.price, buyer: trial.buyer, late: trial.late,
      balance: shop.balance });
    await sql('settled');
  } finally {
    await stop(child);
  }
  return data;
}

// With everybody inside who should be, and nothing of that left to be written.
export async function withPostgres(use) {
  cluster ??= await makeCluster();
  const data = join(directory, 'postgres-copy');
  await run('cp', ['-a', '--reflink=auto', cluster, data]);
  const postgres = await startPostgres(data);
  try {
    await postgres.sql('inside', { inside: shop.inside, buyer: trial.buyer });
    await postgres.sql('settled');
    await settle();
    return await use(postgres);
  } finally {
    await stop(postgres.child);
    await rm(data, { recursive: true });
  }
}

// Errands (holds or purchases) a second by pgbench: `steps` are the scripts that one is made of, each
// durable when it is done, by people from `first` to `last`; `status` is that in which it leaves a seat.
export const pgbench = (steps, status, first, last) => withPostgres(async ({ client, sql }) => {
  const script = join(directory, 'errand.sql');
  const texts = await Promise.all(['turn', ...steps].map((step) =>
    readFile(source(`postgres/${step}.sql`), 'utf8')));
  await writeFile(script, texts.join(''));
  const output = await run(join(binaries, 'pgbench'), [...client, '-n', '-M', 'prepared',
    '-c', pool, '-j', Math.min(2, cores), '-T', duration, '-D', 'turn=-1', '-D', `clients=${pool}`,
    '-D', `seats=${shop.seats}`, '-D', `rounds=${shop.rounds}`, '-D', `seats_max=${shop.seatsMax}`,
    '-D', `first=${first}`, '-D', `people=${last - first + 1}`, '-f', script, 'postgres']);
  const done = Number(output.match(/actually processed: (\d+)/)[1]);
  if (done === 0) throw new Error(`pgbench: not one ${steps.at(-1)} in ${duration} s`);
  const found = Number(await sql('count', { status }));
  if (done !== found) throw new Error(`${done} times ${steps.join(', ')}, but ${found} seats are ${status}`);
  return Number(output.match(/tps = ([\d.]+)/)[1]);
});
