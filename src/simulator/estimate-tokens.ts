import type { JsonValue } from '../core/json.ts'

const CHARACTERS_PER_TOKEN = 4
const TOKENS_PER_OBJECT = 2
const TOKENS_PER_MEDIUM = 85
/** A string longer than this without a space is data of an image or a file, not words. */
const MIN_MEDIUM_LENGTH = 512

/** An estimate from lengths, so that the same prompt always has the same price. */
export function estimateTokens(...values: readonly (JsonValue | undefined)[]): number {
  return values.reduce<number>((sum, value) => sum + tokensOf(value), 0)
}

function tokensOf(value: JsonValue | undefined): number {
  if (typeof value === 'string') {
    const isMedium = value.length > MIN_MEDIUM_LENGTH && !value.includes(' ')
    return isMedium ? TOKENS_PER_MEDIUM : Math.ceil(value.length / CHARACTERS_PER_TOKEN)
  }
  if (typeof value !== 'object' || value === null) return 0
  const tokens = Object.values(value).reduce<number>((sum, member) => sum + tokensOf(member), 0)
  return tokens + (Array.isArray(value) ? 0 : TOKENS_PER_OBJECT)
}
