// The peer nginx + Lua + Redis (nginx/redis.conf, redis/): starts it with the shop in it.
import { withNginx } from './nginx.mjs';
import { withRedis } from './redis.mjs';
import { source } from './settings.mjs';
import { ofTrial, roundOf, shop, shopFiles, tokenKey, trial, tryRules } from './shop.mjs';

const pricesAtOnce = 500;

function* prices() {
  for (let round = 1; round <= shop.rounds; round++) {
    const words = [];
    for (let seat = round - 1 || shop.rounds; seat <= shop.seats; seat += shop.rounds)
      words.push(`${seat} ${shop.price}`);
    for (let i = 0; i < words.length; i += pricesAtOnce)
      yield `HSET prices:${round} ${words.slice(i, i + pricesAtOnce).join(' ')}`;
  }
  yield `HSET prices:${trial.round} ${trial.seats.map((seat) => `${seat} ${shop.price}`).join(' ')}`;
}

const roundLine = (round, seatsMax) =>
  `HSET round:${round} status scheduled opensAt ${shop.opens} closesAt ${shop.ends} seatsMax ${seatsMax}`;

function* commands() {
  for (let round = 1; round <= shop.rounds; round++) yield roundLine(round, shop.seatsMax);
  yield roundLine(trial.round, trial.seatsMax);
  yield* prices();
  for (let user = 1; user <= trial.late; user++) {
    yield `SET session:${user} ${user}`;
    yield `SET account:${user} ${shop.balance}`;
    if (user > shop.inside && user !== trial.buyer) continue;
    yield `HSET token:${user} status active number ${user} expiresAt ${shop.ends}`;
    yield `ZADD queue:active ${shop.ends} ${user}`;
  }
  yield `SET queue:number ${trial.late}`;
}

let text;

async function fill(redis) {
  text ??= `${[...commands()].join('\n')}\n`;
  const told = await redis(['--pipe'], text);
  if (!told.includes('errors: 0')) throw new Error(`Redis took not everything: ${told}`);
}

// How many seats there are that somebody holds or bought, or bought alone.
const countSeats = async (redis, sold) => Number(await redis(['EVAL', `local count = 0
  for _, key in ipairs(redis.call('KEYS', 'seat:*')) do
    if ARGV[1] == '' or redis.call('GET', key):find('sold', 1, true) == 1 then count = count + 1 end
  end
  return count`, 0, sold ? 'sold' : '']));

export const withNginxRedis = (use) => withRedis('always', async ({ child, socket, redis }) => {
  await fill(redis);
  const files = await shopFiles();
  const values = { socket, source: source('.') };
  return withNginx('redis.conf', async (port, nginx) => {
    await tryRules(port);
    return use({ port, pids: [nginx.pid, child.pid], ...files,
      held: async () => await countSeats(redis, false) - ofTrial.held,
      sold: async () => await countSeats(redis, true) - ofTrial.sold });
  }, { values, env: { BENCH_TOKEN_KEY: tokenKey } });
});
