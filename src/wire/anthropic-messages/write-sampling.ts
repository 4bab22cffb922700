import type { Sampling } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import type { ModelRules } from './model-rules.ts'

export type Tuned = Pick<Sampling, 'temperature' | 'topP' | 'topK'>

/** While a model thinks, `top_p` may be from here to 1. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const LEAST_TOP_P_OF_THOUGHT = 0.95

/** How a Claude may be told to sample, wherever it runs. 1 is the default of both scales, so leaving it out is no loss. */
export function tunedFor(asked: Tuned, rules: ModelRules, isThinking: boolean, losses: Losses): Tuned {
  const { temperature, topP, topK } = asked
  if (!rules.takesSampling) return refused(asked, 'this model does not take it', losses)
  if (isThinking) {
    const isTaken = topP !== undefined && topP >= LEAST_TOP_P_OF_THOUGHT && topP <= 1
    const rest = refused(
      { ...asked, topP: isTaken ? undefined : topP },
      'it cannot be chosen while the model thinks',
      losses,
    )
    return { ...rest, topP: isTaken && topP < 1 ? topP : undefined }
  }
  return {
    temperature: temperature === undefined ? undefined : clampedTemperature(temperature, losses),
    topP: temperature === undefined || rules.takesBothSamplings ? topP : withoutTopP(topP, losses),
    topK,
  }
}

/** OpenAI's scale ends at 2. */
function clampedTemperature(temperature: number, losses: Losses): number {
  if (temperature > 1) losses.lose('temperature', 'the scale ends at 1; 1 was sent')
  return Math.min(1, temperature)
}

function withoutTopP(topP: number | undefined, losses: Losses): undefined {
  if (topP !== undefined && topP !== 1) losses.lose('top_p', 'this model takes either temperature or top_p')
}

function refused({ temperature, topP, topK }: Tuned, reason: string, losses: Losses): Tuned {
  if (temperature !== undefined && temperature !== 1) losses.lose('temperature', reason)
  if (topP !== undefined && topP !== 1) losses.lose('top_p', reason)
  if (topK !== undefined) losses.lose('top_k', reason)
  return { temperature: undefined, topP: undefined, topK: undefined }
}
