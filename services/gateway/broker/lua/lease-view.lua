-- Returns: the leases as JSON, and the flat list of names and sums of ended totals
return { redis.call('HVALS', leases), redis.call('HGETALL', ended) }
