-- Notes in a publisher's record how many of its messages its session counts elsewhere, where there is a record.
-- KEYS: publisher
-- ARGV: how many
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'f', ARGV[1])
end
return 1
