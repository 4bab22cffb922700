import type { Directives } from '../core/directives.ts'
import type { Policy } from '../core/policy.ts'
import type { Router, Signals } from '../core/router.ts'
import type { Facts, Target } from '../core/target.ts'
import type { RouteInput, RouteResult } from './route.ts'
import { route } from './route.ts'

export const TODAY = '2026-11-23'

/** A model with facts that pass everything, then the given ones. */
export function target(id: string, facts: Facts = {}): Target {
  return {
    id,
    provider: 'test',
    model: id,
    format: 'openai-chat',
    baseUrl: 'http://test.invalid',
    catalogId: undefined,
    facts: {
      price_in: 1,
      price_out: 4,
      context_tokens: 128_000,
      modalities_in: ['text'],
      tools: true,
      ttft_ms: 500,
      tokens_per_second: 100,
      ...facts,
    },
  }
}

/** A short first turn, then the given signals. */
export function signals(given: Partial<Signals> = {}): Signals {
  return {
    promptTokens: 100,
    lastTurnTokens: 80,
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
    routingText: 'hello',
    truncated: false,
    ...given,
  }
}

export type Foreseen = {
  readonly quality: number
  readonly uncertainty?: number
  readonly outputTokens?: number | undefined
}

/** A router that says what it is told to, by the model's id. */
export function tableRouter(table: Readonly<Record<string, Foreseen>>): Router {
  return {
    name: 'table@1',
    device: 'none',
    predict: ({ candidates }) => ({
      predictions: candidates.map(({ id }) => {
        const { quality = 0.5, uncertainty = 0, outputTokens = 100 } = table[id] ?? {}
        return { quality, uncertainty, outputTokens }
      }),
      truncated: false,
    }),
    close: async () => {},
  }
}

const policy: Policy = { name: 'test', description: 'for tests', directives: {}, fixedOrder: 'listed' }

/** Routes with everything but the candidates defaulted. */
export function decide(
  candidates: readonly Target[],
  directives: Directives = {},
  given: Partial<RouteInput> = {},
): Promise<RouteResult> {
  return route({
    id: 'rt_test',
    signals: signals(),
    candidates,
    directives,
    policy,
    router: tableRouter({}),
    deadlineMs: 30,
    live: () => undefined,
    clock: { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
    today: TODAY,
    log: () => {},
    ...given,
  })
}
