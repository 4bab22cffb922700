import type { Signals } from '../../src/core/router.ts'
import type { Facts, Target } from '../../src/core/target.ts'

// Without the test runner, because a worker and a benchmark use it too.

/** A target as routers see it. */
export function target(id: string, facts: Facts = {}, catalogId: string | undefined = id): Target {
  const [provider = '', ...rest] = id.split('/')
  return { id, provider, model: rest.join('/'), format: 'openai-chat', baseUrl: 'http://localhost', catalogId, facts }
}

/** The signals of a one-turn prompt. */
export function signals(routingText: string): Signals {
  return {
    promptTokens: Math.ceil(routingText.length / 4),
    lastTurnTokens: Math.ceil(routingText.length / 4),
    turns: 1,
    phase: 'first-turn',
    toolCount: 0,
    isToolForced: false,
    hasImages: false,
    hasAudio: false,
    hasFiles: false,
    wantsJson: false,
    choices: 1,
    maxOutputTokens: undefined,
    routingText,
    truncated: false,
  }
}
