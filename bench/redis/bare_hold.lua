-- What a careful service would do in Redis to hold one seat: the token is active, the user has fewer
-- than four seats, the seat is free; then the seat is held for five minutes and counted.
-- KEYS: token, seat, seats of the user. ARGV: user, now in milliseconds.
local expires = redis.call('HGET', KEYS[1], 'expiresAt')
if expires and tonumber(expires) <= tonumber(ARGV[2]) then
  return 'queue_token_not_active'
end
if tonumber(redis.call('GET', KEYS[3]) or '0') >= 4 then
  return 'seat_limit'
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 'seat_unavailable'
end
redis.call('HSET', KEYS[2], 'status', 'held', 'userId', ARGV[1], 'reservedAt', ARGV[2])
redis.call('PEXPIRE', KEYS[2], 300000)
redis.call('INCR', KEYS[3])
redis.call('PEXPIRE', KEYS[3], 300000)
return 'held'
