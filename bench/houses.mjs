// The houses in which usher is measured.
import { scaled, seconds } from './settings.mjs';

// Loads of some seconds, and seats for each second of them at a rate that no machine of today comes to.
const seatsAll = Math.max(scaled(1_000_000), 240_000 * seconds);

// People inside and people outside, who have points, and a million free seats in ten rounds. People and
// seats meet by chance, so somebody holds many of one round.
export const selling = { inside: scaled(100_000), outside: scaled(300_000), rounds: 10,
  seats: Math.min(Math.ceil(seatsAll / 10), 200_000), settings: { 'max-seats-per-user': 1000 } };

// Who holds, and who stands in line behind them; twenty thousand seats a round.
export const lining = (waiting) => ({ inside: scaled(20_000), waiting: scaled(waiting), rounds: 10,
  seats: scaled(20_000), settings: { 'max-active': scaled(20_000), 'max-seats-per-user': 20 } });

export const houseOf = (seats, count, concerts = 1) => ({ inside: scaled(20_000), concerts, rounds: count,
  seats, settings: { 'max-active': scaled(20_000), 'max-seats-per-user': 20 } });

// For a server that valgrind runs, fifty times as slow.
export const counting = { inside: scaled(20_000), outside: scaled(20_000), rounds: 10, seats: scaled(10_000),
  settings: { 'max-seats-per-user': 1000 } };

// Nobody has joined, and few are let in.
export const opening = { outside: scaled(1_000_000), rounds: 1, seats: 1000,
  settings: { 'max-active': 1000, 'admit-per-second': 100 } };
