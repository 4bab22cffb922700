import type { JsonValue } from './json.ts'
import { isJsonObject } from './json.ts'
import { table } from './table.ts'

/** Values of OpenAI's parameters that ask for what happens anyway. */
const DEFAULTS = table<JsonValue>({
  temperature: 1,
  top_p: 1,
  n: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
  verbosity: 'medium',
  truncation: 'disabled',
})

/**
 * Whether a member of a Chat Completions or Responses body asks for nothing, so that nothing is lost without it: absent,
 * null or false, empty, or what is done when nobody asks.
 */
export function isIdleParameter(name: string, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === DEFAULTS[name]) return true
  if (name === 'service_tier') return value === 'auto' || value === 'default'
  if (Array.isArray(value)) return value.every((one) => name === 'modalities' && one === 'text')
  return isJsonObject(value) && Object.keys(value).length === 0
}
