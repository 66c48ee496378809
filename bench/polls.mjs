// What most of a crowd does: looking whether something has changed. A million people in line; each kind
// of poll on usher, on a constant answer of the same status and size, and on nginx with a static file
// where the answer is everybody's.
import { readFile } from 'node:fs/promises';
import { stepsBeside } from './beside.mjs';
import { settle } from './children.mjs';
import { withConstant } from './constant.mjs';
import { lining } from './houses.mjs';
import { load } from './load.mjs';
import { withStaticNginx } from './nginx.mjs';
import { processorUs } from './processes.mjs';
import { seconds } from './settings.mjs';

async function askAt(work, port, pid, { expected, ...options }) {
  await settle();
  const before = await processorUs(pid);
  const { perSecond, done, status } = await load(work, port, { seconds, ...options });
  const statuses = Object.keys(status).join();
  if (expected && statuses !== String(expected))
    throw new Error(`${options.path} was answered with ${statuses}, not ${expected}`);
  return { perSecond, cpu: (await processorUs(pid) - before) / done };
}

const named = (name, { perSecond, cpu }) => ({ [name]: perSecond, [`${name}Cpu`]: cpu });

async function pollsOf(name, work, house, path, { conditional = false, people, nginx = false } = {}) {
  const person = people && (await readFile(people, 'utf8')).split(' ', 1)[0];
  // As the load asks: a body that was compressed would have an ETag of its own.
  const answer = await fetch(`${house.url}${path}`,
    { headers: { 'accept-encoding': 'identity', ...(person ? { authorization: `Bearer ${person}` } : {}) } });
  const body = await answer.text();
  const options = (etag) => ({ path, expected: conditional ? 304 : 200, ...(people ? { people } : {}),
    ...(conditional ? { header: `If-None-Match: ${etag}` } : {}) });
  const own = options(answer.headers.get('etag'));
  const figures = named(name, await askAt(work, house.port, house.child.pid, own));
  if (house.build.suffix) return figures; // the peers are measured beside this build alone
  const [status, bytes] = conditional ? [304, 0] : [200, Buffer.byteLength(body)];
  Object.assign(figures, named(`${name}Constant`,
    await withConstant(status, bytes, (port, pid) => askAt(work, port, pid, own))));
  if (!nginx) return figures;
  return { ...figures, ...named(`${name}Nginx`, await withStaticNginx(body, async (port, pid) => {
    const etag = (await fetch(`http://127.0.0.1:${port}${path}`)).headers.get('etag');
    return askAt(work, port, pid, options(etag));
  })) };
}

export const polls = (round) => stepsBeside(round, 'lining-million', lining(1_000_000), [
  (house) => pollsOf('queue', 'fixed', house, '/v1/queue', { nginx: true }),
  async (house) => pollsOf('same', 'fixed', house, `/v1/rounds/${await house.round()}/availability`,
    { conditional: true, nginx: true }),
  (house) => pollsOf('token', 'polls', house, '/v1/queue/tokens/current', { people: house.others }),
]);
