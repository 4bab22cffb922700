import { type Step, seedsOf } from './report-plan.ts'

/** Where the sets of a report are, and who was measured on them. */
export type ReportPlaces = {
  /** As `--router` names it. */
  readonly router: string
  /** What `--data` named. */
  readonly data: string
  /** Each set's folder. */
  readonly folders: ReadonlyMap<string, string>
}

type ReportOptions = {
  readonly data: string
  readonly router: string
  readonly report: string
  readonly seeds?: readonly number[]
  readonly most?: number
}

/** The command that writes the whole report again. */
export function reportCommand({ data, router, report, seeds, most }: ReportOptions): string {
  return evalCommand(data, router, { report, seeds: seeds?.join(','), most })
}

/** The command that prints the table of one step. */
export function stepCommand(step: Step, seeds: readonly number[], { router, folders }: ReportPlaces): string {
  const { set, options, score, most } = step
  return evalCommand(folders.get(set) ?? set, router, {
    split: options.split,
    score: score === 'score' ? undefined : score,
    'leave-out': options.leaveOut?.join(','),
    'hold-out': options.holdOut,
    probe: options.probe,
    most,
    seeds: seedsOf(step, seeds).join(','),
  })
}

/** The command that prints the table of attacks. */
export function attackCommand({ data, router }: ReportPlaces): string {
  return `${evalCommand(data, router, {})} --attack`
}

const USUAL_ROUTER = 'clusters'

function evalCommand(
  data: string,
  router: string,
  options: Readonly<Record<string, string | number | undefined>>,
): string {
  const all = { data, router: router === USUAL_ROUTER ? undefined : router, ...options }
  const words = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, shellWord(String(value))],
  )
  return ['thalamus', 'eval', ...words].join(' ')
}

/** A word as a POSIX shell reads it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
