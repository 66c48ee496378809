-- A hold: the token is active (and locked, so that two holds of one person cannot both pass the
-- limit), the person has seats fewer than the round allows, the seat is free.
BEGIN;
SELECT t.id AS token,
       1 / (SELECT coalesce(sum(r.seat_count), 0) < :seats_max FROM seat_reservation r
            WHERE r.user_id = :person AND r.round_id = :round
            AND r.status IN ('pending', 'confirmed'))::int AS may
    FROM queue_token t WHERE t.user_id = :person AND t.status = 'active' AND t.expires_at > now()
    FOR UPDATE \gset
UPDATE seat SET status = 'held' WHERE id = :seat AND status = 'available' RETURNING price \gset
WITH held AS (
    INSERT INTO seat_reservation (user_id, round_id, token_id, status, amount, seat_count, reserved_at,
                                  expires_at)
    VALUES (:person, :round, :token, 'pending', :price, 1, now(), now() + interval '5 minutes') RETURNING id)
INSERT INTO reservation_seat SELECT id, :seat, :price FROM held RETURNING reservation_id AS reservation \gset
COMMIT;
