-- Prepended to the scripts that touch who is in a channel.
-- KEYS: here (zset: client by microsecond of its coming), totals (hash: client -> connections), workers (set: those that
--       have stated some), infos (hash: client -> "<microsecond of its coming> <JSON>"); what a worker has stated is a
--       hash beside them, client -> connections.
local here, totals, workers, infos = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
-- What a worker says of a client: nothing new, or that there is nothing (any more); else JSON.
local UNSAID, NONE = '', '-'
-- A release that knows no infos leaves those of clients that left: none of them outlives this.
local INFO_KEPT_S = 3600
local now_us

local function clock()
  if not now_us then
    local time = redis.call('TIME')
    now_us = time[1] * 1000000 + time[2]
  end
  return now_us
end

local function stated_by(worker)
  return workers .. ':' .. worker
end

-- To the workers that watch the channel, on the pub/sub channel of the same name as `here`.
local function tell(change, client, info)
  local said = (info == UNSAID or info == NONE) and '' or ' ' .. info
  redis.call('PUBLISH', here, change .. ' ' .. client .. ' ' .. string.format('%.0f', math.floor(clock() / 1000)) .. said)
end

-- It names the coming that it belongs to, so that it is not taken for that of a later one.
local function describe(client, info, came)
  if info == NONE then
    redis.call('HDEL', infos, client)
  elseif came then
    redis.call('HSET', infos, client, came .. ' ' .. info)
    redis.call('EXPIRE', infos, INFO_KEPT_S)
  end
end

-- `worker` has `number` connections of the client, and says this of it.
local function state(worker, client, number, info)
  local own = stated_by(worker)
  local before = tonumber(redis.call('HGET', own, client) or 0)
  local came
  if number ~= before then
    if number == 0 then
      redis.call('HDEL', own, client)
    else
      redis.call('HSET', own, client, number)
    end
    if redis.call('HINCRBY', totals, client, number - before) > 0 then
      local at = string.format('%.0f', clock())
      if redis.call('ZADD', here, 'NX', at, client) == 1 then
        came = at
        tell('join', client, info)
      end
      now_us = now_us + 1
    else
      redis.call('HDEL', totals, client)
      redis.call('ZREM', here, client)
      if info ~= UNSAID then
        redis.call('HDEL', infos, client)
      end
      tell('leave', client, NONE)
    end
  end
  if info ~= UNSAID and number > 0 then
    describe(client, info, came or redis.call('ZSCORE', here, client))
  end
end

-- At most so many clients of the worker. Returns how many of these are left to be used; 0: there may be more clients.
local function forget(worker, most)
  local clients = redis.call('HRANDFIELD', stated_by(worker), most)
  local info = #clients > 0 and redis.call('EXISTS', infos) == 1 and NONE or UNSAID
  for _, client in ipairs(clients) do
    state(worker, client, 0, info)
  end
  if #clients < most then
    redis.call('SREM', workers, worker)
  end
  return most - #clients
end
