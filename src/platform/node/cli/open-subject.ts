import { routers } from '../../../../routers/index.ts'
import type { Inference, Store } from '../../../core/ports.ts'
import { digest } from '../ports.ts'
import { readSeenData } from '../read-card.ts'
import type { Subject } from './evaluate-set.ts'

/** A router opened to be measured. */
export async function openSubject(id: string, inference: Inference): Promise<Subject> {
  const definition = routers.get(id)
  if (definition === undefined) throw new Error(`There is no router "${id}".`)
  const settings = definition.settings.parse({})
  const { seen, neverSeen } = readSeenData(id)
  return {
    router: await definition.open(settings, { inference, createStore: keepAll, digest }),
    timed: await definition.open(settings, { inference, createStore: keepNothing, digest }),
    seen,
    neverSeen,
  }
}

export async function closeSubject({ router, timed }: Subject): Promise<void> {
  await router.close()
  await timed.close()
}

/** Every split asks for the same prompts: what was read of one is kept as long as the command runs. */
function keepAll<Value>(): Store<Value> {
  const kept = new Map<string, Value>()
  return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) }
}

/** A prompt that is read again must cost what it costs, or the latencies would be of the cache. */
const keepNothing = () => ({ get: () => undefined, set: () => undefined })
