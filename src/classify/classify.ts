import type { ChatRequest } from '../core/request.ts'
import type { Signals } from '../core/router.ts'
import { routingText } from './routing-text.ts'
import { shapeOf } from './shape.ts'

/** Facts about a request, all that routing sees of it. Never fails; the time is bounded whatever the texts' length. */
export function classify(request: ChatRequest): Signals {
  const { text, truncated } = routingText(request.messages, request.tools)
  const { toolChoice } = request
  return {
    ...shapeOf(request),
    toolCount: request.tools.length,
    isToolForced: toolChoice === 'required' || typeof toolChoice === 'object',
    wantsJson: request.responseFormat === 'json-object' || request.responseFormat === 'json-schema',
    choices: request.sampling.choices ?? 1,
    maxOutputTokens: request.sampling.maxOutputTokens,
    routingText: text,
    truncated,
  }
}
