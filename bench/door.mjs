// What stands in front of usher’s rules: connections and requests. What a request takes of the
// processor, what a connection that is silent takes of memory, and whether clients who are slow on
// purpose keep others out. Each function is one round, whose number it is given.
import { beside, stepsBeside } from './beside.mjs';
import { firstLine, start } from './children.mjs';
import { booked, processorUs, residentBytes, withHouse } from './house.mjs';
import { load } from './load.mjs';
import { withConstant } from './peers.mjs';
import { holding, lining } from './rates.mjs';
import { program, scaled, seconds } from './settings.mjs';
import { withSlowClients } from './slow.mjs';

// Answers what the load does, and what the server's threads take for each of its errands, whatever they
// have left to do when the load is over included.
async function costOf(house, work, options) {
  const before = await processorUs(house);
  const told = await load(work, house.port, { seconds, ...options });
  await booked(house);
  return { ...told, cpu: (await processorUs(house) - before) / told.done };
}

export function doorHolds(round) {
  const held = new Map(); // by house: its next seat
  return stepsBeside(round, 'holding', holding, [64, 256, 1000].map((connections) => async (house) => {
    const first = held.get(house) ?? 0;
    const { cpu, perSecond, done } = await costOf(house, 'holds',
      { connections, first, people: house.people, seats: house.seats });
    held.set(house, first + done);
    return { [`cpu${connections}`]: cpu, [`rate${connections}`]: perSecond };
  }));
}

// One kind of poll, and right after it a constant answer of the same status and size.
async function pollsOf(name, house, path, conditional) {
  const answer = await fetch(`${house.url}${path}`);
  const bytes = (await answer.arrayBuffer()).byteLength;
  const options = conditional ? { path, header: `If-None-Match: ${answer.headers.get('etag')}` } : { path };
  const { cpu, perSecond } = await costOf(house, 'fixed', options);
  const constant = await withConstant(conditional ? 304 : 200, conditional ? 0 : bytes,
    async (port) => (await load('fixed', port, { seconds, ...options })).perSecond);
  return { [name]: perSecond, [`${name}Constant`]: constant, [`${name}Cpu`]: cpu };
}

export const doorPolls = (round) => stepsBeside(round, 'lining-thousand', lining(1000), [
  (house) => pollsOf('queue', house, '/v1/queue', false),
  async (house) => pollsOf('same', house, `/v1/rounds/${await house.round()}/availability`, true),
]);

// Connections that asked once and then keep still; from several addresses, as a server may bound
// those of one. Few ask at the same time.
const quietHouse = { inside: 100, rounds: 1, seats: 100 };

export const doorIdle = (round) => beside(round, (build) => withHouse('idle', quietHouse,
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

export const doorSlow = (round) => beside(round, (build) => withHouse('slow', pollingHouse,
  async (house) => {
    const alone = await goodClientsOf(house);
    const map = `/v1/rounds/${await house.round()}/map`;
    return withSlowClients(house, map, async (slow) => {
      const { p99, refused } = await goodClientsOf(house);
      const { now } = await residentBytes(house);
      return { alone: alone.p99, beside: p99, refused, slow, memory: now / 1e6 };
    });
  }, build));
