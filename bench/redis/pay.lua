-- Pays for what was held, and ends the turn.
-- KEYS: session, the user's token, reservation, account, the user's entries, payment, who is inside.
-- ARGV: user, reservation, payment, now in ms. Answers a refusal, or the amount. The seats' keys are
-- made of what the reservation says, as only it knows them: right on one server, not on a cluster.
local now = tonumber(ARGV[4])

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'unauthorized'
end
local held = redis.call('HMGET', KEYS[3], 'user', 'status', 'amount', 'expiresAt', 'seats', 'round')
if held[1] ~= ARGV[1] then
  return 'reservation_unknown'
end
if held[2] ~= 'pending' then
  return 'reservation_not_pending'
end
if tonumber(held[4]) <= now then
  return 'hold_expired'
end
local balance = tonumber(redis.call('GET', KEYS[4]) or '0')
local amount = tonumber(held[3])
if balance < amount then
  return 'insufficient_points'
end
local left = redis.call('DECRBY', KEYS[4], held[3])
redis.call('HSET', KEYS[6], 'user', ARGV[1], 'reservation', ARGV[2], 'amount', held[3],
  'status', 'succeeded', 'paidAt', ARGV[4])
redis.call('RPUSH', KEYS[5], 'payment ' .. ARGV[3] .. ' -' .. held[3] .. ' ' .. left .. ' ' .. ARGV[4])
redis.call('HSET', KEYS[3], 'status', 'confirmed', 'payment', ARGV[3])
local holds = 'holds:' .. held[6] .. ':' .. ARGV[1]
for seat in held[5]:gmatch('%d+') do
  redis.call('SET', 'seat:' .. seat, 'sold ' .. ARGV[2])
  redis.call('ZADD', holds, '+inf', seat)
end
redis.call('HSET', KEYS[2], 'status', 'expired', 'expiresAt', ARGV[4])
redis.call('ZREM', KEYS[7], ARGV[1])
return { amount }
