-- ARGV: a worker that is gone
forget(ARGV[1])
return 1
