// libmicrohttpd with the same answer to everything (floor.c): what no answer over HTTP costs less than
// on that library. It has as many threads as usher has for HTTP, which is also its quickest: where
// threads share a core with the load, they sleep and wake more often.
import { firstLine, start, stop } from './children.mjs';
import { cores, program } from './settings.mjs';

export async function withConstant(status, bytes, use) {
  const child = start(program('floor'), [Math.max(cores - 1, 1), status, bytes]);
  try {
    return await use(await firstLine(child, /^(\d+)/), child.pid);
  } finally {
    await stop(child);
  }
}
