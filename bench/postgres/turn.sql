-- Each client takes its own seats and people in turn.
\set turn :turn + 1
\set seat (:turn * :clients + :client_id) % :seats
\set person :seat % :users
