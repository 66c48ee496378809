-- Each client takes its own seats and people in turn, in no order of their keys.
\set turn :turn + 1
\set place :turn * :clients + :client_id
\set seat permute(:place, :seats) + 1
\set round :seat % :rounds + 1
\set person :first + permute(:place, :people)
