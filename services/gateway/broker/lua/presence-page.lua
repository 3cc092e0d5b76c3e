-- ARGV: place behind which the page begins (-1: at the first), limit, then the workers that live
-- Returns: number of clients, then client, microsecond of its coming and connections, of one more than the limit
local live = {}
for i = 3, #ARGV do
  live[ARGV[i]] = true
end
for _, worker in ipairs(redis.call('SMEMBERS', workers)) do
  if not live[worker] then
    forget(worker)
  end
end
local reply = { redis.call('ZCARD', here) }
local found = redis.call('ZRANGE', here, '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2] + 1, 'WITHSCORES')
local names = {}
for i = 1, #found, 2 do
  names[#names + 1] = found[i]
end
if #names > 0 then
  local connections = redis.call('HMGET', totals, unpack(names))
  for i, name in ipairs(names) do
    reply[#reply + 1] = name
    reply[#reply + 1] = found[2 * i]
    reply[#reply + 1] = connections[i]
  end
end
return reply
