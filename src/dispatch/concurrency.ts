import type { QueueSettings } from '../core/dispatch-settings.ts'
import type { Clock, Timer } from '../core/ports.ts'
import type { Target } from '../core/target.ts'

/** Who may ask a target with a limit of calls at once, and who waits for it. In memory, of this process alone. */
export type Places = {
  /**
   * `undefined` where there is no limit, `full` where too many wait already. Else a place, or a turn in the queue: then
   * `onTurn` is called once, with false when the wait was too long, unless it is left before.
   */
  enter(
    target: LimitedTarget,
    key: string,
    settings: QueueSettings,
    onTurn: (isIn: boolean) => void,
  ): Place | 'full' | undefined
  /** Calls under way and waiting, of one provider. */
  count(provider: string): { readonly underWay: number; readonly waiting: number }
}

export type LimitedTarget = Pick<Target, 'id' | 'provider' | 'providerConcurrency'> & {
  readonly facts: Pick<Target['facts'], 'max_concurrent'>
}

export type Place = {
  readonly isIn: boolean
  /** Gives the place back, or leaves the queue. Once; further calls do nothing. */
  leave(): void
}

type Entry = {
  readonly target: LimitedTarget
  readonly key: string
  readonly onTurn: (isIn: boolean) => void
  state: 'waiting' | 'in' | 'gone'
  timer: Timer | undefined
}

/** One provider's. `queues`: by the caller's key, the one whose turn it is first. */
type Pool = {
  readonly name: string
  underWay: number
  readonly byModel: Map<string, number>
  readonly queues: Map<string, Entry[]>
  waiting: number
}

/**
 * `changed`: how many calls wait for a provider. Keys take turns, so that a flood of one holds up only itself; within a
 * key the first comes first.
 */
export function createPlaces(
  clock: Pick<Clock, 'timer'>,
  changed: (provider: string, waiting: number) => void = () => undefined,
): Places {
  const pools = new Map<string, Pool>()

  function poolOf(name: string): Pool {
    const found = pools.get(name)
    if (found !== undefined) return found
    const created: Pool = { name, underWay: 0, byModel: new Map(), queues: new Map(), waiting: 0 }
    pools.set(name, created)
    return created
  }

  function wait(pool: Pool, entry: Entry, settings: QueueSettings): void {
    const queue = pool.queues.get(entry.key)
    if (queue === undefined) pool.queues.set(entry.key, [entry])
    else queue.push(entry)
    waits(pool, 1)
    entry.timer = clock.timer(settings.waitMs, () => refuse(pool, entry))
  }

  function refuse(pool: Pool, entry: Entry): void {
    leave(pool, entry)
    entry.onTurn(false)
  }

  /** In a full queue the newest call of the key with the most makes room for a key with fewer. */
  function whoMakesRoom(pool: Pool, key: string): Entry | undefined {
    let longest: readonly Entry[] = []
    for (const queue of pool.queues.values()) if (queue.length > longest.length) longest = queue
    return longest.length > (pool.queues.get(key)?.length ?? 0) + 1 ? longest.at(-1) : undefined
  }

  function leave(pool: Pool, entry: Entry): void {
    const { state } = entry
    // Its pool may be gone, and another one in its place.
    if (state === 'gone') return
    entry.state = 'gone'
    if (state === 'waiting') unqueue(pool, entry)
    else if (state === 'in') {
      take(pool, entry.target, -1)
      serve(pool)
    }
    if (pool.underWay === 0 && pool.waiting === 0) pools.delete(pool.name)
  }

  function unqueue(pool: Pool, entry: Entry): void {
    entry.timer?.cancel()
    const rest = (pool.queues.get(entry.key) ?? []).filter((one) => one !== entry)
    if (rest.length === 0) pool.queues.delete(entry.key)
    else pool.queues.set(entry.key, rest)
    waits(pool, -1)
  }

  /** Whoever waits and fits is let in, a key after the other. */
  function serve(pool: Pool): void {
    for (let entry = nextOf(pool); entry !== undefined; entry = nextOf(pool)) {
      unqueue(pool, entry)
      // This key has had its turn.
      const queue = pool.queues.get(entry.key)
      pool.queues.delete(entry.key)
      if (queue !== undefined) pool.queues.set(entry.key, queue)
      entry.state = 'in'
      take(pool, entry.target, 1)
      entry.onTurn(true)
    }
  }

  function waits(pool: Pool, change: number): void {
    pool.waiting += change
    changed(pool.name, pool.waiting)
  }

  return {
    enter(target, key, settings, onTurn) {
      if (target.providerConcurrency === undefined && target.facts.max_concurrent === undefined) return undefined
      const pool = poolOf(target.provider)
      const entry: Entry = { target, key, onTurn, state: 'in', timer: undefined }
      if (hasRoom(pool, target)) take(pool, target, 1)
      else {
        const isFull = pool.waiting >= settings.length
        const leaving = isFull ? whoMakesRoom(pool, key) : undefined
        if (isFull && leaving === undefined) return 'full'
        entry.state = 'waiting'
        wait(pool, entry, settings)
        // Afterwards: it may want to wait for another model of this provider.
        if (leaving !== undefined) refuse(pool, leaving)
      }
      return {
        get isIn() {
          return entry.state === 'in'
        },
        leave: () => leave(pool, entry),
      }
    },
    count(provider) {
      const pool = pools.get(provider)
      return { underWay: pool?.underWay ?? 0, waiting: pool?.waiting ?? 0 }
    },
  }
}

function nextOf(pool: Pool): Entry | undefined {
  for (const queue of pool.queues.values()) {
    const fits = queue.find(({ target }) => hasRoom(pool, target))
    if (fits !== undefined) return fits
  }
  return undefined
}

function hasRoom(pool: Pool, { id, providerConcurrency, facts }: LimitedTarget): boolean {
  if (providerConcurrency !== undefined && pool.underWay >= providerConcurrency) return false
  return facts.max_concurrent === undefined || (pool.byModel.get(id) ?? 0) < facts.max_concurrent
}

function take(pool: Pool, { id }: LimitedTarget, change: number): void {
  pool.underWay += change
  const ofModel = (pool.byModel.get(id) ?? 0) + change
  if (ofModel === 0) pool.byModel.delete(id)
  else pool.byModel.set(id, ofModel)
}
