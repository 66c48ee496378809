-- Holds seats, all or none. A seat's key is there while somebody holds it, and goes by itself when the
-- hold ends; so does its row among the user's holds, whose score is the hold's end.
-- KEYS: session, the user's token, round, the round's prices, the user's holds of the round,
-- reservation, then each seat. ARGV: user, round, reservation, now and the hold's length in ms, then
-- the seats' ids. Answers a refusal, or the amount.
local FIRST_KEY = 6
local FIRST_ID = 5
local now = tonumber(ARGV[4])
local count = #KEYS - FIRST_KEY

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'unauthorized'
end
local token = redis.call('HMGET', KEYS[2], 'status', 'expiresAt')
if not token[1] or token[1] == 'expired' then
  return 'queue_token_required'
end
if token[1] ~= 'active' or tonumber(token[2]) <= now then
  return 'queue_token_not_active'
end
local round = redis.call('HMGET', KEYS[3], 'status', 'opensAt', 'closesAt', 'seatsMax')
if not round[1] then
  return 'round_unknown'
end
if round[1] ~= 'scheduled' then
  return 'round_cancelled'
end
if tonumber(round[2]) > now then
  return 'sales_not_open'
end
if tonumber(round[3]) <= now then
  return 'sales_closed'
end
local prices = redis.call('HMGET', KEYS[4], unpack(ARGV, FIRST_ID + 1))
local amount = 0
for i = 1, count do
  if not prices[i] then
    return 'seat_unknown'
  end
  amount = amount + tonumber(prices[i])
end
if redis.call('ZCOUNT', KEYS[5], '(' .. ARGV[4], '+inf') + count > tonumber(round[4]) then
  return 'seat_limit'
end
for i = 1, count do
  if redis.call('EXISTS', KEYS[FIRST_KEY + i]) == 1 then
    return 'seat_unavailable'
  end
end
local ends = string.format('%.0f', now + tonumber(ARGV[5]))
for i = 1, count do
  redis.call('SET', KEYS[FIRST_KEY + i], ARGV[3], 'PXAT', ends)
  redis.call('ZADD', KEYS[5], ends, ARGV[FIRST_ID + i])
end
redis.call('HSET', KEYS[6], 'user', ARGV[1], 'round', ARGV[2], 'status', 'pending', 'amount', amount,
  'reservedAt', ARGV[4], 'expiresAt', ends, 'seats', table.concat(ARGV, ' ', FIRST_ID + 1))
return { amount }
