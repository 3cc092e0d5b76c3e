-- Counts a message to a client.
-- KEYS: session
-- ARGV: sessionTtl s
-- Returns: nothing for an unknown session, else how many there are
if redis.call('EXPIRE', KEYS[1], ARGV[1]) == 0 then
  return false
end
return redis.call('HINCRBY', KEYS[1], 'sends', 1) - (redis.call('HGET', KEYS[1], 'folded') or 0)
