// What the figures should be. A target that was missed is told like one that was met.

// "As today or better", of two medians that differ by so much when nothing does.
const noWorse = 1.05;

// On the machine that the goals were set on, libmicrohttpd answered a constant POST so often.
const constantThere = 70_000;

const targets = [
  { text: 'holds, to Redis with appendfsync always', least: 2,
    of: ({ holds }) => holds.usher / holds.redisAlways },
  { text: 'holds, to PostgreSQL', least: 20, of: ({ holds }) => holds.usher / holds.postgres },
  { text: 'holds, to a constant answer', least: 0.45, of: ({ holds }) => holds.usher / holds.constant },
  { text: 'purchases, to PostgreSQL', least: 10,
    of: ({ purchases }) => purchases.usher / purchases.postgres },
  { text: 'purchases a second, scaled to 70,000 constant answers', least: 12_000,
    of: ({ purchases }) => purchases.usher / purchases.constant * constantThere },
  { text: 'polls of the queue, to a constant answer', least: 0.9,
    of: ({ polls }) => polls.queue / polls.queueConstant },
  { text: 'polls of unchanged availability, to a constant 304', least: 0.9,
    of: ({ polls }) => polls.same / polls.sameConstant },
  { text: '99 % of holds at half the peak, ms', most: 10, of: ({ latency }) => latency.half_p99 },
  { text: 'holds with a million in line, to a thousand', least: 0.9,
    of: ({ growth }) => growth.people1m / growth.people1k },
  { text: 'holds in a round of 200,000 seats, to rounds of 100', least: 0.9,
    of: ({ growth }) => growth.seats200k / growth.seats100 },
  { text: 'memory for a million people, MB', most: 400, of: ({ memory }) => memory.perMillion },
  { text: 'start with a million people, s', most: 4, of: ({ memory }) => memory.restart },
  { text: 'half a million purchases booked after the last, s', most: 120,
    of: ({ bookkeeper }) => bookkeeper.catchUp },
  { text: 'holds while the bookkeeper works, to without', least: 0.9,
    of: ({ bookkeeper }) => bookkeeper.busy / bookkeeper.idle },
  { text: 'processor for a hold, 64 connections, to the base', most: 0.87,
    of: ({ doorHolds }) => doorHolds.cpu64 / doorHolds.cpu64Base },
  { text: 'processor for a hold, 256 connections, to the base', most: 0.87,
    of: ({ doorHolds }) => doorHolds.cpu256 / doorHolds.cpu256Base },
  { text: 'processor for a hold, 1,000 connections, to the base', most: 0.8,
    of: ({ doorHolds }) => doorHolds.cpu1000 / doorHolds.cpu1000Base },
  { text: 'GET /v1/queue, beside its constant answer', least: 1,
    of: ({ doorPolls }) => doorPolls.queue / doorPolls.queueConstant },
  { text: 'a 304, beside its constant answer', least: 1,
    of: ({ doorPolls }) => doorPolls.same / doorPolls.sameConstant },
  { text: 'processor for GET /v1/queue, to the base', most: 0.9,
    of: ({ doorPolls }) => doorPolls.queueCpu / doorPolls.queueCpuBase },
  { text: 'processor for a 304, to the base', most: 0.9,
    of: ({ doorPolls }) => doorPolls.sameCpu / doorPolls.sameCpuBase },
  { text: 'memory with 10,000 idle connections, MB', most: 40, of: ({ doorIdle }) => doorIdle.all },
  { text: 'memory for a million people, to the base', most: noWorse,
    of: ({ memory }) => memory.perMillion / memory.perMillionBase },
  { text: 'start with a million people, to the base', most: noWorse,
    of: ({ memory }) => memory.restart / memory.restartBase },
  { text: '99 % of polls beside 6,000 slow clients, to without', most: 2,
    of: ({ doorSlow }) => doorSlow.beside / doorSlow.alone },
  { text: 'good clients refused beside 6,000 slow ones', most: 0, of: ({ doorSlow }) => doorSlow.refused },
];

const isMet = ({ value, least, most }) => (least ? value >= least : value <= most);

// Those whose part was measured; `medians` by part and figure.
export function judge(medians) {
  const measured = new Proxy(medians, { get: (all, part) => all[part] ?? {} });
  return targets.map(({ text, least, most, of }) => ({ text, least, most, value: of(measured) }))
    .filter(({ value }) => Number.isFinite(value))
    .map((target) => ({ ...target, met: isMet(target) }));
}
