-- Answers: their length is told beforehand, so that they are one piece.
local ngx = ngx

local _M = {}

local statuses = {
    invalid_request = 400,
    unauthorized = 401,
    insufficient_points = 402,
    queue_token_required = 403,
    queue_token_not_active = 403,
    reservation_unknown = 404,
    round_unknown = 404,
    round_cancelled = 409,
    sales_not_open = 409,
    sales_closed = 409,
    seat_limit = 409,
    seat_unavailable = 409,
    reservation_not_pending = 409,
    hold_expired = 410,
    seat_unknown = 422,
    unavailable = 503,
}

local function send(status, body)
    ngx.status = status
    ngx.header.content_length = #body
    ngx.print(body)
end

function _M.created(body)
    send(201, body)
end

function _M.refuse(code)
    local status = statuses[code] or 500
    ngx.header.content_type = "application/problem+json"
    send(status, '{"status":' .. status .. ',"code":"' .. code .. '"}')
end

return _M
