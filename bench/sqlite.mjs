// Purchases in SQLite, without HTTP (tables.c): so many steps a transaction, each transaction synced.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newDirectory, run, settle } from './children.mjs';
import { program, seconds, source } from './settings.mjs';
import { shop } from './shop.mjs';

// A purchase a second that no disk of today comes to.
const purchasesEachSecond = 40_000;

export async function sqlitePurchases(steps) {
  const file = join(await newDirectory('tables'), 'tables.db');
  const seats = Math.max(shop.seats, Math.ceil(purchasesEachSecond * seconds));
  const sizes = `CREATE TEMP TABLE size AS SELECT ${shop.people} AS users, ${shop.rounds} AS rounds, `
    + `${seats} AS seats, ${shop.price} AS price, ${shop.balance} AS balance;`;
  await run('sqlite3', ['-bail', file], { input: sizes + await readFile(source('sqlite/schema.sql'), 'utf8') });
  await settle();
  const { perSecond } = JSON.parse(await run(program('tables'), [file, seconds, steps]));
  return perSecond;
}
