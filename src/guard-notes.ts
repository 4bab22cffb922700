import { GatewayError } from './core/errors.ts'
import type { GuardNote } from './core/guard.ts'
import { isJsonObject } from './core/json.ts'
import type { ChatRequest } from './core/request.ts'
import type { Routed } from './decide.ts'

/** A decision that says what the guards of its call did; as it was where they did nothing. */
export function withGuardNotes(routed: Routed, guards: readonly GuardNote[]): Routed {
  const { decision } = routed
  return decision === undefined || guards.length === 0 ? routed : { ...routed, decision: { ...decision, guards } }
}

/** Throws where the parts of a stream are of several answers at once: guards read one text after the other. */
export function requireOneAnswer({ sampling, native }: ChatRequest): void {
  const { prompt, generationConfig: config } = native.body
  const candidates = isJsonObject(config) ? config['candidateCount'] : undefined
  const isSeveral = (sampling.choices ?? 1) > 1 || (Array.isArray(prompt) && prompt.length > 1)
  if (!isSeveral && (typeof candidates !== 'number' || candidates < 2)) return
  throw new GatewayError(
    'invalid_request',
    'The answers of this key are guarded: a stream has one answer. Ask for one, or for whole answers without "stream".',
    { param: Array.isArray(prompt) ? 'prompt' : 'n' },
  )
}
