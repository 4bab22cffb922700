import type { Signals } from '../core/router.ts'
import type { Modality, Target } from '../core/target.ts'
import type { Limit } from './limits.ts'

// A model whose window nobody wrote down holds a short conversation; all current ones do.
const CERTAIN_WINDOW = 4_096

/**
 * What the request itself asks of a model: abilities, and room for the prompt and the answer. `speaks`: it takes the
 * client's own format, the only one in which several answers at once are served.
 */
export function needsOf(signals: Signals, speaks: (target: Target) => boolean): Limit[] {
  const needs: Limit[] = []
  if (signals.toolCount > 0) needs.push(ability('tools', (target) => target.facts.tools))
  if (signals.hasImages) needs.push(reads('images', 'image'))
  if (signals.hasAudio) needs.push(reads('audio', 'audio'))
  if (signals.hasFiles) needs.push(reads('files', 'pdf'))
  if (signals.wantsJson) {
    // Nearly every server has a JSON mode and few catalogues say so: only a known lack counts.
    needs.push(ability('structured_output', (target) => target.facts.structured_output ?? true))
  }
  if (signals.choices > 1) needs.push(ability('choices', speaks, 'call'))
  const answer = signals.maxOutputTokens ?? 0
  needs.push(
    atLeast('context_window', signals.promptTokens + answer, (target) => target.facts.context_tokens ?? CERTAIN_WINDOW),
  )
  if (answer > 0) {
    needs.push(
      atLeast('max_output_tokens', answer, (target) => target.facts.max_output_tokens ?? Number.MAX_SAFE_INTEGER),
    )
  }
  return needs
}

function ability(name: string, has: (target: Target) => boolean | undefined, reads: 'facts' | 'call' = 'facts'): Limit {
  return {
    name,
    kind: 'need',
    required: true,
    reads,
    actual: has,
    admits: (actual) => actual === true,
  }
}

function reads(name: string, modality: Modality): Limit {
  return ability(name, (target) => target.facts.modalities_in?.includes(modality))
}

function atLeast(name: string, required: number, figure: (target: Target) => number): Limit {
  return {
    name,
    kind: 'need',
    required,
    reads: 'facts',
    actual: figure,
    admits: (actual) => typeof actual === 'number' && actual >= required,
  }
}
