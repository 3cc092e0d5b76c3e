-- KEYS: expiries (zset: worker id by ms), present (set: workers that have stated who is in a channel)
-- ARGV: how long a lease must last still, ms
-- Returns: the workers that live, and those of `present` that do not
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local live = redis.call('ZRANGE', KEYS[1], now + ARGV[1], '+inf', 'BYSCORE')
local is_live, gone = {}, {}
for _, worker in ipairs(live) do
  is_live[worker] = true
end
for _, worker in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  if not is_live[worker] then
    gone[#gone + 1] = worker
  end
end
return { live, gone }
