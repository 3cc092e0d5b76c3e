-- ARGV: a worker that is gone, how many of its clients may be forgotten at once
-- Returns: 1 where all are, else 0
return forget(ARGV[1], tonumber(ARGV[2])) > 0 and 1 or 0
