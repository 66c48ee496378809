// What the figures should be. A target that was missed is told like one that was met.

import { number } from './numbers.mjs';
import { counts } from './settings.mjs';

// "As today or better", of two medians that differ by so much when nothing does.
const noWorse = 1.05;

const eachCount = (make) => counts.map((connections, i) => make(connections, i));

// What one of these takes of the server's processor, to the base.
const processorToBase = (part, noun, most) => eachCount((connections, i) => ({
  text: `processor for a ${noun}, ${number(connections)} connections, to the base`, most: most[i],
  of: (medians) => medians[part][`usher${connections}Cpu`] / medians[part][`usherBase${connections}Cpu`] }));

// The rate of holds, to a peer's.
const holdsTo = (peer, label, least) => eachCount((connections, i) => ({
  text: `holds from ${number(connections)} connections, to ${label}`, least: least[i],
  of: ({ holds }) => holds[`usher${connections}`] / holds[`${peer}${connections}`] }))
  .filter((target) => target.least);

const targets = [
  ...processorToBase('holds', 'hold', [0.7, 0.7, 0.7]),
  ...processorToBase('purchases', 'purchase', [0.7, 0.7, 0.7]),
  { text: 'processor for booking a purchase, to the base', most: 0.6,
    of: ({ bookkeeper }) => bookkeeper.cpu / bookkeeper.cpuBase },
  { text: 'bytes on disk a purchase', most: 1000, of: ({ bookkeeper }) => bookkeeper.bytes },
  ...holdsTo('nginxRedis', 'nginx + Lua + Redis', [2.2, 2.6]),
  ...holdsTo('nodePostgres', 'Node + PostgreSQL', [12, 12, 12]),
  ...holdsTo('constant', 'a constant answer', [0.45, 0.55, 0.65]),
  { text: 'GET /v1/queue, to a constant answer', least: 1,
    of: ({ polls }) => polls.queue / polls.queueConstant },
  { text: 'a 304, to a constant answer', least: 1,
    of: ({ polls }) => polls.same / polls.sameConstant },
  { text: 'processor for GET /v1/queue, to the base', most: 0.9,
    of: ({ polls }) => polls.queueCpu / polls.queueBaseCpu },
  { text: 'processor for a 304, to the base', most: 0.9,
    of: ({ polls }) => polls.sameCpu / polls.sameBaseCpu },
  { text: 'memory with 10,000 idle connections, MB', most: 40, of: ({ idle }) => idle.all },
  { text: 'memory for a million people, to the base', most: noWorse,
    of: ({ memory }) => memory.perMillion / memory.perMillionBase },
  { text: 'start with a million people, to the base', most: noWorse,
    of: ({ memory }) => memory.restart / memory.restartBase },
  { text: 'memory for a million people, MB', most: 400, of: ({ memory }) => memory.perMillion },
  { text: 'start with a million people, s', most: 4, of: ({ memory }) => memory.restart },
  { text: '99 % of polls beside 6,000 slow clients, to without', most: 2,
    of: ({ slow }) => slow.beside / slow.alone },
  { text: 'good clients refused beside 6,000 slow ones', most: 0, of: ({ slow }) => slow.refused },
  { text: '99 % of holds at half the peak, ms', most: 10, of: ({ latency }) => latency.half_p99 },
  { text: 'processor for a hold with a million in line, to a thousand', most: 1.1,
    of: ({ growth }) => growth.people1mCpu / growth.people1kCpu },
  { text: 'processor for a hold in a round of 200,000 seats, to rounds of 100', most: 1.1,
    of: ({ growth }) => growth.seats200kCpu / growth.seats100Cpu },
  { text: 'holds with an Idempotency-Key, to without', least: 0.9,
    of: ({ ways }) => ways.keyed / ways.plain },
  { text: 'holds of the best seat, to holds by id', least: 0.8, of: ({ ways }) => ways.best / ways.plain },
  { text: 'memory for an export of a million payments, MB', most: 20, of: ({ exports }) => exports.memory },
  { text: 'holds beside an export, to without', least: 0.9, of: ({ exports }) => exports.beside / exports.alone },
  { text: 'holds beside 5,000 streams, to without', least: 0.8,
    of: ({ streams }) => streams.beside / streams.alone },
  { text: '99 % of changes told after, ms', most: 300, of: ({ streams }) => streams.p99 },
  { text: 'a rehearsal of a million buyers, s', most: 10, of: ({ rehearsal }) => rehearsal.seconds },
  { text: 'memory for it, MB', most: 500, of: ({ rehearsal }) => rehearsal.memory },
  { text: '300,000 purchases booked after the last, s', most: 60, of: ({ bookkeeper }) => bookkeeper.catchUp },
  { text: 'holds while the bookkeeper works, to without', least: 0.9,
    of: ({ bookkeeper }) => bookkeeper.busy / bookkeeper.idle },
];

const isMet = ({ value, least, most }) => (least ? value >= least : value <= most);

// Those whose part was measured; `medians` by part and figure.
export function judge(medians) {
  const measured = new Proxy(medians, { get: (all, part) => all[part] ?? {} });
  return targets.map(({ text, least, most, of }) => ({ text, least, most, value: of(measured) }))
    .filter(({ value }) => Number.isFinite(value))
    .map((target) => ({ ...target, met: isMet(target) }));
}
