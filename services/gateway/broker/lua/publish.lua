-- Accepts publications of one channel, one after the other: dedupe, offset, log, count, limits and fan-out in one atomic step.
-- KEYS: log, meta, then the publisher of each
-- ARGV: run, epoch candidate, pub/sub channel, historySize, historyMaxBytes, historyTtl s, sessionTtl s, dedupe window ms,
--       dedupeMaxIds, then token of the request, id and body of each
-- Returns: epoch, offset, count and duplicate (0 or 1) of each, in one text
--
-- publisher is a hash: n (messages accepted), f (how many of them are counted elsewhere, publisher-fold.lua), and for each id seen `i<id>` = "offset:time:ordinal:token:epoch",
-- where ordinal is n at its acceptance, and token tells a request that is sent again (its reply was lost) from
-- another request with the same id.
local log, meta, topic = KEYS[1], KEYS[2], ARGV[3]
local history_size, history_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local history_ttl, session_ttl = ARGV[6], ARGV[7]
local window, max_ids = tonumber(ARGV[8]), tonumber(ARGV[9])
local ENTRY = '^(%d+):(%d+):(%d+):([^:]*):(.*)$'
-- As much of it as says how old it is.
local AGE = '^%d+:(%d+):(%d+):'
-- They are called for several times with each publication, and looked up in two tables otherwise.
local call, match = redis.call, string.match

local now = now_ms()
local time = string.format('%.0f', now)
local channel = live(log, meta, ARGV[1], ARGV[2])
local replies = {}
-- Where a publisher is here more than once: what was read of it before the first was accepted is old then.
local is_twice, counts, accepted = false, {}, {}
-- Entries of the log; known once the first publication is in it.
local length

-- All is read before anything is written: a key that is none of ours fails the script while it has no effect.
local seen, met = {}, {}
for i = 3, #KEYS do
  seen[i] = call('HMGET', KEYS[i], 'i' .. ARGV[3 * i + 2], 'n')
  is_twice = is_twice or met[KEYS[i]] == true
  met[KEYS[i]] = true
end

-- Once in max_ids publications, so that the hash holds at most twice as many and the cost is spread.
local function prune(publisher, count)
  local entries, stale = call('HGETALL', publisher), {}
  for i = 1, #entries, 2 do
    local at, ordinal = match(entries[i + 1], AGE)
    if at and (count - ordinal >= max_ids or now - at >= window) then
      stale[#stale + 1] = entries[i]
    end
  end
  for i = 1, #stale, 500 do
    call('HDEL', publisher, unpack(stale, i, math.min(i + 499, #stale)))
  end
end

-- In one text, which is read at less cost than a list of four times as many parts.
local function reply(epoch, offset, count, duplicate)
  replies[#replies + 1] = epoch .. ' ' .. offset .. ' ' .. count .. ' ' .. duplicate
end

-- Whether this id had been accepted, and still counts; the reply is given then.
local function was_accepted(entry, count, token)
  local offset, at, ordinal, by, epoch = match(entry, ENTRY)
  local fresh = now - at < window and count - ordinal < max_ids
  if not fresh or not is_good(channel, epoch, tonumber(offset)) then
    return false
  end
  if by == token then
    reply(epoch, offset, ordinal, '0')
  else
    reply(epoch, offset, int(count), '1')
  end
  return true
end

local function accept(publisher, count, token, field, body)
  local offset = int(channel.top + 1)
  call('XADD', log, offset .. '-0', 't', time, 'e', channel.epoch, 'b', body)
  local ordinal = int(count)
  local entry = offset .. ':' .. time .. ':' .. ordinal .. ':' .. token .. ':' .. channel.epoch
  call('HSET', publisher, 'n', ordinal, field, entry)
  if is_twice then
    counts[publisher], accepted[publisher .. field] = count, entry
  end
  if count % max_ids == 0 then
    prune(publisher, count)
  end
  length = length and length + 1 or call('XLEN', log)
  -- A log of one entry is new or had expired: whatever was counted before is gone.
  channel.bytes = (length == 1 and 0 or channel.bytes) + #body
  channel.top = channel.top + 1
  call('PUBLISH', topic, offset .. ':' .. time .. ':' .. channel.epoch .. ':' .. body)
  reply(channel.epoch, offset, ordinal, '0')
end

for i = 3, #KEYS do
  local publisher = KEYS[i]
  local token, field, body = ARGV[3 * i + 1], 'i' .. ARGV[3 * i + 2], ARGV[3 * i + 3]
  local entry = is_twice and accepted[publisher .. field] or seen[i][1]
  local count = counts[publisher] or tonumber(seen[i][2] or 0)
  if not entry or not was_accepted(entry, count, token) then
    accept(publisher, count + 1, token, field, body)
  end
  call('EXPIRE', publisher, session_ttl)
end

if length then
  local excess = length > history_size + math.floor(history_size / 10) and length - history_size or 0
  while length > 1 and (excess > 0 or channel.bytes > history_bytes) do
    local oldest = call('XRANGE', log, '-', '+', 'COUNT', math.max(1, math.min(excess, 100)))
    for _, dropped in ipairs(oldest) do
      channel.bytes = channel.bytes - #dropped[2][6]
    end
    length = length - #oldest
    excess = excess - #oldest
    call('XTRIM', log, 'MINID', int(channel.top + 1 - length) .. '-0')
  end
  call('HSET', meta, 'top', int(channel.top), 'bytes', int(channel.bytes))
  call('EXPIRE', log, history_ttl)
end
call('EXPIRE', meta, session_ttl)
return table.concat(replies, ' ')
