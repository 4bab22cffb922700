import type { Claim, Cost, Counters, Hold, LimitName, StoreObserver, Taken, Used } from '../../../core/counters.ts'
import { GatewayError } from '../../../core/errors.ts'
import type { Clock, Log } from '../../../core/ports.ts'
import { createMemoryCounters } from '../../../limits/memory-counters.ts'
import { periodAt } from '../../../limits/period.ts'
import { createBudgetMemory } from './budget-memory.ts'
import { connectStore } from './connection.ts'
import { HEAL, MORE, SETTLE, TAKE } from './scripts.ts'

type RedisCountersOptions = {
  readonly url: string
  readonly timeoutMs: number
  readonly onFailure: 'open' | 'closed'
  readonly clock: Clock
  readonly randomId: (size: number) => string
  readonly log: Log
}

export type RedisCounters = Counters & {
  /** Resolves when the store has answered for the first time, or after `milliseconds`. */
  opened(milliseconds: number): Promise<void>
}

/** What is to be said to the store of a call that is over. */
type Settlement = {
  readonly names: Names
  readonly call: string
  readonly used: Used
  /** Nano-dollars; `undefined` where the store's word on the claim has not come. */
  readonly reserved: number | undefined
  /** In which life of its budget it was taken. */
  readonly life: string
  readonly hasTokens: boolean
}

type Names = {
  readonly minute: string
  readonly leases: string
  readonly holds: string
  readonly budget: string
  readonly lost: string
  /** Of the budget, in milliseconds since 1970; 0 where there is none. */
  readonly endsAt: number
}

const POLL_MS = 100
// What is known of a budget outlives its period by this.
const KEPT_S = 172_800
const HEALING_MS = 3_000
const MOST_PENDING = 100_000
const AT_ONCE = 100

/**
 * Counters that several gateways share in a Redis or Valkey. Without it, and unless the policy is to refuse, keys are held
 * to their limits by this process alone; budgets are refused, since nobody knows what others spend.
 */
export function createRedisCounters(options: RedisCountersOptions): RedisCounters {
  const { clock, randomId, log } = options
  const memory = createMemoryCounters(clock)
  const budgets = createBudgetMemory()
  const saying = new Set<Promise<void>>()
  let pending: Settlement[] = []
  let observer: StoreObserver | undefined
  let healedLife = 1
  let isRecovering = false
  const store = connectStore(options, {
    alive: () => void recover(),
    answered: (milliseconds) => observer?.answered(milliseconds),
    failed: () => observer?.failed(),
    changed: (isUp) => observer?.changed(isUp),
  })

  async function take(claim: Claim): Promise<Taken> {
    if (!store.isUp()) return without(claim)
    const names = namesOf(claim)
    const { limits, cost } = claim
    let answer: unknown
    try {
      // Of which this gateway knows nothing: it cannot tell one that begins from one that was lost.
      if (names.endsAt > 0 && budgets.get(names.budget) === undefined) await store.look()
      answer = await store.run(
        TAKE,
        [names.minute, names.leases, names.holds, names.budget],
        [
          claim.call,
          whole(store.now() + options.timeoutMs),
          whole(claim.leaseMs),
          whole(limits.requestsPerMinute),
          whole(limits.tokensPerMinute),
          whole(claim.tokens),
          whole(limits.concurrent),
          whole(limits.budget?.nanoUsd),
          whole(cost.full),
          whole(cost.least),
          ...budgetArguments(names),
        ],
      )
    } catch (cause) {
      // It may have been taken without our knowing.
      later({ ...settlementOf(claim, names), used: { tokens: 0, nanoUsd: 0 }, reserved: undefined, life: '' })
      return without(claim, cause)
    }
    return read(answer, claim, names)
  }

  function read(answer: unknown, claim: Claim, names: Names): Taken {
    const [word, ...rest] = texts(answer)
    if (word === 'ok') {
      const [granted = '0', spent = '0', life = '', requests = '-1', tokens = '-1'] = rest
      remember(names, spent, life)
      const hold = holdOf(settlementOf(claim, names), Number(granted), life, claim.limits.budget?.nanoUsd)
      return { type: 'granted', hold, left: { requests: bounded(requests), tokens: bounded(tokens) } }
    }
    if (word === 'no') {
      const [by = '', milliseconds = '-1', isHeld, spent = '0', life = ''] = rest
      remember(names, spent, life)
      return { type: 'refused', by: limitNamed(by), retryAfterMs: bounded(milliseconds), isHeld: isHeld === '1' }
    }
    return without(claim, new Error(`it answered ${word} to a claim`))
  }

  /** What becomes of a claim that the store has said nothing to. */
  function without(claim: Claim, cause?: unknown): Taken {
    if (options.onFailure === 'open' && claim.limits.budget === undefined) return memory.take(claim)
    const why = claim.limits.budget === undefined ? 'limits' : 'budgets'
    throw new GatewayError(
      'store_unavailable',
      `The store in which the gateway keeps ${why} of keys does not answer. Try again shortly.`,
      { headers: { 'retry-after': '1' }, detail: { problem: store.problem() }, cause },
    )
  }

  function holdOf(
    settlement: Omit<Settlement, 'used' | 'reserved' | 'life'>,
    nanoUsd: number,
    life: string,
    budget: number | undefined,
  ): Hold {
    let isOver = false
    let reserved = nanoUsd
    return {
      nanoUsd,
      async more(cost) {
        if (isOver || budget === undefined || !store.isUp()) return 0
        const granted = await moreFor(settlement, life, budget, cost)
        reserved += granted
        return granted
      },
      settle(used) {
        if (isOver) return
        isOver = true
        say({ ...settlement, used, reserved, life })
      },
    }
  }

  async function moreFor(
    { names, call }: Pick<Settlement, 'names' | 'call'>,
    takenIn: string,
    budget: number,
    { full, least }: Cost,
  ): Promise<number> {
    try {
      const [granted, spent, life] = texts(
        await store.run(
          MORE,
          [names.holds, names.budget],
          [call, takenIn, whole(budget), whole(full), whole(least), ...budgetArguments(names)],
        ),
      )
      if (spent !== undefined && life !== undefined) remember(names, spent, life)
      return Number(granted ?? 0)
    } catch {
      // Where it was set aside after all, the store knows it, and gives it back with the rest.
      return 0
    }
  }

  function say(settlement: Settlement): void {
    if (!store.isUp()) {
      later(settlement)
      return
    }
    const task: Promise<void> = settle(settlement)
      .catch(() => later(settlement))
      .finally(() => saying.delete(task))
    saying.add(task)
  }

  function later(settlement: Settlement): void {
    // These are calls that were under way: beyond so many, the store has been away for hours.
    if (pending.length < MOST_PENDING) pending.push(settlement)
    else log('error', 'store_settlement_lost', { nano_usd: settlement.used.nanoUsd })
  }

  async function settle({ names, call, used, reserved, life, hasTokens }: Settlement): Promise<void> {
    const [spent, now] = texts(
      await store.run(
        SETTLE,
        [names.minute, names.leases, names.holds, names.budget, `${names.lost}${call}`],
        [
          call,
          whole(used.tokens),
          whole(used.nanoUsd),
          whole(reserved),
          life,
          names.endsAt > 0 ? '1' : '',
          hasTokens ? '1' : '',
          ...budgetArguments(names),
        ],
      ),
    )
    if (spent !== undefined && now !== undefined) remember(names, spent, now)
  }

  /** The store is there: it gets what it has lost and what it was not told. */
  async function recover(): Promise<void> {
    if (isRecovering) return
    isRecovering = true
    try {
      const life = store.lives()
      if (life !== healedLife) {
        await inParts(budgets.current(store.now()), async ([name, { endsAt }]) => {
          const names = { budget: name, endsAt }
          const [spent, now] = texts(await store.run(HEAL, [name], budgetArguments(names)))
          if (spent !== undefined && now !== undefined) remember(names, spent, now)
        })
        healedLife = life
      }
      const settlements = pending
      pending = []
      await inParts(settlements, (settlement) => settle(settlement).catch(() => later(settlement)))
    } catch (cause) {
      log('warn', 'store_not_told', { problem: String(cause) })
    } finally {
      isRecovering = false
    }
  }

  function remember({ budget, endsAt }: Pick<Names, 'budget' | 'endsAt'>, spent: string, life: string): void {
    if (endsAt > 0) budgets.saw(budget, { life, nanoUsd: Number(spent), serverLife: store.lives(), endsAt })
  }

  /** As `opened` of the scripts takes them. */
  function budgetArguments({ budget, endsAt }: Pick<Names, 'budget' | 'endsAt'>): string[] {
    const seen = budgets.get(budget)
    const isAnew =
      seen === undefined ? store.lives() > 1 && store.age() < HEALING_MS : seen.serverLife !== store.lives()
    const seconds = Math.max(1, Math.ceil((endsAt - store.now()) / 1_000)) + KEPT_S
    return [whole(seconds), seen?.life ?? '', whole(seen?.nanoUsd ?? 0), isAnew ? '1' : '', randomId(16)]
  }

  function namesOf({ key, limits }: Claim): Names {
    const tag = `thalamus:{${encodeURIComponent(key)}}`
    const period = limits.budget === undefined ? undefined : periodAt(limits.budget.per, store.now())
    return {
      minute: `${tag}:minute`,
      leases: `${tag}:leases`,
      holds: `${tag}:holds`,
      budget: `${tag}:budget:${period?.name ?? ''}`,
      lost: `${tag}:lost:`,
      endsAt: period?.endsAt ?? 0,
    }
  }

  return {
    take,
    pollMs: POLL_MS,
    health: () => ({ isUp: store.isUp(), problem: store.problem(), isNeeded: options.onFailure === 'closed' }),
    watch(given) {
      observer = given
      given.changed(store.isUp())
    },
    opened: (milliseconds) => store.opened(milliseconds),
    async close() {
      await Promise.all(saying)
      if (store.isUp()) await recover()
      if (pending.length > 0) log('error', 'store_settlements_lost', { calls: pending.length })
      await store.close()
    },
  }
}

function settlementOf(claim: Claim, names: Names): Omit<Settlement, 'used' | 'reserved' | 'life'> {
  return { names, call: claim.call, hasTokens: claim.limits.tokensPerMinute !== undefined }
}

async function inParts<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE)
    await Promise.all(items.slice(start, start + AT_ONCE).map(run))
}

/** Empty for what is not said. */
function whole(number: number | undefined): string {
  return number === undefined ? '' : String(Math.round(number))
}

function texts(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.map(String) : []
}

function bounded(text: string): number | undefined {
  const number = Number(text)
  return number < 0 ? undefined : number
}

function limitNamed(by: string): LimitName {
  return by === 'requests' || by === 'tokens' || by === 'concurrent' ? by : 'budget'
}
