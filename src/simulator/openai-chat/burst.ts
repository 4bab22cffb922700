import type { Answer } from '../answer.ts'
import type { SimulatedCall, Stamp } from '../format.ts'
import { DONE, writeStream, writeUsageFrame } from './write-stream.ts'

const MAX_CACHED = 64
const MAX_CACHED_TOKENS = 2_000
const MAX_MODEL_LENGTH = 128
const MARK: Stamp = { id: '\u0001', createdSeconds: 0 }
/** The part of a frame that differs from call to call. */
const MARKED = 'chatcmpl-\u0001","object":"chat.completion.chunk","created":0,'

/**
 * Whole plain streams from a cache: the text is always the same, so only id and time are set in.
 * Bounded, because names of models come from callers.
 */
export function createBursts(): (call: SimulatedCall, answer: Answer, stamp: Stamp) => string | undefined {
  const cache = new Map<string, readonly string[]>()

  function piecesFor(call: SimulatedCall, answer: Answer): readonly string[] {
    const key = `${answer.completionTokens} ${answer.choices[0]?.finish} ${call.includesUsage} ${call.model}`
    const known = cache.get(key)
    if (known !== undefined) return known
    const frames = [...writeStream(call, answer, MARK)].slice(0, call.includesUsage ? -2 : -1)
    const pieces = frames
      .map((frame) => frame.data)
      .join('')
      .split(MARKED)
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(key, pieces)
    return pieces
  }

  return (call, answer, stamp) => {
    if (!answer.isPlain || answer.completionTokens > MAX_CACHED_TOKENS) return undefined
    if (call.model.length > MAX_MODEL_LENGTH) return undefined
    const setIn = `chatcmpl-${stamp.id}","object":"chat.completion.chunk","created":${stamp.createdSeconds},`
    const usage = call.includesUsage ? writeUsageFrame(call, answer, stamp) : ''
    return piecesFor(call, answer).join(setIn) + usage + DONE
  }
}
