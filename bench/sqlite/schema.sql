-- The rows of usher's tables as a service on SQLite would keep them: its own integers are the keys, which
-- is smaller and faster than usher's ids. The table `size` says how many.
PRAGMA page_size = 4096;
PRAGMA journal_mode = WAL;
CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE);
CREATE TABLE point_account (
    user_id INTEGER PRIMARY KEY REFERENCES user,
    balance INTEGER NOT NULL CHECK (balance >= 0),
    last_updated INTEGER NOT NULL);
CREATE TABLE concert_round (id INTEGER PRIMARY KEY, start_time INTEGER NOT NULL, status TEXT NOT NULL);
CREATE TABLE seat (
    id INTEGER PRIMARY KEY,
    round_id INTEGER NOT NULL REFERENCES concert_round,
    seat_number TEXT NOT NULL,
    price INTEGER NOT NULL,
    status TEXT NOT NULL);
CREATE TABLE queue_token (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user,
    status TEXT NOT NULL,
    reason TEXT,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER);
CREATE UNIQUE INDEX queue_token_live ON queue_token (user_id) WHERE status IN ('waiting', 'active');
CREATE TABLE seat_reservation (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user,
    round_id INTEGER NOT NULL REFERENCES concert_round,
    token_id INTEGER NOT NULL REFERENCES queue_token,
    status TEXT NOT NULL,
    amount INTEGER NOT NULL,
    payment_id INTEGER,
    reserved_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL);
CREATE INDEX seat_reservation_user ON seat_reservation (user_id);
CREATE INDEX seat_reservation_pending ON seat_reservation (expires_at) WHERE status = 'pending';
CREATE TABLE reservation_seat (
    reservation_id INTEGER NOT NULL REFERENCES seat_reservation,
    seat_id INTEGER NOT NULL REFERENCES seat,
    price INTEGER NOT NULL,
    PRIMARY KEY (reservation_id, seat_id)) WITHOUT ROWID;
CREATE TABLE payment (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user,
    reservation_id INTEGER NOT NULL REFERENCES seat_reservation,
    amount INTEGER NOT NULL,
    status TEXT NOT NULL,
    paid_at INTEGER NOT NULL);
CREATE INDEX payment_user ON payment (user_id);
CREATE TABLE point_entry (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    payment_id INTEGER REFERENCES payment,
    created_at INTEGER NOT NULL);
CREATE INDEX point_entry_user ON point_entry (user_id);

INSERT INTO user SELECT value, 'Buyer ' || value, 'user-' || value || '@example.com'
    FROM size, generate_series(1, users);
INSERT INTO point_account SELECT value, balance, 0 FROM size, generate_series(1, users);
INSERT INTO concert_round SELECT value, 0, 'scheduled' FROM size, generate_series(1, rounds);
INSERT INTO seat SELECT value, value % rounds + 1, 'A-1-' || value, price, 'available'
    FROM size, generate_series(1, seats);
