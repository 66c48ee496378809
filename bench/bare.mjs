// Stores without HTTP, under their own loads: what is left of a peer when nothing but the store is asked.
import { bareRedisHolds } from './redis.mjs';
import { pgbench } from './postgres.mjs';
import { shop } from './shop.mjs';
import { sqlitePurchases } from './sqlite.mjs';

// The requests that usher's own batches have at 64 connections, more or less.
const stepsAtOnce = 24;

export async function bare() {
  return {
    redisAlways: await bareRedisHolds('always'),
    redisEverysec: await bareRedisHolds('everysec'),
    postgresHolds: await pgbench(['hold'], 'held', 1, shop.inside),
    sqlitePurchases: await sqlitePurchases(stepsAtOnce),
    postgresPurchases: await pgbench(['join', 'hold', 'pay'], 'sold', shop.inside + 1, shop.people),
  };
}
