// A rush as it would be, and whether what buyers were told is true.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkRush } from './checker.mjs';
import { directory, run } from './children.mjs';
import { booked, withHouse } from './house.mjs';
import { load } from './load.mjs';
import { scaled, usher } from './settings.mjs';

// A house of 20,000 seats with the settings of an operator who expects it: two thousand people are
// let in a second, and all who want to come within ten seconds.
const people = scaled(100_000);
const plan = { outside: people, rounds: 1, seats: scaled(20_000),
  settings: { 'max-active': Math.max(scaled(4000), 20), 'admit-per-second': Math.max(scaled(2000), 10),
    'silent-seconds': 120, 'active-seconds': 600, 'wait-seconds': 3600, 'hold-seconds': 300,
    'account-requests-per-second': 50, 'address-requests-per-second': 5000 } };

export const rush = () => withHouse('rush', plan, async (house) => {
  const log = join(directory, 'rush.log');
  const told = await load('rush', house.port, { people: house.others, seats: house.seats, log,
    rate: Math.max(people / 10, 1), count: people, underway: people, connections: Math.min(1000, people) });
  await booked(house);
  await house.stop();
  const { sold, violations } = await checkRush(log, house.data, house.others);
  await promisify(execFile)(usher, ['check', '--data', house.data]).catch((error) => {
    violations.push(`usher check: ${error.stdout}${error.stderr}`);
  });
  if (violations.length > 0)
    throw new Error(`the rush was not sold as buyers were told:\n${violations.slice(0, 20).join('\n')}`);
  return {
    seconds: told.seconds, requests: told.requests / told.seconds, sold, bought: told.done, left: told.inVain,
    lostRaces: told.status[409] ?? 0, hold_p99: told.steps.hold.p99, poll_p99: told.steps.poll.p99,
    pay_p99: told.steps.pay.p99,
  };
});
