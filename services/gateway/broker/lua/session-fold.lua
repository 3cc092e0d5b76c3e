-- The count of one channel goes into the session's own. Once: a channel that is none of it any more changes nothing.
-- KEYS: session, its channels
-- ARGV: channel, how many were accepted there that are not in the session's own count yet
--
-- `sends` holds them too, so that a release that knows no `folded` comes to the same sum.
if redis.call('SREM', KEYS[2], ARGV[1]) == 1 and redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'sends', ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'folded', ARGV[2])
end
return 1
