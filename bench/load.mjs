// Runs load.c; fails when an answer was not what it should be.
import { run } from './children.mjs';
import { connections, program } from './settings.mjs';

export async function load(work, port, options = {}) {
  const given = { connections, ...options };
  const flags = Object.entries(given).flatMap(([name, value]) =>
    (value === true ? [`--${name}`] : [`--${name}`, value]));
  return JSON.parse(await run(program('load'), [work, '--port', port, ...flags]));
}
