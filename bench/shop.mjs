// The shop of the peers over HTTP: as many people and seats as usher's house has, under plain numbers,
// with session tokens that the peers verify themselves. A token is "user.session.expires.MAC".
import { createHmac, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory } from './children.mjs';
import { selling } from './houses.mjs';

export const tokenKey = randomBytes(32).toString('hex');

const opened = Date.now();
const dayMs = 86_400_000;

// Everybody has a session and points; the first `inside` have been let in. The seats go round the
// rounds: seat n is of round n % rounds + 1.
export const shop = {
  inside: selling.inside, people: selling.inside + selling.outside, rounds: selling.rounds,
  seats: selling.rounds * selling.seats, seatsMax: selling.settings['max-seats-per-user'], price: 100,
  balance: 1_000_000, opens: opened - dayMs, ends: opened + dayMs,
};

export const roundOf = (seat) => seat % shop.rounds + 1;

// One round more, in which the rules are tried before anything is measured: of few seats, and with a
// limit that one can come to; and two people, of whom the second has not joined.
export const trial = {
  round: shop.rounds + 1, seats: [1, 2, 3].map((n) => shop.seats + n), seatsMax: 2,
  buyer: shop.people + 1, late: shop.people + 2,
};

export function tokenOf(user, key = tokenKey) {
  const text = `${user}.${user}.${shop.ends}`;
  return `${text}.${createHmac('sha1', key).update(text).digest('base64url')}`;
}

const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

async function writeLines(name, lines) {
  const file = join(directory, `shop.${name}`);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

let files;

// For load.c: the people inside, the others, the seats.
export async function shopFiles() {
  const person = (user) => `${tokenOf(user)} ${user}`;
  files ??= {
    people: await writeLines('people', numbers(1, shop.inside).map(person)),
    others: await writeLines('others', numbers(shop.inside + 1, shop.people).map(person)),
    seats: await writeLines('seats', numbers(1, shop.seats).map((seat) => `${roundOf(seat)} ${seat}`)),
  };
  return files;
}

// Whether a peer refuses what it must; what it does faster by not looking would be no figure.
export async function tryRules(port) {
  const { round, buyer, late, seats: [first, second, third] } = trial;
  const post = async (path, token, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/${path}`, { method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body) });
    return { http: answer.status, ...await answer.json() };
  };
  const expect = (what, answer, status, code) => {
    if (answer.http !== status || answer.code !== code)
      throw new Error(`a peer answers ${JSON.stringify(answer)} to ${what}`);
    return answer;
  };
  const hold = (user, seat, token = tokenOf(user)) =>
    post('reservations', token, { roundId: `${round}`, seatIds: [`${seat}`] });
  const pay = (user, reservationId) => post('payments', tokenOf(user), { reservationId });
  expect('a forged token', await hold(buyer, first, tokenOf(buyer, 'another key')), 401, 'unauthorized');
  expect('nobody’s place in line', await hold(late, first), 403, 'queue_token_required');
  const { id } = expect('a hold', await hold(buyer, first), 201);
  expect('a join', await post('queue/tokens', tokenOf(late), {}), 201);
  expect('a hold of a held seat', await hold(late, first), 409, 'seat_unavailable');
  expect('a second hold', await hold(buyer, second), 201);
  expect('a hold beyond the limit', await hold(buyer, third), 409, 'seat_limit');
  expect('somebody else’s payment', await pay(late, id), 404, 'reservation_unknown');
  expect('a payment', await pay(buyer, id), 201);
  expect('the same payment', await pay(buyer, id), 409, 'reservation_not_pending');
  expect('a hold after the turn', await hold(buyer, third), 403, 'queue_token_required');
  expect('a hold of a sold seat', await hold(late, first), 409, 'seat_unavailable');
}

// What the trial leaves behind: seats held, and of them sold.
export const ofTrial = { held: 2, sold: 1 };
