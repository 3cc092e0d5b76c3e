-- KEYS: session, its channels
-- ARGV: client id, connection id, worker id, sessionTtl s [, place]
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'client', ARGV[1], 'conn', ARGV[2], 'worker', ARGV[3])
if ARGV[5] then
  redis.call('HSET', KEYS[1], 'place', ARGV[5])
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
