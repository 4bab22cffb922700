import type { JsonValue } from '../../core/json.ts'

/**
 * A call's input as its arguments' text. An empty one may be that of a call which the limit of tokens cut before its first
 * argument, so it is said as none; core/tidy-parts.ts knows whether that means `{}`.
 */
export function inputText(input: JsonValue | undefined): string {
  const text = JSON.stringify(input ?? {})
  return text === '{}' ? '' : text
}
