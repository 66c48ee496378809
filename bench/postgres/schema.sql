-- The rows of usher's tables as a service on PostgreSQL would keep them. Keys are bigint, which is
-- smaller and faster than usher's own ids; psql's variables users, rounds and seats say
-- how many.
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE);
CREATE TABLE point_account (
    user_id bigint PRIMARY KEY REFERENCES person,
    balance bigint NOT NULL CHECK (balance >= 0),
    last_updated timestamptz NOT NULL) WITH (fillfactor = 80);
CREATE TABLE concert_round (
    id bigint PRIMARY KEY, opens_at timestamptz NOT NULL, start_time timestamptz NOT NULL,
    seats_max bigint NOT NULL, status text NOT NULL);
CREATE TABLE seat (
    id bigint PRIMARY KEY,
    round_id bigint NOT NULL REFERENCES concert_round,
    seat_number text NOT NULL,
    price bigint NOT NULL,
    status text NOT NULL) WITH (fillfactor = 80);
CREATE SEQUENCE queue_number;
CREATE TABLE queue_token (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL REFERENCES person,
    number bigint NOT NULL DEFAULT nextval('queue_number'),
    status text NOT NULL,
    reason text,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz) WITH (fillfactor = 80);
CREATE UNIQUE INDEX queue_token_live ON queue_token (user_id) WHERE status IN ('waiting', 'active');
CREATE TABLE seat_reservation (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL REFERENCES person,
    round_id bigint NOT NULL, -- no foreign key: all holds would lock one row; the seats have one
    token_id bigint NOT NULL REFERENCES queue_token,
    status text NOT NULL,
    amount bigint NOT NULL,
    seat_count bigint NOT NULL,
    payment_id bigint,
    reserved_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL) WITH (fillfactor = 80);
CREATE INDEX seat_reservation_user ON seat_reservation (user_id);
CREATE INDEX seat_reservation_pending ON seat_reservation (expires_at) WHERE status = 'pending';
CREATE TABLE reservation_seat (
    reservation_id bigint NOT NULL REFERENCES seat_reservation,
    seat_id bigint NOT NULL REFERENCES seat,
    price bigint NOT NULL,
    PRIMARY KEY (reservation_id, seat_id));
CREATE TABLE payment (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL REFERENCES person,
    reservation_id bigint NOT NULL REFERENCES seat_reservation,
    amount bigint NOT NULL,
    status text NOT NULL,
    paid_at timestamptz NOT NULL);
CREATE INDEX payment_user ON payment (user_id);
CREATE TABLE point_entry (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL REFERENCES person,
    kind text NOT NULL,
    amount bigint NOT NULL,
    balance bigint NOT NULL,
    payment_id bigint REFERENCES payment,
    created_at timestamptz NOT NULL);
CREATE INDEX point_entry_user ON point_entry (user_id);

-- Plans are made while the tables are still empty, and kept; a service's have long been full.
ALTER DATABASE postgres SET enable_seqscan = off;

INSERT INTO person SELECT n, 'Buyer ' || n, 'user-' || n || '@example.com'
    FROM generate_series(1, :users) n;
INSERT INTO point_account SELECT n, :balance, now() FROM generate_series(1, :users) n;
INSERT INTO concert_round SELECT n, now() - interval '1 day', now() + interval '30 days', :seats_max,
    'scheduled' FROM generate_series(1, :rounds) n;
INSERT INTO seat SELECT n, n % :rounds + 1, 'A-1-' || n, :price, 'available'
    FROM generate_series(1, :seats) n;
