-- Joining an empty line, and being let in at once: one request of usher's, one transaction.
INSERT INTO queue_token (user_id, status, issued_at, expires_at)
    VALUES (:person, 'active', now(), now() + interval '10 minutes') RETURNING id AS token \gset
