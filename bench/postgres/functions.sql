-- A request is one call: the fewest round trips that there can be, and one transaction. Each answers
-- a refusal, or null and what it did. Also the sessions, which usher keeps as well.
CREATE TABLE session (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES person,
    expires_at timestamptz NOT NULL);
INSERT INTO session SELECT id, id, now() + interval '1 day' FROM person;

-- Takes a place in line, and lets in at once: nobody counts who is inside, since the house of the bench
-- has room for all (a count that every join changes would be a lock that all of them wait for). Who has
-- a place keeps it.
CREATE FUNCTION queue_join(the_session bigint, the_user bigint,
    OUT refusal text, OUT token bigint, OUT state text, OUT place bigint, OUT until timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM session s
                   WHERE s.id = the_session AND s.user_id = the_user AND s.expires_at > now()) THEN
        refusal := 'unauthorized';
        RETURN;
    END IF;
    INSERT INTO queue_token AS t (user_id, status, issued_at, expires_at)
        VALUES (the_user, 'active', now(), now() + interval '1 hour')
        ON CONFLICT (user_id) WHERE status IN ('waiting', 'active') DO NOTHING
        RETURNING t.id, t.status, t.number, t.expires_at INTO token, state, place, until;
    IF NOT FOUND THEN
        SELECT t.id, t.status, t.number, t.expires_at INTO token, state, place, until
            FROM queue_token t WHERE t.user_id = the_user AND t.status IN ('waiting', 'active');
    END IF;
END $$;

-- Holds seats, all or none. The user's token is locked, so that two holds of one person cannot both
-- pass the limit, which is looked at after it. The seats come sorted, so that two holds of the same ones
-- do not wait for each other.
CREATE FUNCTION seat_hold(the_session bigint, the_user bigint, the_round bigint, the_seats bigint[],
    OUT refusal text, OUT reservation bigint, OUT amount bigint, OUT until timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    guest record;
    already bigint;
BEGIN
    SELECT t.id AS token, t.status, t.expires_at, r.status AS round_status, r.opens_at, r.start_time,
           r.seats_max INTO guest
        FROM session s JOIN queue_token t ON t.user_id = s.user_id AND t.status IN ('waiting', 'active')
        LEFT JOIN concert_round r ON r.id = the_round
        WHERE s.id = the_session AND s.user_id = the_user AND s.expires_at > now()
        FOR NO KEY UPDATE OF t;
    IF NOT FOUND THEN
        refusal := CASE WHEN EXISTS (SELECT FROM session s WHERE s.id = the_session
                                     AND s.user_id = the_user AND s.expires_at > now())
                        THEN 'queue_token_required' ELSE 'unauthorized' END;
        RETURN;
    END IF;
    refusal := CASE WHEN guest.status <> 'active' OR guest.expires_at <= now() THEN 'queue_token_not_active'
                    WHEN guest.round_status IS NULL THEN 'round_unknown'
                    WHEN guest.round_status <> 'scheduled' THEN 'round_cancelled'
                    WHEN guest.opens_at > now() THEN 'sales_not_open'
                    WHEN guest.start_time <= now() THEN 'sales_closed' END;
    IF refusal IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT coalesce(sum(r.seat_count), 0) INTO already FROM seat_reservation r
        WHERE r.user_id = the_user AND r.round_id = the_round
          AND (r.status = 'confirmed' OR (r.status = 'pending' AND r.expires_at > now()));
    IF already + cardinality(the_seats) > guest.seats_max THEN
        refusal := 'seat_limit';
        RETURN;
    END IF;
    until := now() + interval '1 hour';
    WITH taken AS (
        UPDATE seat s SET status = 'held'
            WHERE s.id = ANY (the_seats) AND s.round_id = the_round AND s.status = 'available'
            RETURNING s.id, s.price),
    total AS (SELECT count(*) AS seats, sum(price) AS price FROM taken),
    made AS (
        INSERT INTO seat_reservation AS r (user_id, round_id, token_id, status, amount, seat_count,
                                           reserved_at, expires_at)
            SELECT the_user, the_round, guest.token, 'pending', total.price, total.seats, now(), until
            FROM total WHERE total.seats = cardinality(the_seats) RETURNING r.id, r.amount),
    named AS (
        INSERT INTO reservation_seat SELECT made.id, taken.id, taken.price FROM made, taken)
    SELECT made.id, made.amount INTO reservation, amount FROM made;
    IF reservation IS NULL THEN
        RAISE EXCEPTION 'seat_unavailable' USING ERRCODE = 'UX001';
    END IF;
END $$;

-- Pays for what was held, and ends the turn.
CREATE FUNCTION reservation_pay(the_session bigint, the_user bigint, the_reservation bigint,
    OUT refusal text, OUT payment bigint, OUT amount bigint)
LANGUAGE plpgsql AS $$
DECLARE
    held record;
    left_over bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM session s
                   WHERE s.id = the_session AND s.user_id = the_user AND s.expires_at > now()) THEN
        refusal := 'unauthorized';
        RETURN;
    END IF;
    SELECT r.status, r.amount, r.expires_at, r.token_id INTO held FROM seat_reservation r
        WHERE r.id = the_reservation AND r.user_id = the_user FOR NO KEY UPDATE;
    refusal := CASE WHEN NOT FOUND THEN 'reservation_unknown'
                    WHEN held.status <> 'pending' THEN 'reservation_not_pending'
                    WHEN held.expires_at <= now() THEN 'hold_expired' END;
    IF refusal IS NOT NULL THEN
        RETURN;
    END IF;
    amount := held.amount;
    UPDATE point_account a SET balance = a.balance - held.amount, last_updated = now()
        WHERE a.user_id = the_user AND a.balance >= held.amount RETURNING a.balance INTO left_over;
    IF NOT FOUND THEN
        refusal := 'insufficient_points';
        RETURN;
    END IF;
    INSERT INTO payment AS p (user_id, reservation_id, amount, status, paid_at)
        VALUES (the_user, the_reservation, held.amount, 'succeeded', now()) RETURNING p.id INTO payment;
    INSERT INTO point_entry (user_id, kind, amount, balance, payment_id, created_at)
        VALUES (the_user, 'payment', -held.amount, left_over, payment, now());
    UPDATE seat_reservation r SET status = 'confirmed', payment_id = payment WHERE r.id = the_reservation;
    UPDATE seat s SET status = 'sold' FROM reservation_seat n
        WHERE n.reservation_id = the_reservation AND s.id = n.seat_id;
    UPDATE queue_token t SET status = 'expired', reason = 'finished', ended_at = now()
        WHERE t.id = held.token_id;
END $$;

-- Frees the seats of holds that ended; the service calls it once a second.
CREATE FUNCTION holds_expire() RETURNS void LANGUAGE sql AS $$
    WITH ended AS (
        UPDATE seat_reservation SET status = 'expired'
            WHERE status = 'pending' AND expires_at <= now() RETURNING id)
    UPDATE seat SET status = 'available' FROM ended, reservation_seat n
        WHERE n.reservation_id = ended.id AND seat.id = n.seat_id;
$$;
