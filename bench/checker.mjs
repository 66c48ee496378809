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

const digits = '0123456789abcdefghjkmnpqrstvwxyz';

// An id as the API shows it, of its bytes in hexadecimal; an empty text of none.
function idText(prefix, hex) {
  if (hex === '') return '';
  let text = '';
  for (let rest = BigInt(`0x${hex}`), i = 0; i < 26; i++, rest >>= 5n)
    text = digits[Number(rest & 31n)] + text;
  return `${prefix}_${text}`;
}

const sql = `SELECT hex(s.id), s.status, hex(r.id), r.status, hex(r.user_id), hex(p.id), p.status
  FROM seat s LEFT JOIN reservation_seat n ON n.seat_id = s.id
  LEFT JOIN seat_reservation r ON r.id = n.reservation_id AND r.status IN ('pending', 'confirmed')
  LEFT JOIN payment p ON p.id = r.payment_id
  WHERE s.status <> 'available' AND (n.seat_id IS NULL OR r.id IS NOT NULL)`;

async function readTables(data) {
  const rows = await run('sqlite3', ['-readonly', join(data, 'usher.db'), sql]);
  return rows.split('\n').filter(Boolean).map((row) => {
    const [seat, seatStatus, reservation, status, user, payment, paymentStatus] = row.split('|');
    return {
      seat: idText('seat', seat), seatStatus, reservation: idText('reservation', reservation), status,
      user: idText('user', user), payment: idText('payment', payment), paymentStatus,
    };
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
