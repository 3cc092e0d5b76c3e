-- The newest place of a channel.
-- KEYS: log, meta
-- ARGV: run, epoch candidate, sessionTtl s
-- Returns: epoch, top
local channel = live(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return { channel.epoch, channel.top }
