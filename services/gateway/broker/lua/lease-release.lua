-- ARGV: worker id, its last lease as JSON
unfold(ARGV[1])
fold(ARGV[1], ARGV[2])
return 1
