// libmicrohttpd with the same answer to everything (floor.c): what no answer over HTTP costs less than
// on that library. It has a thread a core; with a single one it is quicker on two cores that it shares
// with the load, but now and then accepts nobody any more.
import { firstLine, start, stop } from './children.mjs';
import { cores, program } from './settings.mjs';

export async function withConstant(status, bytes, use) {
  const child = start(program('floor'), [cores, status, bytes]);
  try {
    return await use(await firstLine(child, /^(\d+)/), child.pid);
  } finally {
    await stop(child);
  }
}
