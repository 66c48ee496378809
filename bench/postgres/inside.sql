-- Those who have been let in before anything is measured.
INSERT INTO queue_token (user_id, status, issued_at, expires_at)
    SELECT id, 'active', now(), now() + interval '1 day' FROM person WHERE id <= :inside OR id = :buyer;
