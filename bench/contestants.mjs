// Who sells the same seats to the same crowd over HTTP. Each has a name, a label, the works of load.c
// that it can do, and `open(use)`, which the base lacks when none is given: `use` is told its port, its
// processes, the files for the load and, where there is a way to count them, how many seats are taken.
import { withConstant } from './constant.mjs';
import { booked, withHouse } from './house.mjs';
import { selling } from './houses.mjs';
import { withNginxRedis } from './nginx_redis.mjs';
import { withNodePostgres } from './node_postgres.mjs';
import { builds, suffixes } from './settings.mjs';
import { shopFiles } from './shop.mjs';

// The bytes of an answer's body to the hold that `load holds` makes.
export const holdAnswerBytes = 499;

const usherOf = (suffix, build) => ({
  name: `usher${suffix}`, label: suffix ? 'the base' : 'usher', works: ['holds', 'purchases'],
  open: build && ((use) => withHouse('selling', selling, (house) => use({
    port: house.port, pids: [house.child.pid], people: house.people, others: house.others,
    seats: house.seats, settled: () => booked(house), booksThread: 'usher-books' }), build)),
});

const constant = {
  name: 'constant', label: 'libmicrohttpd, a constant answer to the same requests', works: ['holds'],
  open: async (use) => {
    const files = await shopFiles();
    return withConstant(201, holdAnswerBytes, (port, pid) => use({ port, pids: [pid], again: true, ...files }));
  },
};

const nginxRedis = { name: 'nginxRedis', label: 'nginx + Lua + Redis, appendfsync always',
  works: ['holds', 'purchases'], open: withNginxRedis };

const nodePostgres = { name: 'nodePostgres', label: 'Node + PostgreSQL', works: ['holds', 'purchases'],
  open: withNodePostgres };

const all = [...suffixes.map((suffix, i) => usherOf(suffix, builds[i])), constant, nginxRedis, nodePostgres];

export const contestantsFor = (work) => all.filter(({ works }) => works.includes(work));
