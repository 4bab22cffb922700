import type { Facts } from '../src/core/target.ts'
import { dataFile } from '../src/platform/node/find-data-sets.ts'
import { readLines } from '../src/platform/node/read-text.ts'

// Facts of models in outcome data that stand nowhere but in names and logs.

// Of mixtures of experts a name tells neither number; both are Mistral's own (mistral.ai/news/mixtral-of-experts and mixtral-8x22b).
const MIXTURES: Readonly<Record<string, Facts>> = {
  '8x7b': { params_b: 46.7, active_params_b: 12.9 },
  '8x22b': { params_b: 141, active_params_b: 39 },
}

/** A model's size as far as its name says: `gemma-2-27b-it` has 27 billion parameters. */
export function sizeInName(name: string): Facts {
  const mixture = /8x\d+b/i.exec(name)?.[0].toLowerCase()
  if (mixture !== undefined) return MIXTURES[mixture] ?? {}
  const size = /(?<![a-z\d.])(\d+(?:\.\d+)?)b(?![a-z\d])/i.exec(name)?.[1]
  return size === undefined ? {} : { params_b: Number(size) }
}

/** Milliseconds of each call by `id\nmodel`, from the column `latency_s`; calls that nobody timed are not in it. */
export function latenciesOf(folder: string): ReadonlyMap<string, number> {
  const [head = '', ...lines] = readLines(dataFile(folder, 'outcomes'))
  const names = head.split(',')
  const place = (name: string): number => names.indexOf(name)
  return new Map(
    lines.flatMap((line) => {
      // The tail of a line is numbers; quoted names with commas do not occur in this collection.
      const cells = line.split(',')
      const seconds = Number(cells[place('latency_s')])
      return seconds > 0 ? [[`${cells[place('id')]}\n${cells[place('model')]}`, seconds * 1_000] as const] : []
    }),
  )
}
