import { request } from 'undici'
import type { Problem } from '../../../config/problem.ts'
import type { Log } from '../../../core/ports.ts'
import type { Opened } from './open-gateway.ts'
import { openGateway } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { notes } from './serve-command.ts'
import { createPaint } from './terminal.ts'

type CheckOptions = { readonly config?: string; readonly json?: boolean; readonly live?: boolean }

const silent: Log = () => undefined
const LIVE_MS = 5_000

/** `thalamus check`: everything that would keep the gateway from serving well, found without serving. */
export async function checkCommand(options: CheckOptions): Promise<ExitStatus> {
  const opened = await openGateway({ config: options.config, log: silent, needsUpstream: false })
  if ('problems' in opened) return report(options, opened.problems, [])
  try {
    const problems: Problem[] = []
    const routerProblem = opened.gateway.routerProblem()
    if (routerProblem !== undefined) {
      problems.push({
        path: 'router.use',
        problem: routerProblem,
        remedy: 'The gateway would serve in the policy’s fixed order. Run npm ci again, or use another router.',
      })
    }
    const probed = await probeRouter(opened)
    if (options.live === true) problems.push(...(await probeProviders(opened)))
    return report(options, problems, [...found(opened), ...probed, ...notes(opened)])
  } finally {
    await opened.close()
  }
}

function found({ snapshot, origin, config }: Opened): string[] {
  const source =
    origin.type === 'config'
      ? origin.path
      : origin.type === 'discovered'
        ? 'no file; keys and local servers found'
        : 'no file; built-in simulator'
  return [
    `configuration: ${source}`,
    `providers: ${[...snapshot.providers.keys()].join(', ')}`,
    `models: ${snapshot.targets.size}, of which ${[...snapshot.targets.values()].filter((target) => target.catalogId !== undefined).length} are in the catalogue`,
    `pools: ${snapshot.pools.size === 0 ? 'none' : [...snapshot.pools.values()].map((pool) => `${pool.name} (${pool.targets.length})`).join(', ')}`,
    `policy: ${config.policy}`,
  ]
}

/** One decision for real: it proves that the router answers, and shows how long it takes. */
async function probeRouter(opened: Opened): Promise<string[]> {
  const router = opened.gateway.router()
  if (router === undefined) return []
  const body = { model: 'auto', messages: [{ role: 'user', content: 'What is the capital of France?' }] }
  const decision = await opened.gateway.decide({ body })
  const outcome = decision.router_timed_out ? 'late' : `${decision.elapsed_ms.toFixed(1)} ms`
  return [`router: ${router.name} on ${router.device}, a first decision took ${outcome}`]
}

async function probeProviders(opened: Opened): Promise<Problem[]> {
  const urls = new Map([...opened.snapshot.targets.values()].map((target) => [target.provider, target.baseUrl]))
  const probes = [...urls].map(async ([name, url]): Promise<Problem[]> => {
    const path = `providers.${name}`
    const secret = opened.snapshot.providers.get(name)?.secret
    try {
      const { statusCode, body } = await request(`${url}/models`, {
        signal: AbortSignal.timeout(LIVE_MS),
        headers: secret === undefined ? {} : { authorization: `Bearer ${secret}`, 'api-key': secret },
      })
      await body.dump()
      if (statusCode < 400) return []
      const remedy = statusCode === 401 || statusCode === 403 ? 'Check the key.' : 'Check base_url.'
      return [{ path, problem: `answered ${statusCode} to GET /models`, remedy }]
    } catch {
      return [{ path, problem: 'does not answer', remedy: `Check that ${url} can be reached from here.` }]
    }
  })
  return (await Promise.all(probes)).flat()
}

function report(options: CheckOptions, problems: readonly Problem[], facts: readonly string[]): ExitStatus {
  const status = problems.length > 0 ? 1 : 0
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ok: status === 0, problems, found: facts }, null, 2)}\n`)
    return status
  }
  const paint = createPaint(process.stdout)
  for (const fact of facts) process.stdout.write(`${paint(fact.startsWith('note:') ? 'yellow' : 'dim', fact)}\n`)
  printProblems(problems)
  if (status === 0) process.stdout.write(`${paint('green', '✓')} ready to serve\n`)
  return status
}
