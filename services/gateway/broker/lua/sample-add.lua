-- Adds one sample of the cluster, unless the newest one is too young.
-- KEYS: samples (a stream whose ids are times, ms)
-- ARGV: values as JSON, least ms since the newest one, how many are kept
-- Returns: 1 when it was added, else 0
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest and now - tonumber(string.match(newest[1], '^%d+')) < math.max(1, tonumber(ARGV[2])) then
  return 0
end
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[3], string.format('%.0f-0', now), 'v', ARGV[1])
return 1
