-- Reads one page of a channel's log.
-- KEYS: log, meta
-- ARGV: run, epoch candidate, sessionTtl s, limit, maxBytes [, epoch and offset to read after]
-- Returns: epoch, top, continuous (0 or 1), more (0 or 1), then offset, time, epoch and body of each publication:
--          oldest first after a place, newest first without one
local log, meta = KEYS[1], KEYS[2]
local limit, max_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local since_epoch, since = ARGV[6], tonumber(ARGV[7])
-- Bodies may be large: so many at a time are looked at before the bytes are counted.
local STEP = 32

local channel = live(log, meta, ARGV[1], ARGV[2])
redis.call('EXPIRE', meta, ARGV[3])

local reply = { channel.epoch, channel.top, 1, 0 }
local taken, bytes, last = 0, 0, nil

local function offset_of(entry)
  return tonumber(string.match(entry[1], '^(%d+)'))
end

local function collect(command, from, to, step)
  while taken < limit do
    local entries = redis.call(command, log, from, to, 'COUNT', math.min(STEP, limit - taken))
    for _, entry in ipairs(entries) do
      local fields = entry[2]
      if taken > 0 and bytes + #fields[6] > max_bytes then
        return
      end
      taken, bytes, last = taken + 1, bytes + #fields[6], offset_of(entry)
      local at = #reply
      reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = last, fields[2], fields[4], fields[6]
    end
    if #entries < STEP then
      return
    end
    from = int(last + step) .. '-0'
  end
end

if since then
  local from, following = '-', int(since + 1) .. '-0'
  local reaches = since == channel.top or #redis.call('XRANGE', log, following, following) == 1
  if reaches and is_good(channel, since_epoch, since) then
    from = following
  else
    reply[3] = 0
  end
  collect('XRANGE', from, '+', 1)
  reply[4] = last and last < channel.top and 1 or 0
else
  collect('XREVRANGE', '+', '-', -1)
  local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  reply[4] = last and offset_of(oldest) < last and 1 or 0
end
return reply
