-- Prepended to the scripts that touch who is in a channel.
-- KEYS: here (zset: client by microsecond of its coming), totals (hash: client -> connections), workers (set: those that
--       have stated some); what a worker has stated is a hash beside them, client -> connections.
local here, totals, workers = KEYS[1], KEYS[2], KEYS[3]
local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]

local function stated_by(worker)
  return workers .. ':' .. worker
end

-- To the workers that watch the channel, on the pub/sub channel of the same name as `here`.
local function tell(change, client)
  redis.call('PUBLISH', here, change .. ' ' .. client .. ' ' .. string.format('%.0f', math.floor(now_us / 1000)))
end

-- `worker` has `number` connections of the client.
local function state(worker, client, number)
  local own = stated_by(worker)
  local before = tonumber(redis.call('HGET', own, client) or 0)
  if number == before then
    return
  end
  if number == 0 then
    redis.call('HDEL', own, client)
  else
    redis.call('HSET', own, client, number)
  end
  local total = redis.call('HINCRBY', totals, client, number - before)
  if total > 0 then
    if redis.call('ZADD', here, 'NX', string.format('%.0f', now_us), client) == 1 then
      tell('join', client)
    end
    now_us = now_us + 1
  else
    redis.call('HDEL', totals, client)
    redis.call('ZREM', here, client)
    tell('leave', client)
  end
end

local function forget(worker)
  for _, client in ipairs(redis.call('HKEYS', stated_by(worker))) do
    state(worker, client, 0)
  end
  redis.call('SREM', workers, worker)
end
