// What the figures should be. A target that was missed is told like one that was met.

// On the machine that the goals were set on, libmicrohttpd answered a constant POST so often.
const constantThere = 70_000;

const targets = [
  { text: 'holds, to Redis with appendfsync always', least: 2, of: ({ holds: h }) => h.usher / h.redisAlways },
  { text: 'holds, to PostgreSQL', least: 20, of: ({ holds: h }) => h.usher / h.postgres },
  { text: 'holds, to a constant answer', least: 0.45, of: ({ holds: h }) => h.usher / h.constant },
  { text: 'purchases, to PostgreSQL', least: 10, of: ({ purchases: p }) => p.usher / p.postgres },
  { text: 'purchases a second, scaled to 70,000 constant answers',
    least: 12_000, of: ({ purchases: p }) => p.usher / p.constant * constantThere },
  { text: 'polls of the queue, to a constant answer', least: 0.9, of: ({ polls: p }) => p.queue / p.queueConstant },
  { text: 'polls of unchanged availability, to a constant 304', least: 0.9, of: ({ polls: p }) => p.same / p.sameConstant },
  { text: '99 % of holds at half the peak, ms', most: 10, of: ({ latency: l }) => l.half_p99 },
  { text: 'holds with a million in line, to a thousand', least: 0.9, of: ({ growth: g }) => g.people1m / g.people1k },
  { text: 'holds in a round of 200,000 seats, to rounds of 100', least: 0.9, of: ({ growth: g }) => g.seats200k / g.seats100 },
  { text: 'memory for a million people, MB', most: 400, of: ({ memory: m }) => m.perMillion },
  { text: 'start with a million people, s', most: 4, of: ({ memory: m }) => m.restart },
  { text: 'half a million purchases booked after the last, s', most: 120, of: ({ bookkeeper: b }) => b.catchUp },
  { text: 'holds while the bookkeeper works, to without', least: 0.9, of: ({ bookkeeper: b }) => b.busy / b.idle },
];

// Those whose part was measured; `medians` by part and figure.
export function judge(medians) {
  const present = new Proxy(medians, { get: (all, part) => all[part] ?? {} });
  return targets.map(({ text, least, most, of }) => ({ text, least, most, value: of(present) }))
    .filter(({ value }) => Number.isFinite(value))
    .map((target) => ({ ...target, met: target.least ? target.value >= target.least : target.value <= target.most }));
}
