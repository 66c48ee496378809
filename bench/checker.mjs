// Compares what buyers were told in a rush (the log that load.c wrote) with itself and with the
// tables. It knows nothing of usher's rules but that a seat is one person's.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './children.mjs';

// Lines "held NUMBER RESERVATION SEAT [SEAT]" and "paid NUMBER RESERVATION PAYMENT".
function readLog(text) {
  const held = new Map();
  const paid = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [kind, number, reservation, ...rest] = line.trim().split(/ +/);
    if (kind === 'held') held.set(reservation, { number: Number(number), seats: rest });
    else paid.push({ number: Number(number), reservation, payment: rest[0] });
  }
  return { held, paid };
}

// Sales by what buyers were told: one for each seat that somebody paid for.
function salesTold({ held, paid }, violations) {
  const sales = new Map();
  for (const { number, reservation, payment } of paid) {
    const hold = held.get(reservation);
    if (!hold || hold.number !== number) {
      violations.push(`${payment} pays ${reservation}, which person ${number} never held`);
      continue;
    }
    for (const seat of hold.seats) {
      const other = sales.get(seat);
      if (other)
        violations.push(`${seat} was sold to person ${other.number} (${other.payment}) `
          + `and to person ${number} (${payment})`);
      sales.set(seat, { number, reservation, payment });
    }
  }
  return sales;
}

// The views have ids as they are told to buyers; what is joined is kept first, since they have no indexes.
const sql = `WITH
  seats AS MATERIALIZED (SELECT id, status FROM seat_readable WHERE status <> 'available'),
  names AS MATERIALIZED (SELECT reservation_id, seat_id FROM reservation_seat_readable),
  live AS MATERIALIZED (SELECT id, status, user_id, payment_id FROM seat_reservation_readable
    WHERE status IN ('pending', 'confirmed')),
  payments AS MATERIALIZED (SELECT id, status FROM payment_readable)
  SELECT s.id, s.status, r.id, r.status, r.user_id, p.id, p.status
  FROM seats s LEFT JOIN names n ON n.seat_id = s.id LEFT JOIN live r ON r.id = n.reservation_id
  LEFT JOIN payments p ON p.id = r.payment_id
  WHERE n.seat_id IS NULL OR r.id IS NOT NULL`;

async function readTables(data) {
  const rows = await run('sqlite3', ['-readonly', join(data, 'usher.db'), sql]);
  return rows.split('\n').filter(Boolean).map((row) => {
    const [seat, seatStatus, reservation, status, user, payment, paymentStatus] = row.split('|');
    return { seat, seatStatus, reservation, status, user, payment, paymentStatus };
  });
}

// What the tables have of each seat that is not free against what was told of it.
function compare(sales, rows, users, violations) {
  const found = new Map();
  for (const row of rows) {
    const other = found.get(row.seat);
    if (other) violations.push(`${row.seat} is in ${other.reservation} and in ${row.reservation}`);
    found.set(row.seat, row);
    if (!sales.has(row.seat)) violations.push(`${row.seat} is ${row.seatStatus}, but nobody was told so`);
  }
  for (const [seat, sale] of sales) {
    const row = found.get(seat);
    const good = row && row.seatStatus === 'sold' && row.reservation === sale.reservation
      && row.status === 'confirmed' && row.payment === sale.payment && row.paymentStatus === 'succeeded'
      && row.user === users[sale.number];
    if (!good)
      violations.push(`${seat} was sold to person ${sale.number} (${users[sale.number]}, `
        + `${sale.payment}), but the tables say ${JSON.stringify(row)}`);
  }
}

// `people`: the tokens file; line n is the person with number n.
export async function checkRush(log, data, people) {
  const violations = [];
  const sales = salesTold(readLog(await readFile(log, 'utf8')), violations);
  const users = (await readFile(people, 'utf8')).split('\n').map((line) => line.split(' ')[1]);
  compare(sales, await readTables(data), users, violations);
  return { sold: sales.size, violations };
}
