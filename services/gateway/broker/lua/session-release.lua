-- Forgets the holder of a session unless another connection has taken over.
-- KEYS: session
-- ARGV: connection id
if redis.call('HGET', KEYS[1], 'conn') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'conn', 'worker')
end
return 1
