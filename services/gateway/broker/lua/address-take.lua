-- Takes one connection from the allowance of an address, or uses up a pass.
-- KEYS: allowance of the address, its passes (hash: holder → number)
-- ARGV: holder, cost of a connection ms, depth ms
-- Returns: 0 when it may be opened, -1 when it may by a pass, else after how many ms it may
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  if redis.call('HINCRBY', KEYS[2], ARGV[1], -1) <= 0 then
    redis.call('HDEL', KEYS[2], ARGV[1])
  end
  return -1
end
local spent = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + tonumber(ARGV[2])
local wait = spent - tonumber(ARGV[3]) - now
-- Less than Redis's clock can tell is nothing.
if wait > 0.01 then
  return math.ceil(wait)
end
redis.call('SET', KEYS[1], precise(spent), 'PX', math.ceil(spent - now))
return 0
