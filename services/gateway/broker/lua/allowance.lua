-- Prepended to the scripts that keep allowances. An allowance is one time, ms with a fraction, on the clock of this
-- Redis: when all that was used of it will have grown back.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000

local function precise(ms)
  return string.format('%.3f', ms)
end

-- A worker writes what it took of a session's allowance. `debt` is what it believes is used: that holds where nobody else
-- has written since it last knew (`mark`). Else what it took comes on top of what is there.
local function charge(session, mark, debt, charged)
  local kept = redis.call('HMGET', session, 'client', 'spent')
  if not kept[1] then
    return false
  end
  local spent
  if (kept[2] or '') == mark then
    spent = now + debt
  else
    spent = math.max(tonumber(kept[2] or 0), now) + charged
  end
  redis.call('HSET', session, 'spent', precise(spent))
  return { precise(spent), precise(math.max(0, spent - now)) }
end
