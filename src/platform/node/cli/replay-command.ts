import { routers } from '../../../../routers/index.ts'
import type { Directives } from '../../../core/directives.ts'
import { GatewayError } from '../../../core/errors.ts'
import { nearest } from '../../../core/nearest.ts'
import type { Policy } from '../../../core/policy.ts'
import type { Inference } from '../../../core/ports.ts'
import type { Router } from '../../../core/router.ts'
import { builtInPolicies } from '../../../directives/built-in-policies.ts'
import { fromOption } from '../../../directives/from-model.ts'
import { DataProblem } from '../data-problem.ts'
import { createInference } from '../inference-onnx.ts'
import { policiesFolder } from '../policies-folder.ts'
import { createStore, digest, nodeClock } from '../ports.ts'
import { readDecisionLog } from '../read-decision-log.ts'
import { readPolicyFile } from '../read-policy-file.ts'
import { describeReplay, describeVerified } from './describe-replay.ts'
import { findConfig } from './find-config.ts'
import { createLateProgress } from './late-progress.ts'
import { snapshotOf } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { publicReplay, publicVerified } from './public-replay.ts'
import { replayLog, verifyLog } from './replay-log.ts'
import { createPaint, widthOf } from './terminal.ts'

export type ReplayOptions = {
  readonly policy?: string
  readonly flags?: string
  readonly router?: string
  readonly overrideCallers?: boolean
  readonly verify?: boolean
  readonly json?: boolean
  readonly config?: string
}

/** `thalamus replay`: logged decisions made again, under another policy or, with `--verify`, under their own. */
export async function replayCommand(path: string, options: ReplayOptions): Promise<ExitStatus> {
  const progress = createLateProgress(process.stderr, nodeClock)
  const shown = (share: number, decisions: number): void => progress.at(share, `${decisions} decisions`)
  try {
    if (options.verify === true) return await verify(path, options, shown, progress.done)
    return await replay(path, options, shown, progress.done)
  } catch (thrown) {
    progress.done()
    if (!(thrown instanceof DataProblem) && !(thrown instanceof GatewayError)) throw thrown
    process.stderr.write(`error: ${thrown.message}\n`)
    return 2
  }
}

type Shown = (share: number, decisions: number) => void

async function replay(path: string, options: ReplayOptions, shown: Shown, done: () => void): Promise<ExitStatus> {
  if (options.policy === undefined && options.flags === undefined && options.router === undefined) {
    throw new DataProblem('say what to change: --policy NAME, --flags "…", --router ID; or --verify to change nothing.')
  }
  const policies = await policiesOf(options.config)
  if (policies === undefined) return 1
  const policy = options.policy === undefined ? undefined : policyOf(options.policy, policies)
  const flags = flagsOf(options.flags, policies)
  const change = { policy, flags, overridesCallers: options.overrideCallers === true }
  const inference = createInference()
  const router = options.router === undefined ? undefined : await openRouter(options.router, inference)
  const replayed = await replayLog(readDecisionLog(path), change, { policies, router }, shown)
  await router?.close()
  await inference.close()
  done()
  const { stdout } = process
  const asked = { log: path, policy: policy?.name, flags: options.flags, router: router?.name }
  if (options.json === true) stdout.write(`${JSON.stringify(publicReplay(asked, replayed), null, 2)}\n`)
  else stdout.write(describeReplay(asked, replayed, createPaint(stdout), widthOf(stdout)))
  return 0
}

async function verify(path: string, options: ReplayOptions, shown: Shown, done: () => void): Promise<ExitStatus> {
  if (options.policy !== undefined || options.flags !== undefined || options.router !== undefined) {
    throw new DataProblem('--verify makes decisions again as they were: leave --policy, --flags and --router out.')
  }
  const verified = await verifyLog(readDecisionLog(path), shown)
  done()
  const { stdout } = process
  if (options.json === true) stdout.write(`${JSON.stringify(publicVerified(path, verified), null, 2)}\n`)
  else stdout.write(describeVerified(path, verified, createPaint(stdout)))
  return verified.decisions > 0 && verified.differences.length === 0 ? 0 : 1
}

function openRouter(id: string, inference: Inference): Promise<Router> {
  const definition = routers.get(id)
  if (definition === undefined) {
    throw new DataProblem(`there is no router "${id}". The routers are ${[...routers.keys()].join(', ')}.`)
  }
  return definition.open(definition.settings.parse({}), { inference, createStore, digest })
}

/** The policies that may be named: the presets, or those of a configuration. */
async function policiesOf(path: string | undefined): Promise<ReadonlyMap<string, Policy> | undefined> {
  if (path === undefined) return builtInPolicies
  const found = findConfig(path)
  const built =
    found.type === 'found' ? await snapshotOf(found.config, { policies: policiesFolder(found.path) }) : found
  if ('snapshot' in built) return built.snapshot.policies
  if ('problems' in built) printProblems(built.problems)
  return undefined
}

/** A policy by its name, or from a YAML file, named after it: a file `cheap.yaml` stands in for the preset `cheap`. */
function policyOf(written: string, policies: ReadonlyMap<string, Policy>): Policy {
  const known = policies.get(written)
  if (known !== undefined) return known
  if (!/[/\\]|\.ya?ml$/.test(written)) {
    const [near] = nearest(written, policies.keys(), 1)
    throw new DataProblem(
      `there is no policy "${written}".${near === undefined ? '' : ` Did you mean "${near}"?`} The policies are ${[...policies.keys()].join(', ')}; a file is named with its ending, ./new.yaml.`,
    )
  }
  return readPolicyFile(written, policies)
}

function flagsOf(written: string | undefined, policies: ReadonlyMap<string, Policy>): Directives | undefined {
  if (written === undefined || written === '') return undefined
  return fromOption('--flags', written, new Set(policies.keys()))
}
