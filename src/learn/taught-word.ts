import type { JsonObject } from '../core/json.ts'

/** What a person's word on an answer taught one gateway, so that others can learn it too. It holds no text. */
export type TaughtWord = {
  /** Whose clusters, and the direction of the prompt among them (`PromptKind`). */
  readonly clusters: string
  readonly direction: readonly number[]
  readonly nearest: number
  /** The target that answered. */
  readonly model: string
  /** 1 for a new word, 0 for one that replaces another. */
  readonly weight: number
  /** The reward less what was expected, or less the reward of before; -1..1. */
  readonly surprise: number
  /** Name of the key of whoever spoke. */
  readonly key: string
}

const MOST_CLUSTERS = 4_096

export function writeTaughtWord(word: TaughtWord): JsonObject {
  return { ...word }
}

/** `undefined` for what is no such word. */
export function readTaughtWord(said: JsonObject): TaughtWord | undefined {
  const { clusters, direction, nearest, model, weight, surprise, key } = said
  if (typeof clusters !== 'string' || typeof model !== 'string' || typeof key !== 'string') return undefined
  if (!Array.isArray(direction) || direction.length > MOST_CLUSTERS || !direction.every(isShare)) return undefined
  if (typeof nearest !== 'number' || !Number.isInteger(nearest) || !(nearest in direction)) return undefined
  if (weight !== 0 && weight !== 1) return undefined
  if (typeof surprise !== 'number' || !(Math.abs(surprise) <= 1)) return undefined
  return { clusters, direction, nearest, model, weight, surprise, key }
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1.000_001
}
