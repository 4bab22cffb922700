import { createHash } from 'node:crypto'

/** A script of Redis's: what it does, nobody else's command comes between. */
export type Script = { readonly text: string; readonly sha1: string }

// Amounts are whole numbers below 2^53, so that Lua's doubles hold them exactly. All names of one call's keys have one hash
// tag. The clock is the server's: gateways need not agree on the time.

const COMMON = `
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(tonumber(time[2]) / 1000)
local function whole(number) return string.format('%.0f', number) end

-- What is spent of a budget (s), in which life of it (e), and until when it pays for nothing (u). A gateway that knew another
-- life of it, or whose server has begun anew, says what it has seen spent: the store has lost some of it.
local function opened(key, ttl, known, floor, heals, fresh)
  local kept = redis.call('HMGET', key, 's', 'e', 'u')
  local spent, life, rests = tonumber(kept[1] or '0'), kept[2], tonumber(kept[3] or '0')
  local isLost = heals == '1' or (known ~= '' and life ~= known)
  if isLost then
    spent = math.max(spent, tonumber(floor))
    rests = math.max(rests, now + 2500)
  end
  local isNew = not life
  if isNew or (heals == '1' and life == known) then life = fresh end
  if isLost or isNew then
    redis.call('HSET', key, 's', whole(spent), 'e', life, 'u', whole(rests))
    redis.call('EXPIRE', key, ttl)
  end
  return spent, life, rests
end
`

/**
 * Takes all of a claim or nothing. Keys: minute, leases, holds, budget. Answers `late`, or `no`, the limit, milliseconds
 * until it fits (-1: unknown), whether calls under way hold it, spent and life; or `ok`, the nano-dollars, spent and life,
 * and what is left of requests and tokens (-1: not bounded).
 */
export const TAKE = script(`${COMMON}
local call, latest, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local requestLimit, tokenLimit, tokens = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local concurrentLimit, budget, full, least = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
-- Its gateway has given this up.
if now > latest then return {'late'} end

for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('HDEL', KEYS[3], gone)
end

local spent, life, rests = 0, '', 0
if budget then spent, life, rests = opened(KEYS[4], ARGV[11], ARGV[12], ARGV[13], ARGV[14], ARGV[15]) end

local counts, sums = {r = {}, t = {}}, {r = 0, t = 0}
if requestLimit or tokenLimit then
  local flat = redis.call('HGETALL', KEYS[1])
  for index = 1, #flat, 2 do
    local kind, at = string.sub(flat[index], 1, 1), tonumber(string.sub(flat[index], 2))
    if at < second - 60 then
      redis.call('HDEL', KEYS[1], flat[index])
    else
      local count = tonumber(flat[index + 1])
      counts[kind][at] = count
      sums[kind] = sums[kind] + count
    end
  end
end
local function untilFits(kind, amount, limit)
  local left = sums[kind]
  for at = second - 60, second do
    left = left - (counts[kind][at] or 0)
    if left + amount <= limit then return (at + 61) * 1000 - now end
  end
  return 61000
end
local function no(by, milliseconds, isHeld)
  return {'no', by, whole(milliseconds), isHeld and '1' or '0', whole(spent), life}
end
if requestLimit and sums.r + 1 > requestLimit then return no('requests', untilFits('r', 1, requestLimit), false) end
if tokenLimit and sums.t + tokens > tokenLimit then return no('tokens', untilFits('t', tokens, tokenLimit), false) end
local underWay = redis.call('ZCARD', KEYS[2])
if concurrentLimit and underWay >= concurrentLimit then return no('concurrent', -1, true) end
local granted = 0
if budget then
  local left = budget - spent
  if least > 0 and rests > now then return no('budget', -1, true) end
  if full <= left then granted = full
  elseif least <= left or least == 0 then granted = least
  else return no('budget', -1, underWay > 0) end
  spent = spent + granted
  redis.call('HSET', KEYS[4], 's', whole(spent))
end

if requestLimit then redis.call('HINCRBY', KEYS[1], 'r' .. whole(second), 1) end
if tokenLimit then redis.call('HINCRBY', KEYS[1], 't' .. whole(second), whole(tokens)) end
if requestLimit or tokenLimit then redis.call('EXPIRE', KEYS[1], 120) end
redis.call('ZADD', KEYS[2], whole(now + lease), call)
redis.call('PEXPIRE', KEYS[2], whole(lease + 60000))
redis.call('HSET', KEYS[3], call, whole(granted) .. ':' .. whole(tokens) .. ':' .. whole(second))
redis.call('PEXPIRE', KEYS[3], whole(lease + 60000))
return {'ok', whole(granted), whole(spent), life,
  whole(requestLimit and requestLimit - sums.r - 1 or -1), whole(tokenLimit and math.max(0, tokenLimit - sums.t - tokens) or -1)}
`)

/**
 * Sets aside more for a call under way. Keys: holds, budget. Answers the nano-dollars, 0 where it cannot be, and spent and
 * life of the budget.
 */
export const MORE = script(`${COMMON}
local call, takenIn, budget, full, least = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local spent, life, rests = opened(KEYS[2], ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10])
local kept = redis.call('HGET', KEYS[1], call)
local left = budget - spent
if not kept or life ~= takenIn or rests > now or least > left then return {'0', whole(spent), life} end
local granted = full <= left and full or least
local nano, rest = string.match(kept, '^(%d+)(:.*)$')
spent = spent + granted
redis.call('HSET', KEYS[2], 's', whole(spent))
redis.call('HSET', KEYS[1], call, whole(tonumber(nano) + granted) .. rest)
return {whole(granted), whole(spent), life}
`)

/**
 * Ends a call, once however often it is said. Keys: minute, leases, holds, budget, the mark of a call that the store has
 * lost. Answers spent and life of the budget, if there is one.
 */
export const SETTLE = script(`${COMMON}
local call, tokensUsed, used = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local reserved, takenIn, hasBudget, hasTokens = tonumber(ARGV[4]), ARGV[5], ARGV[6] == '1', ARGV[7] == '1'
local kept = redis.call('HGET', KEYS[3], call)
redis.call('ZREM', KEYS[2], call)
redis.call('HDEL', KEYS[3], call)
if kept then
  local nano, tokens, at = string.match(kept, '^(%d+):(%d+):(%d+)$')
  reserved = tonumber(nano)
  if tokensUsed and hasTokens then
    local change = tokensUsed - tonumber(tokens)
    local slice = change < 0 and tonumber(at) or second
    if change ~= 0 and slice >= second - 60 then
      redis.call('HINCRBY', KEYS[1], 't' .. whole(slice), whole(change))
      redis.call('EXPIRE', KEYS[1], 120)
    end
  end
end
if not hasBudget then return {} end
local spent, life = opened(KEYS[4], ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12])
local isOwed = kept ~= false
if not isOwed and reserved and life ~= takenIn then isOwed = redis.call('SET', KEYS[5], '1', 'NX', 'EX', 3600) end
if isOwed then
  spent = math.max(0, spent + used - reserved)
  redis.call('HSET', KEYS[4], 's', whole(spent))
end
return {whole(spent), life}
`)

/** Says what this gateway has seen spent. Keys: budget. Answers spent and life. */
export const HEAL = script(`${COMMON}
local spent, life = opened(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
return {whole(spent), life}
`)

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}
