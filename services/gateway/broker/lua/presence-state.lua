-- ARGV: worker id, 1 where all clients of the worker are given else 0, then client and connections, of each
-- Returns: 1 where the worker has some in the channel, else 0
local worker = ARGV[1]
local given = {}
for i = 3, #ARGV, 2 do
  given[ARGV[i]] = true
  state(worker, ARGV[i], tonumber(ARGV[i + 1]))
end
if ARGV[2] == '1' then
  for _, client in ipairs(redis.call('HKEYS', stated_by(worker))) do
    if not given[client] then
      state(worker, client, 0)
    end
  end
end
if redis.call('EXISTS', stated_by(worker)) == 1 then
  redis.call('SADD', workers, worker)
  return 1
end
redis.call('SREM', workers, worker)
return 0
