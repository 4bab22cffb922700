import { anchorsOf, substanceOf } from './cache/alike.ts'
import { decodeNeighbours, encodeNeighbours, nearest, packVector, withNeighbour } from './cache/neighbours.ts'
import type { Question } from './cache/question.ts'
import type { Blobs } from './core/ports.ts'
import type { SemanticSettings } from './core/snapshot.ts'
import type { Context } from './pipeline.ts'

type Input = {
  readonly question: Question
  readonly settings: SemanticSettings
  readonly blobs: Blobs
  /** What is kept there, while its client waits: `undefined` also where that takes too long. */
  readonly read: (key: string) => Promise<Uint8Array | undefined>
  readonly context: Pick<Context, 'router' | 'ports' | 'snapshot'>
  /** The key under which something about this request is kept, of everything that changes its answer but the question. */
  readonly keyOf: (about: string) => string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Answers to questions that mean the same as that of one call. By their words: what of them matters is a part of the name.
 * By their meaning: those whose figures, names and the like agree are one list of vectors, of which the nearest is taken.
 * A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class AlikeAnswers {
  private readonly input: Input
  /** Under which questions like this one are kept; `undefined` where none is like it. */
  private readonly name: string | undefined
  private vector: readonly number[] | undefined = undefined

  constructor(input: Input) {
    this.input = input
    const { settings, question, context } = input
    const same = settings.match === 'words' ? substanceOf(question.text) : anchorsOf(question.text)
    const about = [settings.match, same, question.rest]
    this.name = same === undefined ? undefined : input.keyOf(context.ports.digest(JSON.stringify(about)))
  }

  /** The key of an answer that will do. */
  async find(): Promise<string | undefined> {
    const { name, input } = this
    if (name === undefined) return undefined
    const { settings, read } = input
    if (settings.match === 'words') {
      const key = await read(name)
      return key === undefined ? undefined : decoder.decode(key)
    }
    const [vector, kept] = await Promise.all([this.embed(), read(name)])
    return vector === undefined ? undefined : nearest(decodeNeighbours(kept), vector, settings.threshold)
  }

  /** The answer of that key is one to this question. */
  async keep(key: string, ttlMs: number): Promise<void> {
    const { name, input } = this
    if (name === undefined) return
    const { settings, blobs } = input
    if (settings.match === 'words') {
      await blobs.set(name, encoder.encode(key), ttlMs)
      return
    }
    const vector = await this.embed()
    if (vector === undefined) return
    let kept: Uint8Array | undefined
    try {
      kept = await blobs.get(name)
    } catch {
      // Late. Without the others this one would take their place: it is kept the next time.
      return
    }
    // Of two gateways that do this at once one may be lost: it is kept the next time.
    const neighbours = withNeighbour(decodeNeighbours(kept), { vector, key })
    await blobs.set(name, encodeNeighbours(neighbours), ttlMs)
  }

  /** `undefined` where the encoder is busy, late or not there, or would not read all of it. */
  private async embed(): Promise<readonly number[] | undefined> {
    const { context, question } = this.input
    const { router, ports, snapshot } = context
    if (this.vector !== undefined || router?.embed === undefined) return this.vector
    const late = new AbortController()
    const timer = ports.clock.timer(snapshot.router.deadlineMs, () => late.abort())
    try {
      const { vector, truncated } = await router.embed(question.text, late.signal)
      if (!truncated) this.vector = packVector(vector)
    } catch {
      // Without a vector none is found, and none is kept.
    } finally {
      timer.cancel()
    }
    return this.vector
  }
}
