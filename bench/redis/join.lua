-- Takes a place in line, and lets in whoever finds room. Who has a place keeps it.
-- KEYS: session, the user's token, who is inside, who waits, the last number. ARGV: user, now in ms.
-- Answers a refusal, or status, number and end of the turn (0 while waiting).
local ACTIVE_MAX = 1000000
local ACTIVE_MS = 3600000
local now = tonumber(ARGV[2])

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 'unauthorized'
end
local token = redis.call('HMGET', KEYS[2], 'status', 'number', 'expiresAt')
if token[1] == 'waiting' or (token[1] == 'active' and tonumber(token[3]) > now) then
  return token
end
local number = redis.call('INCR', KEYS[5])
if redis.call('ZCOUNT', KEYS[3], '(' .. ARGV[2], '+inf') >= ACTIVE_MAX then
  redis.call('HSET', KEYS[2], 'status', 'waiting', 'number', number, 'expiresAt', 0)
  redis.call('ZADD', KEYS[4], number, ARGV[1])
  return { 'waiting', number, 0 }
end
local ends = string.format('%.0f', now + ACTIVE_MS)
redis.call('HSET', KEYS[2], 'status', 'active', 'number', number, 'expiresAt', ends)
redis.call('ZADD', KEYS[3], ends, ARGV[1])
return { 'active', number, ends }
