-- Forgets the holder of a session unless another connection has taken over, and takes what is left to be charged.
-- KEYS: session
-- ARGV: connection id [, mark, debt ms, charged ms]
if redis.call('HGET', KEYS[1], 'conn') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'conn', 'worker')
end
if ARGV[2] then
  charge(KEYS[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
end
return 1
