-- Redis from here: each script by its hash, on a kept connection.
local ngx = ngx
local redis = require "nginx.redis"

local _M = {}

-- A worker's connections to Redis, kept while they are idle; who finds none free waits for one. More
-- would all be opened at once, when a crowd comes, and find the socket's own queue full.
local POOL = { pool_size = 256, backlog = 4096 }
local IDLE_MS = 600000
local TIMEOUT_MS = 60000

local names = { "join", "hold", "pay" }

local sources, hashes = {}, {}
local address

-- In the master, before there are workers.
function _M.prepare(directory, socket)
    address = "unix:" .. socket
    for _, name in ipairs(names) do
        local file = assert(io.open(directory .. "/" .. name .. ".lua"))
        sources[name] = file:read("*a")
        file:close()
        local digest = ngx.sha1_bin(sources[name])
        hashes[name] = digest:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
    end
end

-- The script's answer; a Redis that was restarted does not know it yet.
local function evaluate(client, name, keys, arguments)
    local values = { hashes[name], #keys }
    local count = #keys
    for i = 1, count do
        values[2 + i] = keys[i]
    end
    for i = 1, #arguments do
        values[2 + count + i] = arguments[i]
    end
    local answer, failure = client:evalsha(unpack(values))
    if not answer and failure and failure:find("NOSCRIPT", 1, true) then
        values[1] = sources[name]
        answer, failure = client:eval(unpack(values))
    end
    return answer, failure
end

-- Answers a refusal, or nil and what the script found.
function _M.run(name, keys, arguments)
    local client = redis:new()
    client:set_timeout(TIMEOUT_MS)
    local connected, failure = client:connect(address, POOL)
    if not connected then
        ngx.log(ngx.ERR, "redis: ", failure)
        return "unavailable"
    end
    local answer
    answer, failure = evaluate(client, name, keys, arguments)
    if not answer then
        ngx.log(ngx.ERR, "redis: ", failure)
        client:close()
        return "unavailable"
    end
    client:set_keepalive(IDLE_MS, POOL.pool_size)
    if type(answer) == "string" then
        return answer
    end
    return nil, answer[1], answer[2], answer[3]
end

return _M
