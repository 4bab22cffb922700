import { createFairStore } from '../core/fair-store.ts'
import type { Learned, Lessons } from '../core/learned.ts'
import type { Outcome } from '../core/outcome.ts'
import type { Ports } from '../core/ports.ts'
import type { Predictions } from '../core/router.ts'
import type { LearningSettings } from '../core/snapshot.ts'
import type { Sum } from './account.ts'
import { keptSince } from './account.ts'
import type { Seen } from './answer-signals.ts'
import type { Awaited } from './awaited.ts'
import { MOST_AWAITED, MOST_TOLD, nameOf } from './awaited.ts'
import type { Cluster, DriftGauges } from './drift/drift.ts'
import { createDrift } from './drift/drift.ts'
import { createPosterior } from './posterior.ts'
import type { PromptKind } from './prompt-kind.ts'
import { kindOf } from './prompt-kind.ts'
import type { AskedCall, Retries } from './retries.ts'
import { createRetries } from './retries.ts'
import { SIGNALS } from './signals.ts'
import type { StateText } from './state.ts'
import { readState, writeState } from './state.ts'
import type { TaughtWord } from './taught-word.ts'

/** A routed call that has come to its end. */
export type Answered = {
  readonly id: string
  readonly key: string
  /** The target that answered, if one did, and what the router and then routing believed of it. */
  readonly model: string | undefined
  readonly quality: number | undefined
  readonly believed: number | undefined
  /** `undefined` where no router spoke. */
  readonly predictions: Predictions | undefined
  readonly seen: readonly Seen[]
}

/** What a person's word did: `unknown` where no such answer is kept for this key, `too often` where it stays as it was. */
export type Told = 'unknown' | 'too often' | 'counted' | 'replaced' | 'same'

export type Learning = {
  /** What bears on a prompt. */
  readonly learned: Learned
  /** A call that is about to be routed: it may be an earlier one asked again. */
  asked(call: AskedCall): void
  answered(answer: Answered): void
  /** The reward of a decision by a person: the same again changes nothing, another one replaces it. */
  told(id: string, key: string, reward: number): Told
  /** A word that another gateway was told. */
  taught(word: TaughtWord): void
  /** An answer of a model that its caller named: its outcome is counted and teaches nothing about kinds of prompts. */
  await(id: string, key: string, model: string): void
  /** All that must outlive the process, as JSON. */
  state(): StateText
  /** Takes over a state. Throws, changing nothing, for a text that is none. */
  restore(state: StateText): void
  /** Called once something was learned since the last `state()`. */
  onChange(listener: () => void): void
}

type Options = {
  readonly ports: Pick<Ports, 'clock' | 'createStore' | 'digest' | 'log'>
  readonly settings: () => LearningSettings
  /** Whether several keys teach: then none of them moves predictions far alone. */
  readonly isShared: () => boolean
  readonly gauges: DriftGauges
  /** Told of every outcome but that nobody has asked again yet. */
  readonly onOutcome: (outcome: Outcome) => void
  /** Told of every word of a person that taught something. */
  readonly onTaught?: ((word: TaughtWord) => void) | undefined
}

const NONE: Lessons = new Map()

/** Outcomes of answers, and what they teach. All in memory and bounded; holds no text. */
export function createLearning({ ports, settings, isShared, gauges, onOutcome, onTaught }: Options): Learning {
  const { clock } = ports
  const awaited = createFairStore<Awaited>(MOST_AWAITED)
  const retries: Retries = createRetries(ports.createStore(MOST_AWAITED / 2), ports.digest)
  const posterior = createPosterior(settings)
  const drift = createDrift(ports.log, gauges)
  let isChanged = false
  let changed: () => void = () => {}

  function change(): void {
    if (isChanged) return
    isChanged = true
    changed()
  }

  /** One signal of an answer, or a new reward for one that was seen already. */
  function see(id: string, entry: Awaited, { model, source, reward, expected }: Seen): void {
    const now = clock.now()
    const name = nameOf(source, model)
    const before = entry.given.get(name)
    if (before?.reward === reward) return
    const { kind } = entry
    const { weight } = SIGNALS[source]
    if (kind !== undefined) {
      const usual = before?.expected ?? expected ?? posterior.usual(kind, source, now)
      const { learnsFromSignals } = settings()
      const whose = isShared() ? entry.key : undefined
      if (before === undefined) {
        if (learnsFromSignals) posterior.see(kind, model, { weight, surprise: weight * (reward - usual) }, now, whose)
        posterior.notice(kind, source, { weight, surprise: weight * (reward - SIGNALS[source].usual) }, now)
      } else {
        const surprise = weight * (reward - before.reward) * keptSince(before.at, now, settings().forgettingPerDay)
        if (learnsFromSignals) posterior.see(kind, model, { weight: 0, surprise }, now, whose)
        posterior.notice(kind, source, { weight: 0, surprise }, now)
      }
      entry.given.set(name, { reward, at: before?.at ?? now, expected: usual })
      drift.rewarded(model, 'signals', entry.cluster, usual, reward, weight)
      change()
    }
    const isAssumed = source === 'retry' && reward === 1
    if (!isAssumed) onOutcome({ id, model, source, reward, time: now })
  }

  return {
    learned(predictions) {
      return settings().isEnabled ? posterior.lessons(kindOf(predictions), clock.now()) : NONE
    },
    asked(call) {
      const earlier = retries.earlier(call, clock.now())
      const entry = earlier === undefined ? undefined : awaited.get(earlier)
      // No entry: the earlier one is not answered yet, and its caller draws several answers at once.
      if (earlier === undefined || entry === undefined) return
      see(earlier, entry, { model: entry.model, source: 'retry', reward: 0 })
    },
    answered({ id, key, model, quality, believed, predictions, seen }) {
      const kind = predictions === undefined ? undefined : kindOf(predictions)
      const cluster = clusterOf(kind, predictions)
      const entry: Awaited = {
        key,
        model: model ?? '',
        kind,
        cluster,
        quality,
        believed,
        given: new Map(),
        timesTold: 0,
      }
      if (model !== undefined) awaited.set(id, entry)
      if (predictions !== undefined) drift.prompt(predictions)
      for (const signal of seen) see(id, entry, signal)
    },
    told(id, key, reward) {
      const entry = awaited.get(id)
      if (entry === undefined || entry.key !== key) return 'unknown'
      const { model, kind, quality, believed } = entry
      const now = clock.now()
      const name = nameOf('user', model)
      const before = entry.given.get(name)
      if (before?.reward === reward) return 'same'
      if (entry.timesTold >= MOST_TOLD) return 'too often'
      entry.timesTold += 1
      if (kind !== undefined && quality !== undefined) {
        const tell = (of: PromptKind, by: string, sum: Sum): void => {
          posterior.tell(of, by, sum, now, isShared() ? key : undefined)
          onTaught?.({ ...of, direction: [...of.direction], model: by, ...sum, key })
        }
        if (before === undefined) {
          tell(kind, model, { weight: 1, surprise: reward - quality })
          // Where outcomes have lowered what is believed, the router's own figure still says what it should be.
          drift.rewarded(model, 'users', entry.cluster, Math.max(quality, believed ?? quality), reward, 1)
          drift.predicted(model, believed ?? quality, reward)
        } else {
          const kept = keptSince(before.at, now, settings().forgettingPerDay)
          tell(kind, model, { weight: 0, surprise: kept * (reward - before.reward) })
        }
        change()
      }
      entry.given.set(name, { reward, at: before?.at ?? now, expected: quality ?? reward })
      onOutcome({ id, model, source: 'user', reward, time: now })
      return before === undefined ? 'counted' : 'replaced'
    },
    taught({ clusters, direction, nearest, model, weight, surprise, key }) {
      const kind = { clusters, direction: Float32Array.from(direction), nearest }
      posterior.tell(kind, model, { weight, surprise }, clock.now(), isShared() ? key : undefined)
      change()
    },
    await(id, key, model) {
      if (awaited.get(id) !== undefined) return
      awaited.set(id, {
        key,
        model,
        kind: undefined,
        cluster: clusterOf(undefined, undefined),
        quality: undefined,
        believed: undefined,
        given: new Map(),
        timesTold: 0,
      })
    },
    state() {
      isChanged = false
      return writeState({ books: posterior.books, prompts: drift.counts() }, clock.now())
    },
    restore(text) {
      const { books, prompts } = readState(text, clock.now())
      for (const [clusters, book] of books) posterior.books.set(clusters, book)
      if (prompts !== undefined) drift.restore(prompts)
    },
    onChange(listener) {
      changed = listener
    },
  }
}

function clusterOf(kind: PromptKind | undefined, predictions: Predictions | undefined): Cluster {
  const index = kind?.nearest ?? 0
  return { index, name: predictions?.clusterNames?.[index] }
}
