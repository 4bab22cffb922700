import type { Answer, Choice } from '../answer.ts'
import type { SimulatedCall, Stamp } from '../format.ts'

export const SYSTEM_FINGERPRINT = 'fp_simulated'

const FINISH_REASONS = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls' } as const

/** A whole `chat.completion`. */
export function writeAnswer(call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  return JSON.stringify({
    id: `chatcmpl-${stamp.id}`,
    object: 'chat.completion',
    created: stamp.createdSeconds,
    model: call.model,
    choices: answer.choices.map((choice, index) => ({
      index,
      message: writeMessage(choice),
      logprobs: null,
      finish_reason: writeFinish(choice),
    })),
    usage: writeUsage(answer),
    service_tier: 'default',
    system_fingerprint: SYSTEM_FINGERPRINT,
  })
}

/** OpenAI's word for why a choice ended. */
export function writeFinish(choice: Choice): string {
  return FINISH_REASONS[choice.finish]
}

/** The bill of a whole answer. */
export function writeUsage(answer: Answer): unknown {
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.completionTokens,
    total_tokens: answer.promptTokens + answer.completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answer.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function writeMessage(choice: Choice): unknown {
  if (choice.calls.length === 0) {
    return { role: 'assistant', content: [...choice.text].join(''), refusal: null, annotations: [] }
  }
  const calls = choice.calls.map(({ id, name, argumentTokens }) => ({
    id,
    type: 'function',
    function: { name, arguments: argumentTokens.join('') },
  }))
  return { role: 'assistant', content: null, tool_calls: calls, refusal: null, annotations: [] }
}
