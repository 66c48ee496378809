// usher alone: how fast a million people join, how long a hold takes below the peak, and whether a hold
// takes more in a larger house. Each function is one round, and answers its figures by name.
import { withConstant } from './constant.mjs';
import { holdAnswerBytes } from './contestants.mjs';
import { booked, withHouse } from './house.mjs';
import { houseOf, lining, opening, selling } from './houses.mjs';
import { load } from './load.mjs';
import { processorUs } from './processes.mjs';
import { connections, scaled, seconds } from './settings.mjs';

export const joins = () => withHouse('outside-million', opening, async (house) => {
  const { perSecond, done } = await load('joins', house.port,
    { count: opening.outside, connections: 1000, people: house.others });
  await booked(house, 10 * 60_000);
  return { usher: perSecond, usherCpu: await processorUs(house.child.pid) / done };
});

// ---- Latency at a fixed rate ----

// From more connections than the peak: who comes at a fixed rate does not wait for who came before,
// and should not wait here for a free connection.
const latencyOf = async (port, rate, options) => (await load('holds', port,
  { rate: Math.floor(rate), seconds, connections: 4 * connections, ...options })).latencyMs;

export const latency = () => withHouse('selling', selling, async (house) => {
  const files = { people: house.people, seats: house.seats };
  const peak = await load('holds', house.port, { seconds, ...files });
  const figures = { peak: peak.perSecond };
  let first = peak.done;
  await booked(house);
  for (const [name, share] of [['half', 0.5], ['most', 0.8]]) {
    const rate = share * peak.perSecond;
    const usher = await latencyOf(house.port, rate, { first, ...files });
    await booked(house);
    const constant = await withConstant(201, holdAnswerBytes,
      (port) => latencyOf(port, rate, { again: true, ...files }));
    first += usher.count;
    for (const point of ['p50', 'p99', 'p999']) figures[`${name}_${point}`] = usher[point];
    figures[`${name}_constant`] = constant.p99;
  }
  return figures;
});

// ---- Growth ----

const growing = {
  people1k: ['lining-thousand', lining(1000)],
  people1m: ['lining-million', lining(1_000_000)],
  seats100: ['rounds-100', houseOf(100, Math.ceil(scaled(2000) / 2), 2)],
  seats200k: ['rounds-200k', houseOf(scaled(200_000), 1)],
};

// The same number of holds in each, and what one takes of the processor: the same hold takes more when
// there are more people or seats to find it among.
async function holdsIn(kind, plan) {
  return withHouse(kind, plan, async (house) => {
    const before = await processorUs(house.child.pid);
    const { perSecond, done } = await load('holds', house.port,
      { count: scaled(100_000), people: house.people, seats: house.seats });
    await booked(house);
    return { perSecond, cpu: (await processorUs(house.child.pid) - before) / done };
  });
}

export async function growth() {
  const figures = {};
  for (const [name, [kind, plan]] of Object.entries(growing)) {
    const { perSecond, cpu } = await holdsIn(kind, plan);
    Object.assign(figures, { [name]: perSecond, [`${name}Cpu`]: cpu });
  }
  return figures;
}
