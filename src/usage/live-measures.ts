import type { Clock } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import { createAnswerLengths } from './answer-lengths.ts'
import { createLoad } from './load.ts'
import { createPace, sizeOfPrompt } from './pace.ts'

/** What was seen of a target of late; each member `undefined` until there was something to see. */
export type LiveMeasure = {
  /** For prompts of about this length. */
  readonly ttftMs: number | undefined
  /** Nineteen of twenty answers begin before. */
  readonly ttftMsP95: number | undefined
  readonly tokensPerSecond: number | undefined
  /** Answers' lengths over the predicted ones. */
  readonly lengthFactor: number
  /** How much of that is the router's word alone, 0..1. */
  readonly lengthBelief: number
  /** Grade of school of its English prose. */
  readonly readingGrade: number | undefined
  /** Of what it can serve at once, 0..1. */
  readonly remainingShare: number
}

/** What one whole answer showed. */
export type Seen = {
  readonly ttftMs: number | undefined
  readonly tokensPerSecond: number | undefined
  readonly promptTokens?: number | undefined
  /** Tokens as the decision had them, and as they were; of an answer that ended by itself. */
  readonly length?: { readonly predicted: number; readonly actual: number } | undefined
  readonly readingGrade?: number | undefined
}

/** In memory, of this process alone. Bounded by the number of targets. */
export type LiveMeasures = {
  read(targetId: string, promptTokens: number): LiveMeasure | undefined
  record(targetId: string, seen: Seen): void
  /** A request to this target is under way. */
  started(target: Pick<Target, 'id' | 'facts'>): void
  ended(targetId: string): void
  /** The target turned a request away because it had too many. */
  refused(targetId: string): void
}

// A mean of the last ten or so: a style changes with a version, and each answer has one of its own.
const GRADE_WEIGHT = 0.1
const LEAST_GRADED = 3
// What fades with time may be as old as this when it is read again.
const READ_AGAIN_MS = 1_000

export function createLiveMeasures(clock: Pick<Clock, 'monotonic'>): LiveMeasures {
  const kept = new Map<string, Kept>()
  const of = (targetId: string): Kept => {
    const found = kept.get(targetId) ?? new Kept(clock)
    kept.set(targetId, found)
    return found
  }
  return {
    read: (targetId, promptTokens) => kept.get(targetId)?.read(promptTokens),
    record: (targetId, seen) => of(targetId).record(seen),
    started: ({ id, facts }) => of(id).load((load) => load.started(facts.max_concurrent)),
    ended: (targetId) => of(targetId).load((load) => load.ended()),
    refused: (targetId) => of(targetId).load((load) => load.refused()),
  }
}

/** What is kept of one target. A class, because there may be ten thousand and each is read for every decision. */
class Kept {
  private readonly clock: Pick<Clock, 'monotonic'>
  private readonly pace
  private readonly lengths = createAnswerLengths()
  private readonly busy
  private grade = 0
  private graded = 0
  private last: LiveMeasure | undefined = undefined
  private lastSize = 0
  private lastAt = 0

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.clock = clock
    this.pace = createPace(clock)
    this.busy = createLoad(clock)
  }

  read(promptTokens: number): LiveMeasure {
    const size = sizeOfPrompt(promptTokens)
    const now = this.clock.monotonic()
    if (this.last !== undefined && size === this.lastSize && now - this.lastAt < READ_AGAIN_MS) return this.last
    const ttft = this.pace.ttft(promptTokens)
    this.lastSize = size
    this.lastAt = now
    this.last = {
      ttftMs: ttft?.mean,
      ttftMsP95: ttft?.p95,
      tokensPerSecond: this.pace.tokensPerSecond(),
      lengthFactor: this.lengths.factor(),
      lengthBelief: this.lengths.belief(),
      readingGrade: this.graded < LEAST_GRADED ? undefined : this.grade,
      remainingShare: this.busy.remainingShare(),
    }
    return this.last
  }

  record({ ttftMs, tokensPerSecond, promptTokens, length, readingGrade }: Seen): void {
    this.last = undefined
    if (ttftMs !== undefined || tokensPerSecond !== undefined) {
      this.pace.record({ ttftMs, tokensPerSecond, promptTokens })
    }
    if (length !== undefined) this.lengths.record(length.predicted, length.actual)
    if (readingGrade === undefined) return
    this.graded += 1
    this.grade += Math.max(GRADE_WEIGHT, 1 / this.graded) * (readingGrade - this.grade)
  }

  load(change: (load: ReturnType<typeof createLoad>) => void): void {
    this.last = undefined
    change(this.busy)
  }
}
