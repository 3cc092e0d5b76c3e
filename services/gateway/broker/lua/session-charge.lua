-- KEYS: session
-- ARGV: mark, debt ms, charged ms
-- Returns: nothing for an unknown session, else the new mark, and the debt in ms
return charge(KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
