// The peer Node + PostgreSQL: a box office as it is built on node:http and pg, a process a core. Each
// request is one prepared call of a function (postgres/functions.sql), which is one transaction. Prints
// its port. PGHOST, PGPORT and PGUSER say where PostgreSQL is; WORKERS, POOL (connections of each
// worker) and TOKEN_KEY the rest.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import pg from 'pg';
import { callerOf } from './caller.mjs';
import { join, hold, pay } from './shop.mjs';

const bodyBytesMax = 16_384;

const routes = new Map([
  ['/v1/queue/tokens', join], ['/v1/reservations', hold], ['/v1/payments', pay]]);

const statuses = {
  invalid_request: 400, unauthorized: 401, insufficient_points: 402, queue_token_required: 403,
  queue_token_not_active: 403, not_found: 404, reservation_unknown: 404, round_unknown: 404,
  round_cancelled: 409, sales_not_open: 409, sales_closed: 409, seat_limit: 409, seat_unavailable: 409,
  reservation_not_pending: 409, hold_expired: 410, body_too_large: 413, unavailable: 503,
};

function send(response, status, type, text) {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

const refuse = (response, code) => send(response, statuses[code], 'application/problem+json',
  JSON.stringify({ status: statuses[code], code }));

async function answer(pool, request, response, text) {
  const route = request.method === 'POST' && routes.get(request.url);
  if (!route) return refuse(response, 'not_found');
  const caller = callerOf(request.headers.authorization);
  if (!caller) return refuse(response, 'unauthorized');
  const { refusal, ...created } = await route(pool, caller, text);
  return refusal ? refuse(response, refusal)
    : send(response, 201, 'application/json', JSON.stringify(created));
}

function serve(pool) {
  const server = createServer({ keepAliveTimeout: 3_600_000, requestTimeout: 0 }, (request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece) => { if (text.length <= bodyBytesMax) text += piece; });
    request.on('end', () => {
      if (text.length > bodyBytesMax) { refuse(response, 'body_too_large'); return; }
      answer(pool, request, response, text).catch((error) => {
        console.error(error);
        refuse(response, 'unavailable');
      });
    });
  });
  server.listen(Number(process.env.PORT), '127.0.0.1', 4096);
}

// Frees the seats of holds that ended.
function sweep() {
  const pool = new pg.Pool({ max: 1 });
  setInterval(() => pool.query('SELECT holds_expire()').catch((error) => console.error(error)), 1000);
}

if (cluster.isPrimary) {
  let listening = 0;
  const workers = Number(process.env.WORKERS);
  for (let i = 0; i < workers; i++) cluster.fork();
  cluster.on('listening', (worker, { port }) => {
    if (++listening === workers) console.log(port);
  });
  sweep();
} else {
  serve(new pg.Pool({ max: Number(process.env.POOL), idleTimeoutMillis: 0 }));
}
