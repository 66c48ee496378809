-- A hold: the token is active (and locked, so that two holds of one person cannot both pass the
-- limit), the person has fewer than four seats, the seat is free.
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
