-- wrk: every request holds one seat that nobody asked for yet, each time for another person.
-- Files: TOKENS (a bearer token first on each line), SEATS ("roundId seatId" on each line).
-- wrk's threads take turns through both: thread t of T uses lines t, t+T, t+2T, ...
local thread_count = 0

function setup(thread)
  thread:set('thread_number', thread_count)
  thread_count = thread_count + 1
  thread:set('thread_total', tonumber(os.getenv('WRK_THREADS')))
end

local function lines_of(name, pattern)
  local rows, number = {}, 0
  for line in io.lines(os.getenv(name)) do
    if number % thread_total == thread_number then
      rows[#rows + 1] = {line:match(pattern)}
    end
    number = number + 1
  end
  return rows
end

local tokens, seats, turn

function init()
  tokens = lines_of('TOKENS', '^(%S+)')
  seats = lines_of('SEATS', '^(%S+) (%S+)')
  turn = 0
  answers = {}
end

function request()
  turn = turn + 1
  local seat = seats[turn] or seats[#seats]
  local token = tokens[(turn - 1) % #tokens + 1][1]
  local body = '{"roundId":"' .. seat[1] .. '","seatIds":["' .. seat[2] .. '"]}'
  return 'POST /v1/reservations HTTP/1.1\r\nHost: usher\r\nAuthorization: Bearer ' .. token ..
    '\r\nContent-Type: application/json\r\nContent-Length: ' .. #body .. '\r\n\r\n' .. body
end
