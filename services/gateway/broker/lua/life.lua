-- Prepended to every script that touches a channel.
--
-- meta is a hash: run (run_id of the Redis that last served the channel), epoch (name of the current life),
-- top (newest offset), bytes (bodies in the log), lives ("epoch:first,epoch:first…", oldest first).

local MAX_LIVES = 32

local format = string.format
-- Offsets, counts and sizes, not times: a Redis of 32 bits has them up to 2^31 only. `%.0f` is 3 % of a publish.
local function int(number)
  return format('%d', number)
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The life rule. A Redis with another run_id may have come back with an older state, so that offsets after the
-- top it kept may be given a second time: from there on a new life counts. What the older state still holds stays
-- valid, so a restart that lost nothing invalidates nothing.
local function live(log, meta, run, candidate)
  local kept = redis.call('HMGET', meta, 'run', 'epoch', 'top', 'bytes', 'lives')
  if not kept[1] then
    -- A log that lost its meta (eviction) has no epoch any more: nobody may read it under a new one.
    redis.call('DEL', log)
    local lives = candidate .. ':1'
    redis.call('HSET', meta, 'run', run, 'epoch', candidate, 'top', '0', 'bytes', '0', 'lives', lives)
    return { epoch = candidate, top = 0, bytes = 0, lives = lives }
  end
  local channel = { epoch = kept[2], top = tonumber(kept[3]), bytes = tonumber(kept[4]), lives = kept[5] }
  if kept[1] ~= run then
    channel.epoch = candidate
    channel.lives = channel.lives .. ',' .. candidate .. ':' .. int(channel.top + 1)
    local _, commas = string.gsub(channel.lives, ',', '')
    if commas >= MAX_LIVES then
      channel.lives = string.gsub(channel.lives, '^[^,]*,', '', 1)
    end
    redis.call('HSET', meta, 'run', run, 'epoch', candidate, 'lives', channel.lives)
  end
  return channel
end

-- A place is good when its life is known, and no later life began at or below it.
local function is_good(channel, epoch, offset)
  if offset > channel.top then
    return false
  end
  local known = false
  for life, first in string.gmatch(channel.lives, '([^:,]+):(%d+)') do
    if known and tonumber(first) <= offset then
      return false
    end
    known = known or life == epoch
  end
  return known
end
