// The peer Node + PostgreSQL (node/, postgres/functions.sql): starts it with the shop in it.
import { cp } from 'node:fs/promises';
import { firstLine, freePort, heeding, newDirectory, run, start, stop } from './children.mjs';
import { pool, withPostgres } from './postgres.mjs';
import { cores, source } from './settings.mjs';
import { ofTrial, shopFiles, tokenKey, tryRules } from './shop.mjs';

let installed;

// The server with what it needs from npm, outside of the tree.
async function install() {
  const at = await newDirectory('node');
  await cp(source('node'), at, { recursive: true });
  await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: at });
  return at;
}

export const withNodePostgres = (use) => withPostgres(async (postgres) => {
  installed ??= await install();
  const files = await shopFiles();
  const child = start('node', ['server.mjs'], { cwd: installed, env: { ...process.env,
    PGHOST: postgres.data, PGPORT: postgres.port, PGUSER: 'postgres', PGDATABASE: 'postgres',
    WORKERS: cores, POOL: pool / cores, PORT: await freePort(), TOKEN_KEY: tokenKey } });
  const count = async (status) => Number(await postgres.sql('count', { status }));
  try {
    const port = await firstLine(child, /^(\d+)$/);
    await tryRules(port);
    return await heeding(child, () => use({ port, pids: [child.pid, postgres.child.pid], ...files,
      held: async () => await count('held') + await count('sold') - ofTrial.held,
      sold: async () => await count('sold') - ofTrial.sold }));
  } finally {
    await stop(child);
  }
});
