import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routers } from '../../routers/index.ts'
import { classify } from '../../src/classify/classify.ts'
import type { Router, Signals } from '../../src/core/router.ts'
import { hash } from '../../src/eval/hash.ts'
import type { Outcomes } from '../../src/eval/outcomes.ts'
import { commonPart, pickModels, pickPrompts } from '../../src/eval/outcomes.ts'
import { pickProbes } from '../../src/eval/split.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { readOutcomes } from '../../src/platform/node/read-outcomes.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { target } from '../contract/describe-router.ts'

// What `thalamus profile` does to a router, without the calls: graded answers in, other predictions out.

const inference = createInference()
let router: Router

beforeAll(async () => {
  const clusters = routers.get('clusters')
  if (clusters === undefined) throw new Error('no router')
  router = await clusters.open(clusters.settings.parse({}), { inference, createStore, digest })
})
afterAll(() => inference.close())

const signalsOf = (text: string): Signals =>
  classify(openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content: text }] }))

async function qualities(asked: Router, text: string, ids: readonly string[]): Promise<number[]> {
  const candidates = ids.map((id) => target(id, {}, undefined))
  const { predictions } = await asked.predict({
    signals: signalsOf(text),
    candidates,
    signal: AbortSignal.timeout(10_000),
  })
  return predictions.map(({ quality }) => quality)
}

const SUMS = Array.from({ length: 40 }, (_, index) => `What is ${index} plus ${3 * index}?`)
const graded = (score: number) => SUMS.map((text) => ({ signals: signalsOf(text), score }))
const probed = { kind: 'probes', date: '2026-11-26', graded: 40, asked: 42 }

test('a model with graded answers moves, the others stay where they were', async () => {
  const ids = ['new/quux', 'openai/gpt-5-mini']
  const learned = await router.onboard?.(
    [{ target: target('new/quux', {}, undefined), graded: graded(0), evidence: probed }],
    'each',
  )
  if (learned === undefined) throw new Error('cannot learn')
  const [before, after] = [
    await qualities(router, 'What is 9 plus 4?', ids),
    await qualities(learned, 'What is 9 plus 4?', ids),
  ]
  expect(after[0]).toBeLessThan((before[0] ?? 0) / 2)
  expect(after[1]).toBe(before[1])
})

test('a model whose answers were long is expected to answer at length', async () => {
  const quux = target('new/quux', {}, undefined)
  const long = graded(1).map((answer) => ({ ...answer, outputTokens: 4_000 }))
  const learned = await router.onboard?.([{ target: quux, graded: long }], 'each')
  const lengthOf = async (asked: Router | undefined): Promise<number> => {
    const answer = await asked?.predict({
      signals: signalsOf('What is 9 plus 4?'),
      candidates: [quux],
      signal: AbortSignal.timeout(10_000),
    })
    return answer?.predictions[0]?.outputTokens ?? Number.NaN
  }
  expect(await lengthOf(router)).toBeLessThan(500)
  expect(await lengthOf(learned)).toBeGreaterThan(2_000)
})

test('the decision says what a profile rests on', async () => {
  const learned = await router.onboard?.([{ target: target('new/quux'), graded: graded(1), evidence: probed }], 'each')
  const answer = await learned?.predict({
    signals: signalsOf('hi'),
    candidates: [target('new/quux'), target('openai/gpt-5-mini')],
    signal: AbortSignal.timeout(10_000),
  })
  expect(answer?.evidence).toMatchObject({
    profiles: {
      'new/quux': [probed, { kind: 'facts' }],
      'openai/gpt-5-mini': [{ kind: 'scores', date: expect.stringMatching(/^20\d\d-/) }],
    },
  })
})

test('answers of one model from two sources count together', async () => {
  const quux = target('new/quux', {}, undefined)
  const feedback = { ...probed, kind: 'feedback' }
  const both = await router.onboard?.(
    [
      { target: quux, graded: graded(1), evidence: probed },
      { target: quux, graded: graded(0), evidence: feedback },
    ],
    'each',
  )
  const good = await router.onboard?.([{ target: quux, graded: graded(1), evidence: probed }], 'each')
  if (both === undefined || good === undefined) throw new Error('cannot learn')
  const text = 'What is 9 plus 4?'
  const [mixed = 0, only = 0] = [
    await qualities(both, text, ['new/quux']),
    await qualities(good, text, ['new/quux']),
  ].flat()
  expect(mixed).toBeGreaterThan(0.4)
  expect(mixed).toBeLessThan(0.6)
  expect(only).toBeGreaterThan(0.9)
})

const DATA = process.env['THALAMUS_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const SET = join(DATA, 'routing/routerbench_subset')

describe.skipIf(!existsSync(SET))('on real outcomes, which need THALAMUS_DATA', () => {
  const thin = (whole: Outcomes, count: number): Outcomes => {
    const rows = [...whole.prompts.keys()]
    const at = (row: number): number => hash(whole.prompts[row]?.key ?? '')
    return pickPrompts(whole, rows.toSorted((left, right) => at(left) - at(right)).slice(0, count))
  }

  test('120 probes bring each model nearer to what it really does, on data sets that were not probed', async () => {
    const whole = commonPart(readOutcomes(SET))
    const datasets = [...new Set(whole.prompts.map(({ dataset }) => dataset))].sort()
    const isHeld = (row: number): boolean => datasets.indexOf(whole.prompts[row]?.dataset ?? '') % 3 === 0
    const rows = [...whole.prompts.keys()]
    const models = whole.models.filter((_, index) => index % 3 === 0)
    const probes = pickProbes(
      pickModels(
        pickPrompts(
          whole,
          rows.filter((row) => !isHeld(row)),
        ),
        models,
      ),
      120,
    )
    const test = thin(pickModels(pickPrompts(whole, rows.filter(isHeld)), models), 200)
    const signals = probes.prompts.map(({ text }) => signalsOf(text))
    const learned = await router.onboard?.(
      models.map((model, column) => ({
        target: target(nameless(model), {}, undefined),
        graded: signals.map((one, row) => ({ signals: one, score: probes.scores[row * models.length + column] ?? 0 })),
      })),
      'each',
    )
    if (learned === undefined) throw new Error('cannot learn')
    const [before, after] = [await losses(router, test), await losses(learned, test)]
    for (const [column, model] of models.entries()) {
      // Within what the held data sets differ in from the probed ones: one model lies .165 off after them as before them.
      expect(after.bias[column], model).toBeLessThan(Math.max(before.bias[column] ?? 0, 0.18))
    }
    expect(mean(after.bias)).toBeLessThan(mean(before.bias) * 0.65)
    expect(after.logLoss).toBeLessThan(before.logLoss - 0.05)
  })

  async function losses(asked: Router, test: Outcomes): Promise<{ readonly bias: number[]; readonly logLoss: number }> {
    const bias = test.models.map(() => 0)
    let logLoss = 0
    for (const [row, { text }] of test.prompts.entries()) {
      for (const [column, quality] of (await qualities(asked, text, test.models.map(nameless))).entries()) {
        const score = test.scores[row * test.models.length + column] ?? 0
        bias[column] = (bias[column] ?? 0) + (quality - score) / test.prompts.length
        logLoss -= (score * Math.log(quality) + (1 - score) * Math.log(1 - quality)) / test.scores.length
      }
    }
    return { bias: bias.map(Math.abs), logLoss }
  }
})

/** Known by name, these models have profiles that rest on these very outcomes. */
const nameless = (model: string): string => `unnamed/m${hash(model)}`

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
