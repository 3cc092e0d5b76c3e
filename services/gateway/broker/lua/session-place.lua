-- Stores where a session goes on, only for the connection that still holds it.
-- KEYS: session
-- ARGV: connection id, place
if redis.call('HGET', KEYS[1], 'conn') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'place', ARGV[2])
end
return 1
