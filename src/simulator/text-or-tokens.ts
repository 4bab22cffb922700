import type { JsonValue } from '../core/json.ts'
import { listOf } from './read-json.ts'

/** A text, or the tokens of one. */
export type TextOrTokens = string | readonly number[]

const CHARACTERS_PER_TOKEN = 4

/** OpenAI's four ways to write what is embedded or completed, as a list; `undefined` for anything else, and for none. */
export function readTextsOrTokens(value: JsonValue | undefined): readonly TextOrTokens[] | undefined {
  if (typeof value === 'string') return [value]
  const list = listOf(value)
  if (list.length === 0) return undefined
  if (isTokens(list)) return [list]
  const texts = list.filter((one) => typeof one === 'string')
  if (texts.length === list.length) return texts
  const tokens = list.map(listOf).filter(isTokens)
  return tokens.length === list.length ? tokens : undefined
}

/** Tokens as they were sent, or an estimate from the length of a text. */
export function countTokens(content: TextOrTokens): number {
  return typeof content === 'string' ? Math.ceil(content.length / CHARACTERS_PER_TOKEN) : content.length
}

function isTokens(list: readonly JsonValue[]): list is readonly number[] {
  return list.length > 0 && list.every((one) => typeof one === 'number' && Number.isInteger(one) && one >= 0)
}
