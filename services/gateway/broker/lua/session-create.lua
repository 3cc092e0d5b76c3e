-- KEYS: session, its channels
-- ARGV: client id, connection id, worker id, sessionTtl s, place, subject of the token (each empty when there is none)
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'client', ARGV[1], 'conn', ARGV[2], 'worker', ARGV[3])
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'place', ARGV[5])
end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[1], 'subject', ARGV[6])
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
