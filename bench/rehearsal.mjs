// A sale that is rehearsed: how long the largest that is promised takes, and what it takes of memory.
import { once } from 'node:events';
import { start } from './children.mjs';
import { scaled, usher } from './settings.mjs';

// As it tells on standard error.
export async function rehearsal() {
  const child = start(usher, ['rehearse', '--buyers', scaled(1_000_000), '--seats', scaled(50_000)]);
  child.stdout.resume();
  const [code] = await once(child, 'close');
  const told = /rehearsed in (\S+) s, with (\S+) MB/.exec(child.errors);
  if (code !== 0 || !told) throw new Error(`usher rehearse: ${child.errors}`);
  return { seconds: Number(told[1]), memory: Number(told[2]) };
}
