// Clients who are slow on purpose (slowhttptest): their heads or their bodies take for ever, or they
// take for ever to read. They come from eight addresses, and again when they were shown out.
import { readFile } from 'node:fs/promises';
import { start, stop, until } from './children.mjs';
import { program, scaled } from './settings.mjs';

const addresses = [2, 3, 4, 5, 6, 7, 8, 9].map((last) => `127.0.0.${last}`);

const ofEachKind = scaled(2000);

// How many of each kind come from each address.
const fromEach = Math.ceil(ofEachKind / addresses.length);

const openingMs = 10_000;

// Longer than anything that is measured beside them.
const lastsSeconds = 3600;

// A line of a head or a piece of a body each few seconds, so that no silence gives them away; five
// bytes of a large answer a second.
const kinds = (url, large) => [
  ['-H', '-u', `${url}/v1/queue`, '-i', 5],
  ['-B', '-u', `${url}/v1/sessions`, '-i', 5, '-s', 8192, '-f', 'application/json'],
  ['-X', '-u', `${url}${large}`, '-n', 1, '-z', 5, '-w', 256, '-y', 512],
];

// It asks without a pause whether it may write, so it runs when nobody else wants the processor: else
// it would be measured what that does to the server, and slow clients are on other machines.
function startOne(options, address) {
  return start('chrt', ['--idle', 0, 'slowhttptest', ...options,
    '-c', fromEach, '-r', fromEach, '-l', lastsSeconds, '-v', 0],
    { env: { ...process.env, TERM: 'dumb', LD_PRELOAD: program('from.so'), BENCH_FROM: address } });
}

// How many connections from those addresses are established at the server's end.
async function countOpen(port) {
  const hex = (text) => text.split('.').reverse()
    .map((byte) => Number(byte).toString(16).padStart(2, '0')).join('').toUpperCase();
  const theirs = new Set(addresses.map(hex));
  const server = `:${Number(port).toString(16).padStart(4, '0').toUpperCase()}`;
  const established = '01';
  return (await readFile('/proc/net/tcp', 'utf8')).split('\n').filter((line) => {
    const [, local, remote, state] = line.trim().split(/\s+/);
    return state === established && local.endsWith(server) && theirs.has(remote.split(':')[0]);
  }).length;
}

// `use` begins when all of them are connected, or when the server has let in what it lets in; it is
// told how many are. `large`: the path of an answer for the slow readers.
export async function withSlowClients(house, large, use) {
  let over = false;
  const clients = new Map();
  const keep = (key, options, address) => {
    const child = startOne(options, address);
    child.stdout.resume();
    clients.set(key, child);
    child.once('exit', (status) => {
      if (!over && status !== null) keep(key, options, address);
    });
  };
  try {
    for (const options of kinds(house.url, large))
      for (const address of addresses) keep(`${options[0]} ${address}`, options, address);
    const wanted = 3 * addresses.length * fromEach;
    const end = Date.now() + openingMs;
    let open = 0;
    await until('slow clients', async () => {
      open = await countOpen(house.port);
      return open >= wanted || Date.now() > end;
    });
    if (open === 0) throw new Error('no slow client could connect');
    return await use(await countOpen(house.port));
  } finally {
    over = true;
    await Promise.all([...clients.values()].map(stop));
  }
}
