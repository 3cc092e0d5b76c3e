-- Accepts one publication: dedupe, offset, log, count, limits and fan-out in one atomic step.
-- KEYS: log, meta, publisher
-- ARGV: run, epoch candidate, token of the request, id, body, pub/sub channel,
--       historySize, historyMaxBytes, historyTtl s, sessionTtl s, dedupe window ms, dedupeMaxIds
-- Returns: epoch, offset, count, duplicate (0 or 1)
--
-- publisher is a hash: n (messages accepted), f (how many of them are counted elsewhere, publisher-fold.lua), and for each id seen `i<id>` = "offset:time:ordinal:token:epoch",
-- where ordinal is n at its acceptance, and token tells a request that is sent again (its reply was lost) from
-- another request with the same id.
local log, meta, publisher = KEYS[1], KEYS[2], KEYS[3]
local token, id, body, topic = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local history_size, history_bytes = tonumber(ARGV[7]), tonumber(ARGV[8])
local history_ttl, session_ttl = ARGV[9], ARGV[10]
local window, max_ids = tonumber(ARGV[11]), tonumber(ARGV[12])
local ENTRY = '^(%d+):(%d+):(%d+):([^:]*):(.*)$'

local now = now_ms()
local channel = live(log, meta, ARGV[1], ARGV[2])
local seen = redis.call('HMGET', publisher, 'i' .. id, 'n')
local count = tonumber(seen[2] or 0)

if seen[1] then
  local offset, at, ordinal, by, epoch = string.match(seen[1], ENTRY)
  local fresh = now - at < window and count - ordinal < max_ids
  if fresh and is_good(channel, epoch, tonumber(offset)) then
    redis.call('EXPIRE', publisher, session_ttl)
    redis.call('EXPIRE', meta, session_ttl)
    if by == token then
      return { epoch, tonumber(offset), tonumber(ordinal), 0 }
    end
    return { epoch, tonumber(offset), count, 1 }
  end
end

-- Once in max_ids publications, so that the hash holds at most twice as many and the cost is spread.
local function prune()
  local entries, stale = redis.call('HGETALL', publisher), {}
  for i = 1, #entries, 2 do
    local _, at, ordinal = string.match(entries[i + 1], ENTRY)
    if at and (count - ordinal >= max_ids or now - at >= window) then
      stale[#stale + 1] = entries[i]
    end
  end
  for i = 1, #stale, 500 do
    redis.call('HDEL', publisher, unpack(stale, i, math.min(i + 499, #stale)))
  end
end

local offset = int(channel.top + 1)
local time = int(now)
count = count + 1
redis.call('XADD', log, offset .. '-0', 't', time, 'e', channel.epoch, 'b', body)
local entry = offset .. ':' .. time .. ':' .. int(count) .. ':' .. token .. ':' .. channel.epoch
redis.call('HSET', publisher, 'n', int(count), 'i' .. id, entry)
if count % max_ids == 0 then
  prune()
end

local length = redis.call('XLEN', log)
-- A log of one entry is new or had expired: whatever was counted before is gone.
local bytes = (length == 1 and 0 or channel.bytes) + #body
local excess = length > history_size + math.floor(history_size / 10) and length - history_size or 0
while length > 1 and (excess > 0 or bytes > history_bytes) do
  local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', math.max(1, math.min(excess, 100)))
  for _, dropped in ipairs(oldest) do
    bytes = bytes - #dropped[2][6]
  end
  length = length - #oldest
  excess = excess - #oldest
  redis.call('XTRIM', log, 'MINID', int(channel.top + 2 - length) .. '-0')
end

redis.call('HSET', meta, 'top', offset, 'bytes', int(bytes))
redis.call('EXPIRE', log, history_ttl)
redis.call('EXPIRE', meta, session_ttl)
redis.call('EXPIRE', publisher, session_ttl)
redis.call('PUBLISH', topic, offset .. ':' .. time .. ':' .. channel.epoch .. ':' .. body)
return { channel.epoch, tonumber(offset), count, 0 }
