import type { Problem } from '../../../config/problem.ts'
import type { Log } from '../../../core/ports.ts'
import { DataProblem } from '../data-problem.ts'
import { probesPath } from '../policies-folder.ts'
import { failedProbes } from '../policy-probes.ts'
import { exposedSecrets } from '../secret-files.ts'
import type { Findings, TooSlow } from './describe-findings.ts'
import { describeFindings } from './describe-findings.ts'
import { notEnforced } from './not-enforced.ts'
import type { Opened } from './open-gateway.ts'
import { openGateway } from './open-gateway.ts'
import { probeProviders } from './probe-providers.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { createPaint, widthOf } from './terminal.ts'
import { unpricedUnderBudget } from './unpriced.ts'

type CheckOptions = { readonly config?: string; readonly json?: boolean; readonly live?: boolean }

/** `thalamus check`: everything that would keep the gateway from serving well, found without serving. */
export async function checkCommand(options: CheckOptions): Promise<ExitStatus> {
  let tooSlow: TooSlow | undefined
  const log: Log = (_level, event, fields = {}) => {
    if (event === 'router_too_slow') tooSlow = tooSlowOf(fields)
  }
  const opened = await openGateway({
    config: options.config,
    log,
    needsUpstream: options.live === true,
    inspectsDevices: true,
  })
  if ('problems' in opened) return report(options, opened.problems, undefined)
  try {
    const problems: Problem[] = []
    const routerProblem = opened.gateway.routerProblem()
    if (routerProblem !== undefined) {
      problems.push({
        path: 'router.use',
        problem: routerProblem,
        remedy: `${withoutIt(opened.gateway.router()?.name)} Run npm ci again, or use another router.`,
      })
    }
    problems.push(...deviceProblems(opened))
    problems.push(...(await policyProblems(opened)))
    const findings = await findingsOf(opened, tooSlow)
    if (options.live === true) problems.push(...(await probeProviders(opened.snapshot)))
    return report(options, problems, findings)
  } finally {
    await opened.close()
  }
}

/** What the gateway does without the router it was to use. */
function withoutIt(instead: string | undefined): string {
  return instead === undefined ? 'The gateway would serve in the policy’s fixed order.' : `${instead} predicts instead.`
}

/** What `router_too_slow` says, which nothing but the log of a start tells. */
function tooSlowOf(fields: Readonly<Record<string, unknown>>): TooSlow {
  return {
    router: String(fields['router']),
    took_ms: Number(fields['took_ms']),
    deadline_ms: Number(fields['deadline_ms']),
  }
}

async function findingsOf(opened: Opened, tooSlow: TooSlow | undefined): Promise<Findings> {
  const { snapshot, origin, config } = opened
  const targets = [...snapshot.targets.values()]
  return {
    source: origin.type === 'config' ? origin.path : origin.type,
    address: `${config.server.host}:${config.server.port}`,
    keys: snapshot.keys.map(({ name }) => name),
    policy: snapshot.defaultPolicy,
    router: await probeRouter(opened, tooSlow),
    devices: opened.devices.map(({ device, runs, reason, ms, cosine, batches }) => ({
      device,
      runs,
      ms: round(ms, 10),
      cosine: round(cosine, 10_000),
      batches,
      reason,
    })),
    providers: [...snapshot.providers.values()].map(({ name, provider }) => {
      const served = targets.filter((target) => target.provider === name)
      return {
        name,
        type: provider.id,
        // The simulator takes a free port each time it starts.
        base_url: origin.type === 'simulator' ? undefined : served[0]?.baseUrl,
        // The reference, never the secret behind it.
        key: config.providers[name]?.key,
        models: served.length,
        in_catalogue: served.filter(({ catalogId }) => catalogId !== undefined).length,
      }
    }),
    pools: [...snapshot.pools.values()].map(({ name, targets: members }) => ({ name, models: members.length })),
    profiles: (snapshot.onboarded ?? []).map(({ target, evidence }) => ({ model: target.id, date: evidence?.date })),
    not_enforced: notEnforced(config),
    unpriced: unpricedUnderBudget(snapshot),
    exposed_secrets: exposedSecrets(config, process.env),
  }
}

/** One decision for real: it proves that the router answers, and shows how long it takes. */
async function probeRouter(opened: Opened, tooSlow: TooSlow | undefined): Promise<Findings['router']> {
  const router = opened.gateway.router()
  if (router === undefined) return undefined
  const body = { model: 'auto', messages: [{ role: 'user', content: 'What is the capital of France?' }] }
  const decision = await opened.gateway.decide({ body })
  return {
    name: router.name,
    device: router.device,
    first_decision_ms: Math.round(decision.elapsed_ms * 10) / 10,
    is_late: decision.router_timed_out,
    ...(tooSlow === undefined ? {} : { too_slow: tooSlow }),
  }
}

/** Probes of the operator's policies that are decided otherwise than they say. */
async function policyProblems({ policies: folder, snapshot }: Opened): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const name of snapshot.policies.keys()) {
    const path = probesPath(folder, name)
    if (path === undefined) continue
    try {
      problems.push(...(await failedProbes(name, path, snapshot.policies)))
    } catch (thrown) {
      if (!(thrown instanceof DataProblem)) throw thrown
      problems.push({
        path,
        problem: thrown.message.replace(`${path}: `, ''),
        remedy: 'policies/presets/*/probes.yaml show how they are written.',
      })
    }
  }
  return problems
}

/** A device that was asked for by name and does not run. */
function deviceProblems({ devices, config }: Opened): readonly Problem[] {
  return devices
    .filter(({ device, runs, isUntried }) => device === config.router.device && !runs && isUntried !== true)
    .map(({ device, reason = 'does not run', remedy = '' }) => ({
      path: 'router.device',
      problem: `${device} is not used: ${reason}`,
      remedy: `${remedy} The gateway would use the CPU.`.trim(),
    }))
}

function round(value: number | undefined, parts: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * parts) / parts
}

function report(options: CheckOptions, problems: readonly Problem[], found: Findings | undefined): ExitStatus {
  const status = problems.length > 0 ? 1 : 0
  const { stdout } = process
  if (options.json === true) {
    stdout.write(`${JSON.stringify({ ok: status === 0, problems, ...found }, null, 2)}\n`)
    return status
  }
  const paint = createPaint(stdout)
  if (found !== undefined) stdout.write(describeFindings(found, paint, widthOf(stdout)))
  printProblems(problems)
  if (status === 0) stdout.write(`${paint('green', '✓')} ready to serve\n`)
  return status
}
