import type { JsonValue } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import { isSaid } from './adjust.ts'

/** What models fix that think. */
export const FIXED = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'logit_bias',
]

export const NOT_WHILE_THINKING = 'models that think do not take it'

const DEFAULTS = table<number>({
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
})

/** True for a value that is not what a model samples by anyway. */
export function isChosen(name: string, value: JsonValue | undefined): boolean {
  return isSaid(value) && value !== DEFAULTS[name] && value !== false
}
