import type { Log, Ports, Secrets } from '../../core/ports.ts'
import { createWebPorts } from '../web/ports.ts'
import { createFetchTransport } from '../web/transport-fetch.ts'
import type { WorkerBindings } from './bindings.ts'
import { createCallBackground } from './call-background.ts'
import { callClock } from './call-clock.ts'
import { createDurableCounters } from './durable-counters.ts'
import { createKvBlobs } from './kv-blobs.ts'

type Given = { readonly secrets: Secrets; readonly log: Log }

// https://developers.cloudflare.com/workers/runtime-apis/fetch/
const DECODES = ['gzip', 'br']

/** The ports of an isolate. What is not bound is kept in its memory, and gone with it. */
export function createEdgePorts(
  { THALAMUS_KV: values, THALAMUS_COUNTERS: objects }: Pick<WorkerBindings, 'THALAMUS_KV' | 'THALAMUS_COUNTERS'>,
  { secrets, log }: Given,
): Ports {
  const background = createCallBackground(log)
  return createWebPorts({
    transport: createFetchTransport({ decodes: DECODES }),
    secrets,
    log,
    background,
    clock: callClock,
    counters: objects === undefined ? undefined : createDurableCounters(objects, { background, log }),
    sharedBlobs: values === undefined ? undefined : () => createKvBlobs(values, callClock.now),
  })
}
