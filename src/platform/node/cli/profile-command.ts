import type { Problem } from '../../../config/problem.ts'
import { suggestion } from '../../../config/problem.ts'
import type { Log } from '../../../core/ports.ts'
import type { Target } from '../../../core/target.ts'
import { modelProfile } from '../../../probes/model-profile.ts'
import type { Probe } from '../../../probes/probe.ts'
import { runProbes } from '../../../probes/run-probes.ts'
import { spread } from '../../../probes/spread.ts'
import { nodeClock } from '../ports.ts'
import { profilePath } from '../profiles-folder.ts'
import { BUILT_IN_PROBES, readProbes } from '../read-probes.ts'
import { askProbe } from './ask-probe.ts'
import { describeProfile } from './describe-profile.ts'
import { describeEstimate, estimateRun } from './estimate-run.ts'
import type { Opened } from './open-gateway.ts'
import { openGateway } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import { createProgress } from './profile-progress.ts'
import type { ExitStatus } from './program.ts'
import { placeOf, placeProblem, saveProfile } from './save-profile.ts'
import { createPaint, widthOf } from './terminal.ts'

export type ProfileOptions = {
  readonly prompts?: string
  readonly concurrency: number
  readonly maxTokens: number
  readonly json?: boolean
  readonly out?: string
  readonly config?: string
}

const silent: Log = () => undefined

/** `thalamus profile`: asks one model the probes, grades its answers, and writes what the router learns from. */
export async function profileCommand(model: string, options: ProfileOptions): Promise<ExitStatus> {
  const read = readProbes(options.prompts ?? BUILT_IN_PROBES)
  if ('problems' in read) {
    printProblems(read.problems)
    return 1
  }
  const broken: Problem[] = []
  const opened = await openGateway({
    config: options.config,
    log: silent,
    needsUpstream: true,
    isMeasuring: true,
    // The one that this run replaces may be among them.
    onBrokenProfile: (problem) => broken.push(problem),
  })
  if ('problems' in opened) {
    printProblems(opened.problems)
    return 1
  }
  try {
    const target = opened.snapshot.targets.get(model)
    if (target === undefined) {
      const remedy = suggestion(model, opened.snapshot.targets.keys(), 'thalamus check lists what is configured.')
      printProblems([{ path: model, problem: 'no configured model', remedy }])
      return 2
    }
    const usual = profilePath(opened.profiles, model)
    for (const { path, problem } of broken)
      if (path !== usual) process.stderr.write(`note: ${path} is not used: ${problem}\n`)
    return await profileTarget(target, read.probes, options, opened)
  } finally {
    await opened.close()
  }
}

async function profileTarget(
  target: Target,
  all: readonly Probe[],
  options: ProfileOptions,
  opened: Opened,
): Promise<ExitStatus> {
  const { stderr, stdout } = process
  const place = placeOf(opened.profiles, target.id, options.out)
  const misplaced = placeProblem(place, target.id)
  if (misplaced !== undefined) {
    printProblems([misplaced])
    return 1
  }
  const askable = all.filter((probe) => probe.tools === undefined || target.facts.tools !== false)
  const maxTokens = Math.min(options.maxTokens, target.facts.max_output_tokens ?? options.maxTokens)
  const estimate = await estimateRun(target, askable, maxTokens, opened.gateway)
  if ('refused' in estimate) {
    printProblems([
      { path: target.id, problem: estimate.refused, remedy: 'Name a policy that admits it, or another model.' },
    ])
    return 1
  }
  stderr.write(`${describeEstimate(target, { all: all.length, askable: askable.length }, estimate, widthOf(stderr))}\n`)

  if (opened.origin.type === 'simulator') {
    stderr.write('note: the built-in simulator answers, not this model: the profile will be of the simulator\n')
  }

  const interrupted = new AbortController()
  const stop = (): void => {
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const progress = createProgress(stderr, askable.length, nodeClock, target.facts)
  const run = await runProbes({
    probes: spread(askable),
    ask: (probe, signal) => askProbe(target.id, probe, { maxTokens, gateway: opened.gateway, signal }),
    concurrency: options.concurrency,
    clock: nodeClock,
    random: Math.random,
    signal: interrupted.signal,
    onGraded: progress.graded,
    onLeftOut: progress.leftOut,
    onPause: progress.paused,
  })
  progress.done()
  process.off('SIGINT', stop).off('SIGTERM', stop)

  const profile = modelProfile({
    target,
    date: new Date(nodeClock.now()).toISOString().slice(0, 10),
    probes: options.prompts ?? 'built-in',
    all,
    run,
  })
  const saved = saveProfile(profile, place)
  if (saved.type === 'failed') {
    printProblems([saved.problem])
    return 1
  }
  const router = opened.gateway.router()
  const cannotLearn = router?.learns === false ? router.name : undefined
  const cut = run.graded.filter(({ isCut }) => isCut).length
  if (options.json === true) {
    const { answers, ...figures } = profile
    const scores = answers.map(({ request: _, ...answer }) => answer)
    stdout.write(
      `${JSON.stringify({ ...figures, cut, path: saved.type === 'written' ? saved.path : null, answers: scores }, null, 2)}\n`,
    )
  } else {
    stdout.write(
      describeProfile({ profile, run, cut, maxTokens, saved, cannotLearn }, createPaint(stdout), widthOf(stdout)),
    )
  }
  return profile.graded > 0 && run.stopped === undefined ? 0 : 1
}
