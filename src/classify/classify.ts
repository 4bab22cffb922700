import type { ChatRequest } from '../core/request.ts'
import type { Signals } from '../core/router.ts'
import { routingText } from './routing-text.ts'
import { shapeOf } from './shape.ts'

/** Facts about a request, all that routing sees of it. Never fails; the time is bounded whatever the texts' length. */
export function classify(request: ChatRequest): Signals {
  const { text, truncated } = routingText(request.messages, request.tools)
  return {
    ...shapeOf(request),
    toolCount: request.tools.length,
    isToolForced: isForced(request.toolChoice),
    wantsJson: request.responseFormat?.type === 'json-object' || request.responseFormat?.type === 'json-schema',
    choices: request.sampling.choices ?? 1,
    maxOutputTokens: request.sampling.maxOutputTokens,
    routingText: text,
    truncated,
  }
}

function isForced(choice: ChatRequest['toolChoice']): boolean {
  if (typeof choice !== 'object') return choice === 'required'
  return 'name' in choice || choice.mode === 'required'
}
