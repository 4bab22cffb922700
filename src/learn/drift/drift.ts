import type { Log } from '../../core/ports.ts'
import type { Predictions } from '../../core/router.ts'
import type { Calibration } from './calibration.ts'
import { ALARM_ABOVE, addReward, openCalibration } from './calibration.ts'
import type { Cusum } from './cusum.ts'
import { ALARM, addTo } from './cusum.ts'
import type { PromptCounts } from './prompts.ts'
import { countPrompt, driftOf, openCounts } from './prompts.ts'

/** Where drift is shown; `model` is empty where it is about all. */
export type DriftGauges = (name: DriftName, value: number, model: string) => void
export type DriftName = 'psi' | 'far_share' | 'cusum' | 'brier' | 'brier_expected'

export type Drift = {
  /** A prompt that was routed and answered. */
  prompt(predictions: Predictions): void
  /** A reward of a model on a kind of prompt, and what was to be expected. */
  rewarded(
    model: string,
    by: 'users' | 'signals',
    cluster: Cluster,
    expected: number,
    reward: number,
    weight: number,
  ): void
  /** The same of a person's word, against which predictions can be checked. */
  predicted(model: string, quality: number, reward: number): void
  counts(): PromptCounts | undefined
  restore(counts: PromptCounts): void
}

/** The cluster of which a prompt is most. */
export type Cluster = { readonly index: number; readonly name: string | undefined }

const LOOKED_AT_EVERY = 50
const MOST_MODELS = 1_000
const INDEX_ALARM = 0.2
const FAR_ALARM = 0.2

/** Watches for a world that is no longer the one of the router's data. Alarms are a log line `drift` once a crossing. */
export function createDrift(log: Log, gauges: DriftGauges): Drift {
  const sums = new Map<string, Map<string, Cusum>>()
  const calibrations = new Map<string, Calibration>()
  const alarms = { psi: false, far_share: false }
  let counts: PromptCounts | undefined
  let looked = 0

  function look(state: PromptCounts): void {
    const { index, farShare, farShareThen } = driftOf(state)
    gauges('far_share', farShare, '')
    if (index === undefined || farShareThen === undefined) return
    gauges('psi', index, '')
    raise(
      'psi',
      index,
      INDEX_ALARM,
      'The kinds of prompts have changed. Profile the models you use most: thalamus profile MODEL.',
    )
    raise(
      'far_share',
      farShare - farShareThen,
      FAR_ALARM,
      'More prompts are unlike the router’s data, and it guesses at them. Send feedback on them, or profile models with such prompts: thalamus profile MODEL --prompts FILE.',
    )
  }

  function raise(name: 'psi' | 'far_share', value: number, above: number, remedy: string): void {
    const isOver = value > above
    if (isOver && !alarms[name]) log('warn', 'drift', { of: name, value: round(value), above, remedy })
    // Half-way back, so that a value about the bound is one crossing and not many.
    if (isOver || value < above / 2) alarms[name] = isOver
  }

  return {
    prompt(predictions) {
      const { shares, clusters = 'one' } = predictions
      const size = shares?.length ?? 0
      if (counts?.clusters !== clusters || counts.reference.length !== size) counts = openCounts(clusters, size)
      countPrompt(counts, predictions)
      looked += 1
      if (looked % LOOKED_AT_EVERY === 0) look(counts)
    },
    rewarded(model, by, { index, name }, expected, reward, weight) {
      const ofModel = kept(sums, model, () => new Map<string, Cusum>())
      // Apart, because the many signals that all is well would drown the few people who say that it is not.
      const cusum = kept(ofModel, `${by} ${index}`, () => ({ value: 0, isAlarmed: false }))
      const isNew = addTo(cusum, expected - reward, weight)
      let highest = 0
      for (const { value } of ofModel.values()) highest = Math.max(highest, value)
      gauges('cusum', highest, model)
      if (!isNew) return
      const cluster = name ?? index
      const remedy = `Answers of ${model} to such prompts are worse than expected. Measure it anew: thalamus profile ${model}.`
      log('warn', 'drift', { of: 'cusum', by, model, cluster, value: round(cusum.value), above: ALARM, remedy })
    },
    predicted(model, quality, reward) {
      const calibration = kept(calibrations, model, openCalibration)
      const isNew = addReward(calibration, quality, reward)
      gauges('brier', calibration.brier, model)
      gauges('brier_expected', calibration.expected, model)
      if (!isNew) return
      const excess = calibration.brier - calibration.expected
      const remedy = `Rewards of ${model} are not what is predicted of it. Measure it anew: thalamus profile ${model}.`
      log('warn', 'drift', { of: 'brier', model, value: round(excess), above: ALARM_ABOVE, remedy })
    },
    counts: () => counts,
    restore(given) {
      counts = given
    },
  }
}

function kept<Name, Value>(values: Map<Name, Value>, name: Name, open: () => Value): Value {
  const found = values.get(name)
  if (found !== undefined) return found
  const opened = open()
  const oldest = values.keys().next().value
  if (values.size >= MOST_MODELS && oldest !== undefined) values.delete(oldest)
  values.set(name, opened)
  return opened
}

function round(value: number): number {
  return Number(value.toFixed(3))
}
