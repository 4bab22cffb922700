import { GatewayError } from '../../../core/errors.ts'
import { createLog } from '../log.ts'
import type { RunningServer } from '../serve.ts'
import { serve } from '../serve.ts'
import { watchConfig } from '../watch-config.ts'
import type { Opened, Origin } from './open-gateway.ts'
import { openGateway, snapshotOf } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { untilStopped } from './signals.ts'
import { createPaint } from './terminal.ts'

type ServeOptions = { readonly config?: string; readonly port?: number; readonly host?: string }

/** `thalamus serve`: all of the gateway or none of it. */
export async function serveCommand(options: ServeOptions): Promise<ExitStatus> {
  const log = createLog(process.stdout, Date.now)
  const opened = await openGateway({ config: options.config, log, needsUpstream: true })
  if ('problems' in opened) {
    printProblems(opened.problems)
    return 1
  }
  const { config, gateway, origin } = opened
  const host = options.host ?? config.server.host
  const problem = refuseOpenHost(host, opened)
  if (problem !== undefined) {
    printProblems([problem])
    await opened.close()
    return 1
  }
  let server: RunningServer
  try {
    server = await serve(gateway, { host, port: options.port ?? config.server.port })
  } catch (cause) {
    printProblems([listenProblem(cause, host, options.port ?? config.server.port)])
    await opened.close()
    return 1
  }
  greet(server, opened)
  const watcher =
    origin.type === 'config'
      ? watchConfig(origin.path, config, log, async (edited) => {
          const built = await snapshotOf(edited)
          if ('problems' in built) return built.problems
          await gateway.replaceSnapshot(built.snapshot)
          return []
        })
      : undefined

  await untilStopped()
  watcher?.close()
  await server.close()
  await opened.close()
  return 0
}

function refuseOpenHost(host: string, opened: Opened): { path: string; problem: string; remedy: string } | undefined {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (isLoopback || opened.snapshot.keys.length > 0) return undefined
  return {
    path: 'server.host',
    problem: `${host} is a public address and no keys are configured`,
    remedy: 'Add server.keys to the configuration, or listen on 127.0.0.1.',
  }
}

function listenProblem(cause: unknown, host: string, port: number): { path: string; problem: string; remedy: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const path = `${host}:${port}`
  if (code === 'EADDRINUSE')
    return {
      path,
      problem: 'something else listens there',
      remedy: 'Stop it, or take another port: --port 0 takes a free one.',
    }
  if (code === 'EACCES') return { path, problem: 'this user may not listen there', remedy: 'Take a port above 1023.' }
  if (code === 'EADDRNOTAVAIL')
    return {
      path,
      problem: 'this machine has no such address',
      remedy: 'Listen on 127.0.0.1, or on an address of this machine.',
    }
  throw cause instanceof Error ? cause : new GatewayError('internal_error', String(cause))
}

function greet(server: RunningServer, opened: Opened): void {
  const paint = createPaint(process.stdout)
  const router = opened.gateway.router()
  const routed =
    router === undefined ? `no router (${opened.gateway.routerProblem()})` : `${router.name} on ${router.device}`
  const lines = [
    originLine(opened.origin, opened.snapshot.targets.size),
    `${opened.snapshot.targets.size} models, policy ${opened.config.policy}, router ${routed}`,
    ...[...new Set(notes(opened))],
  ]
  for (const line of lines) process.stdout.write(`${paint('dim', line)}\n`)
  process.stdout.write(`listening on ${paint('bold', server.url)}\n`)
  if (!process.stdout.isTTY) return
  const body = '{"model": "auto", "messages": [{"role": "user", "content": "Hello"}]}'
  process.stdout.write(`\n  ${paint('dim', 'try')}  curl ${server.url}/v1/chat/completions -d '${body}'\n`)
  process.stdout.write(`  ${paint('dim', 'why')}  thalamus route "your prompt"\n\n`)
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

/** What the configuration asks for that this version does not do yet. */
export function notes({ config }: Pick<Opened, 'config'>): string[] {
  const found: string[] = []
  const waits = (what: string): void => void found.push(`note: ${what} is accepted and not enforced by this version`)
  if (config.server.keys.some((key) => key.limits !== undefined)) waits('server.keys[].limits')
  if (config.server.keys.some((key) => key.budget !== undefined)) waits('server.keys[].budget')
  if (config.server.keys.some((key) => key.prompt_flags !== 'off')) waits('server.keys[].prompt_flags')
  if (config.store !== undefined) waits('store')
  if (config.telemetry.prompts) waits('telemetry.prompts')
  if (Object.values(config.providers).some((provider) => provider.tool_calls !== 'native'))
    waits('providers.*.tool_calls')
  if (Object.values(config.providers).some((provider) => provider.refine > 0)) waits('providers.*.refine')
  return found
}
