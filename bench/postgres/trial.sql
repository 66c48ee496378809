-- The round and the people with whom the rules are tried (shop.mjs).
INSERT INTO concert_round VALUES (:round, now() - interval '1 day', now() + interval '30 days', :seats_max,
    'scheduled');
INSERT INTO seat SELECT n, :round, 'B-1-' || n, :price, 'available'
    FROM generate_series(:first_seat, :first_seat + :seats - 1) n;
INSERT INTO person SELECT n, 'Trier ' || n, 'trier-' || n || '@example.com' FROM unnest(ARRAY[:buyer, :late]) n;
INSERT INTO point_account SELECT n, :balance, now() FROM unnest(ARRAY[:buyer, :late]) n;
INSERT INTO session SELECT n, n, now() + interval '1 day' FROM unnest(ARRAY[:buyer, :late]) n;
