import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseExact } from '../../core/lossless-json.ts'

/**
 * Arguments as an object, for formats that carry no text. No arguments are `{}`; what is no JSON object is kept as
 * `{rawInvalidInput}`: dropping the call would orphan its result (design/tool-calling.md §1.3). `lose` hears of that.
 */
export function objectArguments(argumentsText: string, lose?: (reason: string) => void): JsonObject {
  if (argumentsText.trim() === '') return {}
  try {
    const value: unknown = parseExact(argumentsText)
    // A number that is kept as it was written is an object too.
    if (isJsonObject(value) && argumentsText.trimStart().startsWith('{')) return value
  } catch {
    // Kept as text below.
  }
  lose?.('it is no JSON object; it was sent as the text of a member rawInvalidInput')
  return { rawInvalidInput: argumentsText }
}
