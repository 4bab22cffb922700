import type { Config } from '../../config/config-schema.ts'
import type { Problem } from '../../config/problem.ts'
import type { RouterDefinition } from '../../core/router.ts'

/** What a configuration asks for that a Worker cannot do: refused, for one who wrote it down counts on it. */
export function edgeProblems(config: Config, routers: ReadonlyMap<string, RouterDefinition>): Problem[] {
  const { server, router, telemetry, learning } = config
  const problems: Problem[] = []
  const say = (isAsked: boolean, path: string, problem: string, remedy: string): void => {
    if (isAsked) problems.push({ path, problem, remedy })
  }
  const isOpen = server.keys.length === 0 && server.jwt === undefined
  say(isOpen, 'server.keys', 'a Worker is public and no keys are configured', 'Add server.keys, or server.jwt.')
  say(server.tls !== undefined, 'server.tls', 'Cloudflare ends TLS before a Worker', 'Remove it.')
  const use = router.use === 'cluster' ? 'clusters' : router.use
  const runnable = [...routers.values()].filter(({ runtimes }) => runtimes.includes('workers')).map(({ id }) => id)
  const isElsewhere = routers.has(use) && !runnable.includes(use)
  say(
    isElsewhere,
    'router.use',
    `"${use}" does not run on Workers`,
    `Use one of: ${runnable.join(', ')}; or auto, which is static here.`,
  )
  const hasRemote = router.remote !== undefined || router.device === 'remote'
  say(hasRemote, 'router.remote', 'no router that runs on Workers asks a server', 'Remove it, and device: remote.')
  for (const [name, { tls }] of Object.entries(config.providers))
    say(tls !== undefined, `providers.${name}.tls`, 'fetch takes no certificates here', 'Use a Node gateway for it.')
  const noFile = 'there are no files on Workers'
  say(config.secrets_dir !== undefined, 'secrets_dir', noFile, 'Put secrets into bindings and name them env:NAME.')
  say(config.ledger !== undefined, 'ledger', noFile, 'Remove it; the log has the usage of every call.')
  say(telemetry.decision_log !== undefined, 'telemetry.decision_log', noFile, 'Remove it.')
  const { metrics, logs, usage, decisions, headers } = telemetry.otlp
  say(
    metrics || logs || usage || decisions || Object.keys(headers).length > 0,
    'telemetry.otlp',
    'a Worker sends traces alone, without headers',
    'Remove all but traces; the log has the usage of every call.',
  )
  say(learning.file !== undefined, 'learning.file', noFile, 'Remove it: what is learned lasts as long as an isolate.')
  const noStore = 'no Redis is reached from Workers'
  say(config.store !== undefined, 'store', noStore, 'Remove it, and bind THALAMUS_COUNTERS and THALAMUS_KV.')
  return problems
}
