import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../../config/config-schema.ts'
import { createLog } from '../log.ts'
import { secretFiles } from '../secret-files.ts'
import type { RunningServer } from '../serve.ts'
import { serve } from '../serve.ts'
import { watchConfig } from '../watch-config.ts'
import { listenProblem } from './listen-problem.ts'
import { notEnforced } from './not-enforced.ts'
import type { Opened, Origin } from './open-gateway.ts'
import { openGateway, snapshotOf, withListening } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { untilStopped } from './signals.ts'
import { createPaint } from './terminal.ts'
import { unpricedUnderBudget } from './unpriced.ts'

type ServeOptions = { readonly config?: string; readonly port?: number; readonly host?: string }

/** `thalamus serve`: all of the gateway or none of it. */
export async function serveCommand(options: ServeOptions): Promise<ExitStatus> {
  const output = createLog(process.stdout, Date.now)
  process.on('exit', output.flush)
  const opened = await openGateway({
    config: options.config,
    log: output,
    needsUpstream: true,
    listening: options,
    logsDecisions: true,
    droppedLines: output.dropped,
    sharesCounters: true,
  })
  if ('problems' in opened) {
    printProblems(opened.problems)
    return 1
  }
  const { gateway, origin, config, log } = opened
  let current = config
  const { host, port } = config.server
  let server: RunningServer
  try {
    server = await serve(gateway, { host, port, tls: opened.snapshot.tls })
  } catch (cause) {
    await opened.close()
    printProblems([listenProblem(cause, host, port)])
    return 1
  }
  const watcher =
    origin.type === 'config'
      ? watchConfig(origin.path, { ...opened, secretsOf }, opened.writtenConfig, log, async (edited) => {
          const later = await snapshotOf(withListening(edited, options), opened)
          if ('problems' in later) return later.problems
          // Where it listens changes with a restart alone: until then, who may call is judged by where it listens now.
          const isElsewhere = withListening(edited, options).server.host !== host
          const built = isElsewhere ? await snapshotOf(withListening(edited, { host, port }), opened) : later
          if ('problems' in built) return built.problems
          await gateway.replaceSnapshot(built.snapshot)
          if (!server.secure(built.snapshot.tls)) log('warn', 'config_needs_restart', { part: 'server.tls' })
          current = edited
          return []
        })
      : undefined

  greet(server, opened)
  await untilStopped(() => watcher?.again())
  watcher?.close()
  const { grace_ms: graceMs, drain_delay_ms: delayMs } = current.server
  log('info', 'draining', { grace_ms: graceMs, drain_delay_ms: delayMs })
  await server.close(graceMs, delayMs)
  const closing = opened.close().catch((cause: unknown) => log('error', 'close_failed', { problem: String(cause) }))
  if (!(await isOverWithin(CLOSE_MS, closing))) log('warn', 'closed_late', { waited_ms: CLOSE_MS })
  log('info', 'stopped')
  output.flush()
  // Whatever still holds the process, a reader of its output that does not read or a device, is not waited for.
  setTimeout(() => process.exit(0), LINGER_MS).unref()
  return 0
}

const secretsOf = (config: Config): readonly string[] => secretFiles(config, process.env)
/** What is written down at the end takes milliseconds, unless a disk or a collector hangs. */
const CLOSE_MS = 10_000
const LINGER_MS = 2_000

async function isOverWithin(milliseconds: number, work: Promise<void>): Promise<boolean> {
  const late = new AbortController()
  const isOver = await Promise.race([
    work.then(() => true),
    sleep(milliseconds, false, { signal: late.signal }).catch(() => true),
  ])
  late.abort()
  return isOver
}

function greet(server: RunningServer, opened: Opened): void {
  const paint = createPaint(process.stdout)
  const router = opened.gateway.router()
  const routed =
    router === undefined ? `no router (${opened.gateway.routerProblem()})` : `${router.name} on ${router.device}`
  const { size } = opened.snapshot.targets
  const lines = [
    originLine(opened.origin, size),
    `${size} ${size === 1 ? 'model' : 'models'}, policy ${opened.config.policy}, router ${routed}`,
    ...unpricedLines(unpricedUnderBudget(opened.snapshot)),
    ...notEnforced(opened.config).map((what) => `note: ${what} is accepted and not enforced by this version`),
  ]
  for (const line of lines) process.stdout.write(`${paint('dim', line)}\n`)
  process.stdout.write(`listening on ${paint('bold', server.url)}\n`)
  if (!process.stdout.isTTY) return
  const body = '{"model": "auto", "messages": [{"role": "user", "content": "Hello"}]}'
  process.stdout.write(`\n  ${paint('dim', 'try')}  curl ${server.url}/v1/chat/completions -d '${body}'\n`)
  process.stdout.write(`  ${paint('dim', 'why')}  thalamus route "your prompt"\n\n`)
}

function unpricedLines(models: readonly string[]): string[] {
  if (models.length === 0) return []
  const named = models.length === 1 ? models[0] : `${models.length} models`
  return [`note: budgets of keys pay nothing for ${named}, whose price is not known (thalamus check names them)`]
}

function originLine(origin: Origin, models: number): string {
  switch (origin.type) {
    case 'config':
      return `configuration ${origin.path}`
    case 'discovered':
      return 'no configuration: using the provider keys and local servers found on this machine'
    case 'simulator':
      return `no configuration, no provider key and no local server found: the built-in simulator stands in for ${models} models (simulated/…)`
    default: {
      const unhandled: never = origin
      return String(unhandled)
    }
  }
}
