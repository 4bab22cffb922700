import { writeFileSync } from 'node:fs'
import type { InjectionModel } from '../../src/guards/prompt-injection/score.ts'
import { attacks, createRandom, harmless } from './corpus.ts'
import { ordinaryPrompts } from './data.ts'
import { externalSets } from './external.ts'
import { fitWeights } from './fit-weights.ts'
import { FAMILIES } from './grammar.ts'
import { auroc, calibrated, scoresOf, shareAbove } from './measures.ts'

// Makes src/guards/prompt-injection/weights.ts and prints what scripts/prompt-injection/README.md says:
// node scripts/prompt-injection/train.ts [FOLDER_OF_EXTERNAL_SETS]

const ATTACKS = 12_000
const HARMLESS = 6_000
const FALSE_ALARMS = 0.002
const HELD_OUT: readonly (readonly string[])[] = [
  ['persona', 'delimiter'],
  ['reveal', 'exfiltration'],
  ['indirect', 'authority'],
  ['german', 'russian', 'japanese'],
]

const random = createRandom(7)
const prompts = ordinaryPrompts(random)
const forCalibration = prompts.train.slice(0, 4_000)
const forTraining = prompts.train.slice(4_000)

function train(families: readonly string[]): InjectionModel {
  const examples = [
    ...attacks(families, ATTACKS, forTraining, random),
    ...harmless(HARMLESS, forTraining, random),
    ...forTraining.map((text) => ({ text, isAttack: false, family: 'ordinary' })),
  ]
  const model = fitWeights(examples, random)
  return calibrated(model, scoresOf(forCalibration, model), FALSE_ALARMS)
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

const all = Object.keys(FAMILIES)
for (const held of HELD_OUT) {
  const model = train(all.filter((family) => !held.includes(family)))
  const ordinary = scoresOf(prompts.test, model)
  for (const family of held) {
    const unseen = attacks([family], 500, prompts.test, random).map(({ text }) => text)
    const scores = scoresOf(unseen, model)
    console.log(
      `held out ${family}: AUROC ${auroc(scores, ordinary).toFixed(4)}, found ${percent(shareAbove(scores, 0.5))}`,
    )
  }
}

const shipped = train(all)
const ordinary = scoresOf(prompts.test, shipped)
console.log(
  `${prompts.test.length} ordinary prompts: false alarms ${percent(shareAbove(ordinary, 0.5))}, at 0.9 ${percent(shareAbove(ordinary, 0.9))}`,
)
const [, , folder] = process.argv
for (const { name, attacks: found, harmless: hard } of folder === undefined ? [] : externalSets(folder)) {
  const scores = scoresOf(found, shipped)
  const others =
    hard.length === 0 ? '' : `, false alarms ${percent(shareAbove(scoresOf(hard, shipped), 0.5))} of ${hard.length}`
  console.log(
    `${name}: ${found.length} attacks, AUROC against ordinary ${auroc(scores, ordinary).toFixed(4)}, found ${percent(shareAbove(scores, 0.5))}, at 0.9 ${percent(shareAbove(scores, 0.9))}${others}`,
  )
}
const weights = Buffer.from(shipped.weights.buffer).toString('base64')
writeFileSync(
  new URL('../../src/guards/prompt-injection/weights.ts', import.meta.url),
  `// Written by scripts/prompt-injection/train.ts: signed bytes, a bucket each.\nexport const WEIGHTS = {\n  scale: ${shipped.scale},\n  bias: ${shipped.bias},\n  weights:\n    '${weights}',\n}\n`,
)
