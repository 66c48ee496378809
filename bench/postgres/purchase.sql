-- A purchase is three requests, each durable when it is answered, so three transactions: join (and be
-- let in at once), hold, pay.
\set turn :turn + 1
\set seat (:turn * :clients + :client_id) % :seats
\set person :seat % :users
INSERT INTO queue_token (user_id, status, issued_at, expires_at)
    VALUES (:person, 'active', now(), now() + interval '10 minutes') RETURNING id AS token \gset
BEGIN;
SELECT t.id AS token,
       1 / (SELECT count(*) < 4 FROM seat_reservation r JOIN reservation_seat s
            ON s.reservation_id = r.id WHERE r.user_id = :person AND r.round_id = 1
            AND r.status IN ('pending', 'confirmed'))::int AS may
    FROM queue_token t WHERE t.user_id = :person AND t.status = 'active' AND t.expires_at > now()
    FOR UPDATE \gset
UPDATE seat SET status = 'held' WHERE id = :seat AND status = 'available' RETURNING price \gset
WITH held AS (
    INSERT INTO seat_reservation (user_id, round_id, token_id, status, amount, reserved_at, expires_at)
    VALUES (:person, 1, :token, 'pending', :price, now(), now() + interval '5 minutes') RETURNING id)
INSERT INTO reservation_seat SELECT id, :seat, :price FROM held RETURNING reservation_id AS reservation \gset
COMMIT;
BEGIN;
SELECT amount AS due FROM seat_reservation
    WHERE id = :reservation AND user_id = :person AND status = 'pending' AND expires_at > now()
    FOR UPDATE \gset
UPDATE point_account SET balance = balance - :due, last_updated = now()
    WHERE user_id = :person AND balance >= :due RETURNING balance \gset
INSERT INTO payment (user_id, reservation_id, amount, status, paid_at)
    VALUES (:person, :reservation, :due, 'succeeded', now()) RETURNING id AS payment \gset
INSERT INTO point_entry (user_id, kind, amount, balance, payment_id, created_at)
    VALUES (:person, 'payment', -(:due)::bigint, :balance, :payment, now());
UPDATE seat_reservation SET status = 'confirmed', payment_id = :payment WHERE id = :reservation;
UPDATE seat SET status = 'sold' WHERE id = :seat;
UPDATE queue_token SET status = 'expired', reason = 'finished', ended_at = now() WHERE id = :token;
COMMIT;
