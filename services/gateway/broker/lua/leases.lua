-- Prepended to the scripts of the cluster directory.
-- KEYS: leases (hash: worker id → lease as JSON), expiries (zset: worker id by ms), connections (hash: worker id →
--       number), ended (hash: total → sum), folded (hash: worker id → lease that was folded), tombstones (zset:
--       worker id by ms of folding)
local leases, expiries, connections, ended, folded, tombstones = unpack(KEYS)
-- A worker may come back this long after its lease was folded without being counted twice.
local TOMBSTONE_MS = 3600 * 1000

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function add_totals(lease, sign)
  for name, value in pairs(cjson.decode(lease).totals) do
    redis.call('HINCRBYFLOAT', ended, name, sign * value)
  end
end

local function fold(worker, lease)
  add_totals(lease, 1)
  redis.call('HSET', folded, worker, lease)
  redis.call('ZADD', tombstones, now, worker)
  redis.call('HDEL', leases, worker)
  redis.call('HDEL', connections, worker)
  redis.call('ZREM', expiries, worker)
end

-- The worker was taken for dead and is not, or tells its end twice: what it counted leaves `ended` again.
local function unfold(worker)
  local lease = redis.call('HGET', folded, worker)
  if lease then
    add_totals(lease, -1)
    redis.call('HDEL', folded, worker)
    redis.call('ZREM', tombstones, worker)
  end
end

for _, worker in ipairs(redis.call('ZRANGE', expiries, '-inf', now, 'BYSCORE')) do
  fold(worker, redis.call('HGET', leases, worker))
end
for _, worker in ipairs(redis.call('ZRANGE', tombstones, '-inf', now - TOMBSTONE_MS, 'BYSCORE')) do
  redis.call('HDEL', folded, worker)
  redis.call('ZREM', tombstones, worker)
end
