// The requests of a purchase. Each answers what was created, or a `refusal`.
const isId = (text) => typeof text === 'string' && /^\d{1,18}$/.test(text);
const seatsMax = 4;

// The SQLSTATE with which seat_hold gives back what it took.
const seatUnavailable = 'UX001';

// The body as an object, or an empty one, in which nothing is found that is needed.
function read(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

// A function's one row. It is prepared once a connection, by its name.
async function call(pool, name, text, values) {
  return (await pool.query({ name, text, values })).rows[0];
}

export async function join(pool, { user, session }) {
  const { refusal, token, state, place, until } = await call(pool, 'join',
    'SELECT * FROM queue_join($1, $2)', [session, user]);
  return refusal ? { refusal } : { id: token, userId: user, status: state, number: place, expiresAt: until };
}

export async function hold(pool, { user, session }, text) {
  const { roundId, seatIds } = read(text);
  if (!isId(roundId) || !Array.isArray(seatIds) || seatIds.length < 1 || seatIds.length > seatsMax
    || !seatIds.every(isId) || new Set(seatIds).size < seatIds.length) return { refusal: 'invalid_request' };
  const sorted = [...seatIds].sort((a, b) => a - b);
  try {
    const { refusal, reservation, amount, until } = await call(pool, 'hold',
      'SELECT * FROM seat_hold($1, $2, $3, $4)', [session, user, roundId, `{${sorted}}`]);
    return refusal ? { refusal } : { id: reservation, userId: user, roundId, status: 'pending', amount,
      usedPoints: 0, paymentId: null, expiresAt: until, seatIds };
  } catch (error) {
    if (error.code === seatUnavailable) return { refusal: 'seat_unavailable' };
    throw error;
  }
}

export async function pay(pool, { user, session }, text) {
  const { reservationId } = read(text);
  if (!isId(reservationId)) return { refusal: 'invalid_request' };
  const { refusal, payment, amount } = await call(pool, 'pay',
    'SELECT * FROM reservation_pay($1, $2, $3)', [session, user, reservationId]);
  return refusal ? { refusal }
    : { id: payment, userId: user, reservationId, amount, status: 'succeeded', paidAt: new Date() };
}
