-- ARGV: worker id, lease as JSON, its open connections, ttl ms
-- Returns: open connections of all live workers
unfold(ARGV[1])
redis.call('HSET', leases, ARGV[1], ARGV[2])
redis.call('HSET', connections, ARGV[1], ARGV[3])
redis.call('ZADD', expiries, now + ARGV[4], ARGV[1])
local open = 0
for _, number in ipairs(redis.call('HVALS', connections)) do
  open = open + number
end
return open
