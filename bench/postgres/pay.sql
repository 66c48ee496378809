-- Paying for what was held.
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
