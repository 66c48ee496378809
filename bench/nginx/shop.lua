-- The requests of a purchase: each is checked as far as one can without the state, then is one script
-- in Redis, which checks the rest and changes the state in one step. Answers are put together by hand,
-- since an encoder costs more; what is put in are numbers, ids of ours, and texts that Redis knows.
local caller = require "caller"
local scripts = require "scripts"
local reply = require "reply"
local decode = require("cjson.safe").decode

local ngx = ngx
local concat = table.concat
local floor = math.floor

local _M = {}

local HOLD_MS = 3600000 -- as usher's, so that none ends while it is measured
local SEATS_MAX = 4

-- Digits alone are an id here, so nothing that was sent can name another kind of key.
local function is_id(text)
    return type(text) == "string" and #text > 0 and #text <= 20 and not text:find("[^0-9]")
end

local function now_ms()
    return floor(ngx.now() * 1000)
end

-- The body as an object, or nil.
local function read_object()
    ngx.req.read_body()
    local body = decode(ngx.req.get_body_data() or "")
    return type(body) == "table" and body or nil
end

function _M.prepare(directory, socket)
    scripts.prepare(directory, socket)
    caller.prepare(os.getenv("BENCH_TOKEN_KEY"))
end

function _M.join()
    local now = now_ms()
    local user, session = caller.of_request(now)
    if not user then
        return reply.refuse("unauthorized")
    end
    local refusal, status, number, until_ms = scripts.run("join",
        { "session:" .. session, "token:" .. user, "queue:active", "queue:waiting", "queue:number" },
        { user, now })
    if refusal then
        return reply.refuse(refusal)
    end
    return reply.created(concat({ '{"userId":"', user, '","status":"', status, '","number":', number,
        ',"expiresAt":', until_ms, '}' }))
end

-- The seats asked for, each once, or nil.
local function seats_of(body)
    local seats = body.seatIds
    if type(seats) ~= "table" or #seats < 1 or #seats > SEATS_MAX then
        return nil
    end
    for i = 1, #seats do
        if not is_id(seats[i]) then
            return nil
        end
        for j = 1, i - 1 do
            if seats[i] == seats[j] then
                return nil
            end
        end
    end
    return seats
end

function _M.hold()
    local now = now_ms()
    local user, session = caller.of_request(now)
    if not user then
        return reply.refuse("unauthorized")
    end
    local body = read_object()
    local seats = body and is_id(body.roundId) and seats_of(body)
    if not seats then
        return reply.refuse("invalid_request")
    end
    local round, reservation = body.roundId, ngx.var.request_id
    local keys = { "session:" .. session, "token:" .. user, "round:" .. round, "prices:" .. round,
        "holds:" .. round .. ":" .. user, "reservation:" .. reservation }
    local arguments = { user, round, reservation, now, HOLD_MS }
    for i = 1, #seats do
        keys[6 + i] = "seat:" .. seats[i]
        arguments[5 + i] = seats[i]
    end
    local refusal, amount = scripts.run("hold", keys, arguments)
    if refusal then
        return reply.refuse(refusal)
    end
    return reply.created(concat({ '{"id":"', reservation, '","userId":"', user, '","roundId":"', round,
        '","status":"pending","amount":', amount, ',"usedPoints":0,"paymentId":null,"reservedAt":', now,
        ',"expiresAt":', now + HOLD_MS, ',"seatIds":["', concat(seats, '","'), '"]}' }))
end

function _M.pay()
    local now = now_ms()
    local user, session = caller.of_request(now)
    if not user then
        return reply.refuse("unauthorized")
    end
    local body = read_object()
    local reservation = body and body.reservationId
    if type(reservation) ~= "string" or #reservation ~= 32 or reservation:find("[^0-9a-f]") then
        return reply.refuse("invalid_request")
    end
    local payment = ngx.var.request_id
    local refusal, amount = scripts.run("pay",
        { "session:" .. session, "token:" .. user, "reservation:" .. reservation, "account:" .. user,
            "entries:" .. user, "payment:" .. payment, "queue:active" },
        { user, reservation, payment, now })
    if refusal then
        return reply.refuse(refusal)
    end
    return reply.created(concat({ '{"id":"', payment, '","userId":"', user, '","reservationId":"',
        reservation, '","amount":', amount, ',"status":"succeeded","paidAt":', now, '}' }))
end

return _M
