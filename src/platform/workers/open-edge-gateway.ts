import { configSchema } from '../../config/config-schema.ts'
import type { Problem } from '../../config/problem.ts'
import { readConfig } from '../../config/read-config.ts'
import type { Log } from '../../core/ports.ts'
import type { RouterDefinition } from '../../core/router.ts'
import type { Gateway } from '../../gateway.ts'
import { createGateway } from '../../gateway.ts'
import { builtInSnapshot } from '../web/built-in-snapshot.ts'
import { createConsoleLog } from '../web/console-log.ts'
import { createEnvironmentSecrets } from '../web/secrets-env.ts'
import { startFetchTracing } from '../web/tracing.ts'
import type { WorkerBindings } from './bindings.ts'
import { callClock } from './call-clock.ts'
import { createEdgePorts } from './edge-ports.ts'
import { edgeProblems } from './edge-problems.ts'
import { configText } from './read-bindings.ts'

export type OpenedEdge = { readonly gateway: Gateway } | { readonly problems: readonly Problem[] }

const NO_CONFIG: Problem = {
  path: 'THALAMUS_CONFIG',
  problem: 'there is no configuration',
  remedy: 'Set the variable THALAMUS_CONFIG, or put thalamus.yaml into the KV namespace that is bound as THALAMUS_KV.',
}

/** The gateway of an isolate, from its bindings: all of it, or everything that is wrong with its configuration. */
export async function openEdgeGateway(
  bindings: WorkerBindings,
  routers: ReadonlyMap<string, RouterDefinition>,
): Promise<OpenedEdge> {
  const log = createConsoleLog(callClock.now)
  const opened = await open(bindings, routers, log)
  if ('problems' in opened) log('error', 'not_configured', { problems: opened.problems })
  return opened
}

async function open(
  bindings: WorkerBindings,
  routers: ReadonlyMap<string, RouterDefinition>,
  log: Log,
): Promise<OpenedEdge> {
  const text = await configText(bindings)
  if (text === undefined) return { problems: [NO_CONFIG] }
  const read = readConfig(text)
  if ('problems' in read) return read
  const { config } = read
  const misplaced = edgeProblems(config, routers)
  const runnable = [...routers].filter(([, { runtimes }]) => runtimes.includes('workers'))
  const secrets = createEnvironmentSecrets((name) => Object.entries(bindings).find(([bound]) => bound === name)?.[1])
  const hasStore = bindings.THALAMUS_KV !== undefined
  // Where it stays is said once, with the rest.
  const elsewhere = misplaced.some(({ path }) => path === 'router.use') ? configSchema.parse({}).router : config.router
  const built = await builtInSnapshot(
    { ...config, router: elsewhere },
    {
      routers: runnable.map(([id]) => id),
      secrets,
      hasStore,
    },
  )
  const problems = [...misplaced, ...('problems' in built ? built.problems : [])]
  if ('problems' in built || problems.length > 0) return { problems }

  const ports = createEdgePorts(bindings, { secrets, log })
  const { otlp_endpoint: endpoint, otlp } = config.telemetry
  const tracing =
    endpoint === undefined || !otlp.traces
      ? undefined
      : startFetchTracing({ endpoint, background: ports.background, log })
  const gateway = await createGateway({
    snapshot: built.snapshot,
    ports,
    routers: new Map(runnable),
    isTracing: tracing !== undefined,
    dropped: () => ({ traces: tracing?.dropped() ?? 0 }),
  })
  return { gateway }
}
