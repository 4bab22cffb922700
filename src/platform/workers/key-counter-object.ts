import type { DurableObjectState } from 'cloudflare:workers'
import { DurableObject } from 'cloudflare:workers'
import type { Cost } from '../../core/counters.ts'
import { webClock } from '../web/clock.ts'
import type { CounterStub, SentClaim, SentTaken, SentUsed } from './bindings.ts'
import type { KeyCounter } from './key-counter.ts'
import { createKeyCounter } from './key-counter.ts'

const CLEANS_AT = 'cleans-at'

/** The Durable Object that counts for one key. A class, because the runtime asks for one. */
export class KeyCounterObject extends DurableObject implements CounterStub {
  private counter: KeyCounter

  constructor(state: DurableObjectState, environment: unknown) {
    super(state, environment)
    this.counter = createKeyCounter(this.ctx.storage.kv, webClock)
  }

  async take(claim: SentClaim): Promise<SentTaken> {
    const taken = this.counter.take(claim)
    this.cleanLater()
    return taken
  }

  async more(call: string, cost: Cost): Promise<number> {
    return this.counter.more(call, cost)
  }

  async settle(call: string, used: SentUsed): Promise<void> {
    this.counter.settle(call, used)
  }

  /** Keys come and go, callers with tokens above all: what nothing is to be remembered of is not kept for ever. */
  async alarm(): Promise<void> {
    const { storage } = this.ctx
    if (this.counter.isIdle()) {
      await storage.deleteAll()
      this.counter = createKeyCounter(storage.kv, webClock)
    } else {
      storage.kv.delete(CLEANS_AT)
      this.cleanLater()
    }
  }

  private cleanLater(): void {
    const { storage } = this.ctx
    const at = this.counter.idleFrom()
    if (storage.kv.get(CLEANS_AT) === at) return
    storage.kv.put(CLEANS_AT, at)
    void storage.setAlarm(at)
  }
}
