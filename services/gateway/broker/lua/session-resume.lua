-- Hands a session to a new holder.
-- KEYS: session, its channels, subscriptions that are kept
-- ARGV: connection id, worker id, sessionTtl s, subject of the token (empty when there is none)
-- Returns: nothing for a session that is unknown, or another's, else client id, place, previous connection, previous worker, mark of the
--          allowance (each empty when there is none), what is used of it in ms, messages to clients, those accepted in channels
--          that are counted one by one no more, the channels that are, then channel and offset of each subscription that is kept
local kept = redis.call('HMGET', KEYS[1], 'client', 'place', 'conn', 'worker', 'spent', 'sends', 'subject', 'folded')
if not kept[1] or (kept[7] or '') ~= ARGV[4] then
  return false
end
redis.call('HSET', KEYS[1], 'conn', ARGV[1], 'worker', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[3])
local debt = precise(math.max(0, tonumber(kept[5] or 0) - now))
local folded = tonumber(kept[8] or 0)
local sends = tonumber(kept[6] or 0) - folded
return {
  kept[1], kept[2] or '', kept[3] or '', kept[4] or '', kept[5] or '', debt, sends, folded,
  redis.call('SMEMBERS', KEYS[2]), redis.call('HGETALL', KEYS[3]),
}
