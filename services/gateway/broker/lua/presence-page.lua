-- ARGV: place behind which the page begins (-1: at the first), limit, bytes that infos may have, how many clients may be
--       forgotten at once, then the workers that live
-- Returns: nothing where there are more to be forgotten first; else number of clients, 1 where some follow, then client,
--          microsecond of its coming, connections and info (empty: none) of each
local limit, bytes, most = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local live = {}
for i = 5, #ARGV do
  live[ARGV[i]] = true
end
for _, worker in ipairs(redis.call('SMEMBERS', workers)) do
  if not live[worker] then
    most = forget(worker, most)
    if most == 0 then
      return false
    end
  end
end
local reply = { redis.call('ZCARD', here), 0 }
local found = redis.call('ZRANGE', here, '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, limit + 1, 'WITHSCORES')
local names = {}
for i = 1, #found, 2 do
  names[#names + 1] = found[i]
end
if #names > 0 then
  local connections = redis.call('HMGET', totals, unpack(names))
  local said = redis.call('HMGET', infos, unpack(names))
  for i, name in ipairs(names) do
    local info = ''
    if said[i] then
      local came, kept = string.match(said[i], '^(%d+) (.*)$')
      info = came == found[2 * i] and kept or ''
      bytes = bytes - #info
    end
    if i > limit or (i > 1 and bytes < 0) then
      reply[2] = 1
      break
    end
    local at = #reply
    reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = name, found[2 * i], connections[i], info
  end
end
return reply
