import type { LeftOut } from '../../eval/outcomes.ts'
import type { ReadFacts } from './read-outcomes.ts'

/** What became of a set's files on the way to what is compared. */
export type DataFacts = ReadFacts & {
  /** Prompts of the set that have a text. */
  readonly prompts: number
  readonly leftOut: LeftOut
}

/** What was made of a set's files, a sentence each; nothing of what is as it stands there. */
export function describeData(data: DataFacts): string[] {
  const { scales, leftOut, repeated, unknownIds, withoutPrice, unreadBeside } = data
  const rescaled = [...scales].filter(([, { outOf }]) => outOf !== 1)
  return [
    ...rescaled.map(
      ([dataset, { outOf, highest, scores, above, firstAbove }]) =>
        `Scores of ${dataset} are taken out of ${outOf}: ${above} of ${scores} are above 1, the first on line ${firstAbove} of the outcomes, the highest ${highest}.`,
    ),
    ...(leftOut.models.size > 0 || leftOut.prompts > 0 ? [describeLeftOut(data)] : []),
    ...(repeated.prompts > 0 || repeated.outcomes > 0
      ? [
          `Lines that only repeat another count once: ${repeated.prompts} of the prompts, ${repeated.outcomes} of the outcomes.`,
        ]
      : []),
    ...(unknownIds > 0 ? [`Left out, as no prompt has their id: ${unknownIds} of the outcomes.`] : []),
    ...(withoutPrice.length > 0
      ? [
          `There are no figures of cost: ${listOf(withoutPrice.map(quoted))} ${withoutPrice.length === 1 ? 'has' : 'have'} no price.`,
        ]
      : []),
    ...unreadBeside.map((problem) => `Not looked at for questions that the clean part leaves out: ${problem}`),
  ]
}

/** A name as it stands, in quotes where blanks at its ends would not be seen. */
export function quoted(name: string): string {
  return name.trim() === name ? name : `"${name}"`
}

/** Which models and how many prompts are not compared, and why. */
export function describeLeftOut({ leftOut: { models, prompts }, prompts: all }: DataFacts): string {
  const runs = [...models].map(([model, run]) => `${quoted(model)} (${run} of ${all})`)
  return [
    ...(models.size > 0 ? [`Left out, having run on fewer than nine prompts in ten: ${listOf(runs)}.`] : []),
    ...(prompts > 0 ? [`Left out, as some model did not answer: ${prompts} of ${all} prompts.`] : []),
  ].join(' ')
}

/** The same as `--json` prints it. */
export function dataShape({ scales, leftOut, repeated, unknownIds, withoutPrice, unreadBeside }: DataFacts): object {
  return {
    scales: Object.fromEntries([...scales].map(([dataset, { outOf }]) => [dataset, outOf])),
    left_out: { models: Object.fromEntries(leftOut.models), prompts: leftOut.prompts },
    repeated,
    unknown_ids: unknownIds,
    without_price: withoutPrice,
    ...(unreadBeside.length === 0 ? {} : { unread_beside: unreadBeside }),
  }
}

const MOST_NAMES = 12

function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ')
}
