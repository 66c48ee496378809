// Connections as such: what one that is silent takes of memory, and whether clients who are slow on
// purpose keep others out. Each function is one round, whose number it is given.
import { beside } from './beside.mjs';
import { firstLine, start } from './children.mjs';
import { residentBytes, withHouse } from './house.mjs';
import { load } from './load.mjs';
import { program, scaled, seconds } from './settings.mjs';
import { withSlowClients } from './slow.mjs';

// Connections that asked once and then keep still; from several addresses, as a server may bound
// those of one. Few ask at the same time.
const quietHouse = { inside: 100, rounds: 1, seats: 100 };

export const idle = (round) => beside(round, (build) => withHouse('idle', quietHouse,
  async (house) => {
    const connections = scaled(10_000);
    const before = (await residentBytes(house)).now;
    const clients = start(program('load'), ['fixed', '--port', house.port, '--path', '/v1/queue',
      '--connections', connections, '--count', connections, '--underway', Math.min(connections, 64),
      '--addresses', 16, '--stay']);
    await firstLine(clients, /("work")/);
    const after = (await residentBytes(house)).now;
    const ended = new Promise((resolve) => { clients.once('exit', resolve); });
    clients.stdin.end();
    await ended;
    return { all: after / 1e6, each: (after - before) / connections };
  }, build));

// A thousand connections on which people poll their places, without slow clients and with. They are
// opened when the slow ones stand. Everybody asks every five seconds, which is no more often than they
// are told to.
const goodClients = 1000;
const pollsPerSecond = 4000;
const pollingHouse = { inside: 5 * pollsPerSecond, rounds: 1, seats: scaled(20_000) };

async function goodClientsOf(house) {
  const told = await load('polls', house.port, { connections: goodClients, rate: pollsPerSecond, seconds,
    people: house.people, broken: true });
  return { p99: told.latencyMs.p99, refused: told.broken + told.unexpected };
}

export const slow = (round) => beside(round, (build) => withHouse('slow', pollingHouse,
  async (house) => {
    const alone = await goodClientsOf(house);
    const map = `/v1/rounds/${await house.round()}/map`;
    return withSlowClients(house, map, async (slowClients) => {
      const { p99, refused } = await goodClientsOf(house);
      const { now } = await residentBytes(house);
      return { alone: alone.p99, beside: p99, refused, slow: slowClients, memory: now / 1e6 };
    });
  }, build));
