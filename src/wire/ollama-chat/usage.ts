import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { NO_USAGE } from '../../core/stream-part.ts'
import { compact, countOf } from '../shared/read-json.ts'

/** The counts beside an answer; `undefined` when there are none. Older servers leave out a prompt they had kept. */
export function readUsage(body: JsonObject): Usage | undefined {
  const inputTokens = countOf(body['prompt_eval_count'])
  const outputTokens = countOf(body['eval_count'])
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return { ...NO_USAGE, inputTokens, outputTokens }
}

export function writeUsage(usage: Usage | undefined): JsonObject {
  return compact({ prompt_eval_count: usage?.inputTokens, eval_count: usage?.outputTokens })
}
