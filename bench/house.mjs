// usher with people and seats: each kind of house is seeded once, and copied for every measurement,
// so that all of them begin with the same.
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory, firstLine, run, settle, start, stop, until } from './children.mjs';
import { builds } from './settings.mjs';

// Nobody is turned away for the pace, and nothing falls due while it is measured.
const wide = {
  'max-active': 1_000_000, 'admit-per-second': 1_000_000, 'silent-seconds': 86_400,
  'active-seconds': 86_400, 'wait-seconds': 86_400, 'hold-seconds': 3600, 'idle-seconds': 3600,
  'account-requests-per-second': 1_000_000, 'address-requests-per-second': 1_000_000,
};

const flags = (settings) => Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);

const fetchJson = async (url) => (await fetch(url)).json();

// All items of a list, page by page.
async function list(url) {
  const items = [];
  for (let cursor = null; ;) {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = await fetchJson(`${url}?limit=200${more}`);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) return items;
  }
}

async function listSeats(url, file) {
  const rows = [];
  for (const concert of await list(`${url}/v1/concerts`))
    for (const round of await list(`${url}/v1/concerts/${concert.id}/rounds`)) {
      const map = await fetchJson(`${url}/v1/rounds/${round.id}/map`);
      for (const id of map.id) rows.push(`${round.id} ${id}`);
    }
  await writeFile(file, `${rows.join('\n')}\n`);
}

// A server on a data directory; `under`: the program that runs it, with its options.
async function serve(build, data, settings, under = []) {
  const began = process.hrtime.bigint();
  const [program, ...options] = [...under, build.usher];
  const child = start(program, [...options, 'serve', '--data', data, '--listen', '127.0.0.1:0',
    ...flags({ ...wide, ...settings })]);
  const url = await firstLine(child, /listening on (\S+)/);
  const readyMs = Number(process.hrtime.bigint() - began) / 1e6;
  return {
    child, url, data, readyMs, port: new URL(url).port,
    stop: () => stop(child),
    queue: () => fetchJson(`${url}/v1/queue`),
  };
}

// The numbers of /metrics that have no labels, without their prefix; the organizer may read them.
export async function metrics(house) {
  const headers = { authorization: `Bearer ${house.session}` };
  const text = await (await fetch(`${house.url}/metrics`, { headers })).text();
  return Object.fromEntries([...text.matchAll(/^usher_(\w+) (\d+)$/gm)]
    .map(([, name, value]) => [name, Number(value)]));
}

export const booked = (house, deadlineMs) => until('booking everything',
  async () => (await metrics(house)).unbooked_rows === 0, deadlineMs);

const organizer = { email: 'bench@example.com', password: 'nobody signs in but the bench' };

async function signIn(url) {
  const answer = await fetch(`${url}/v1/sessions`, { method: 'POST',
    headers: { 'content-type': 'application/json' }, body: JSON.stringify(organizer) });
  return (await answer.json()).token;
}

const seeded = new Map();

// `inside`: people who have been let in, in the file `people`; `waiting`: people who stand in line
// behind them and `outside`: people who have not joined, both in the file `others`.
async function seed(build, name, plan) {
  const { inside = 0, waiting = 0, outside = 0, concerts = 1, rounds, seats, settings = {} } = plan;
  const data = join(directory, `template-${name}${build.suffix}`);
  const [people, others, seatsFile] = ['people', 'others', 'seats'].map((kind) => `${data}.${kind}`);
  const common = ['seed', '--data', data, ...flags({ ...wide, ...settings })];
  await run(build.usher, [...common, '--users', inside, '--tokens-file', people,
    '--concerts', concerts, '--rounds', rounds, '--seats', seats, '--join']);
  if (waiting + outside > 0)
    await run(build.usher, [...common, '--users', waiting + outside, '--tokens-file', others,
      '--prefix', 'other', '--concerts', 0, ...(waiting > 0 ? ['--join'] : [])]);
  await run(build.usher, ['organizer', 'add', organizer.email, '--data', data],
    { input: `${organizer.password}\n` });
  const house = await serve(build, data, settings);
  const session = await signIn(house.url);
  await listSeats(house.url, seatsFile);
  await until('letting people in', async () => (await house.queue()).active === inside);
  await booked({ ...house, session });
  await house.stop();
  return { data, settings, session, people, others, seats: seatsFile };
}

// A house of the kind, with a server, for a measurement; `use` is given it, and it is gone after. A
// build has houses of its own, since it may write what another cannot read.
export async function withHouse(name, plan, use, build = builds[0], under = []) {
  const key = `${name}${build.suffix}`;
  if (!seeded.has(key)) seeded.set(key, await seed(build, name, plan));
  const template = seeded.get(key);
  const data = join(directory, `house-${key}`);
  await run('cp', ['-a', '--reflink=auto', template.data, data]);
  await settle();
  const house = await serve(build, data, template.settings, under);
  try {
    const round = async () => (await readFile(template.seats, 'utf8')).split(' ', 1)[0];
    return await use({ ...template, ...house, build, round });
  } finally {
    await house.stop();
    await rm(data, { recursive: true });
  }
}

export async function diskBytes(data) {
  let bytes = 0;
  for (const name of await readdir(data)) bytes += (await stat(join(data, name))).blocks * 512;
  return bytes;
}

// Resident memory, and the most that it ever was, once it has not fallen for a second.
export async function residentBytes(house) {
  const sizes = async () => {
    const status = await readFile(`/proc/${house.child.pid}/status`, 'utf8');
    const field = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))[1]) * 1024;
    return { now: field('VmRSS'), peak: field('VmHWM') };
  };
  let last = await sizes();
  for (let at = Date.now(); Date.now() - at < 1000;) {
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    const { now, peak } = await sizes();
    if (now < last.now) at = Date.now();
    last = { now, peak };
  }
  return last;
}
