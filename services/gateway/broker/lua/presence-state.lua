-- ARGV: worker id, then client, connections and what is said of it, of each
-- Returns: 1 where the worker has some in the channel, else 0
local worker = ARGV[1]
for i = 2, #ARGV, 3 do
  state(worker, ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2])
end
if redis.call('EXISTS', stated_by(worker)) == 1 then
  redis.call('SADD', workers, worker)
  return 1
end
redis.call('SREM', workers, worker)
return 0
