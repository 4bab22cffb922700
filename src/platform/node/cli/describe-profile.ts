import type { ModelProfile } from '../../../probes/model-profile.ts'
import type { ProbeRun } from '../../../probes/run-probes.ts'
import { dollars } from './describe-dropped.ts'
import type { Saved } from './save-profile.ts'
import type { Paint } from './terminal.ts'
import { columns, wrap } from './terminal.ts'

type Described = {
  readonly profile: ModelProfile
  readonly run: ProbeRun
  /** Answers that ended at the cap on their tokens. */
  readonly cut: number
  readonly maxTokens: number
  readonly saved: Saved
  /** The router in use, if it is one that learns no model. */
  readonly cannotLearn: string | undefined
}

/** A model's profile as text: the score of each kind, what was left out and why, and where it was written. */
export function describeProfile(
  { profile, run, cut, maxTokens, saved, cannotLearn }: Described,
  paint: Paint,
  width: number,
): string {
  const { model, graded, asked, right } = profile
  const rows = Object.entries(profile.kinds).map(([kind, of]) => [kind, ...score(of)])
  const difficulties = [1, 2, 3].flatMap((difficulty) => {
    const answers = run.graded.filter(({ probe }) => probe.difficulty === difficulty)
    const of = { graded: answers.length, right: answers.filter((answer) => answer.score === 1).length }
    return answers.length === 0 ? [] : [[DIFFICULTIES[difficulty] ?? '', ...score(of)]]
  })
  const [head = '', ...lines] = columns([['', 'right', 'of', 'share'], ...rows, ...difficulties], [1, 2, 3])
  const count = graded === 0 ? 'nothing graded' : `${right} of ${graded} right`
  const text = [
    `${paint('bold', model)}  ${count}${graded === asked ? '' : `, ${asked - graded} of ${asked} not graded`}`,
    '',
    ...(graded === 0 ? [] : [paint('dim', head), ...lines.slice(0, rows.length), '', ...lines.slice(rows.length), '']),
    ...leftOutLines(run, width),
    ...(cut === 0
      ? []
      : sentence(
          'cut      ',
          `${cut} answers at ${maxTokens} tokens; they count as they stand, --max-tokens allows more`,
          width,
        )),
    ...(profile.cost_usd === null || profile.cost_usd === 0 ? [] : [`cost     ${dollars(profile.cost_usd)}`]),
    ...(run.stopped === undefined ? [] : sentence('stopped  ', STOPPED[run.stopped], width)),
    ...savedLines(saved, graded, paint, width),
    ...(saved.type !== 'written' || cannotLearn === undefined
      ? []
      : sentence('note     ', `the router in use, ${cannotLearn}, learns from no profile; clusters does`, width)),
  ]
  return `${text.join('\n')}\n`
}

function savedLines(saved: Saved, graded: number, paint: Paint, width: number): string[] {
  switch (saved.type) {
    case 'written':
      return [`written  ${saved.path}`]
    case 'kept':
      return sentence(
        'kept     ',
        `${saved.path}, which rests on ${saved.graded} answers, not ${graded}; --out writes these elsewhere`,
        width,
      )
    case 'empty':
      return [paint('red', 'nothing was graded, and nothing is written')]
    case 'failed':
      return [paint('red', `${saved.problem.path}: ${saved.problem.problem}`)]
    default: {
      const unhandled: never = saved
      return unhandled
    }
  }
}

function sentence(label: string, text: string, width: number): string[] {
  return wrap(label, text.split(' '), ' ', width)
}

const DIFFICULTIES: readonly string[] = ['', 'easy', 'middling', 'hard']

const STOPPED = {
  interrupted: 'before the end; what was graded counts, as unsure as so few answers are',
  'gave-up': 'given up: the model did not answer',
} as const

function score({ graded, right }: { readonly graded: number; readonly right: number }): string[] {
  return [String(right), String(graded), `${Math.round((100 * right) / graded)} %`]
}

function leftOutLines({ leftOut }: ProbeRun, width: number): string[] {
  const codes = Map.groupBy(leftOut, ({ error }) => error.code)
  return [...codes].flatMap(([code, all]) => {
    const ids = wrap(
      '  ',
      all.map(({ probe }) => probe.id),
      ', ',
      width,
    )
    return [...sentence(`${all.length} left out (${code}): `, all[0]?.error.message ?? '', width), ...ids, '']
  })
}
