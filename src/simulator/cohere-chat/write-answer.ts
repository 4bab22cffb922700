import type { Answer, Choice } from '../answer.ts'
import type { SimulatedCall, Stamp } from '../format.ts'

/** A whole answer. https://docs.cohere.com/reference/chat */
export function writeAnswer(_call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  const [choice] = answer.choices
  return JSON.stringify({
    id: stamp.id,
    message: choice === undefined ? { role: 'assistant' } : writeMessage(choice),
    ...writeEnd(answer),
  })
}

/** Why it ended, and the bill. */
export function writeEnd(answer: Answer): object {
  const [choice] = answer.choices
  const reason = { stop: 'COMPLETE', length: 'MAX_TOKENS', 'tool-calls': 'TOOL_CALL' }[choice?.finish ?? 'stop']
  const tokens = { input_tokens: answer.promptTokens, output_tokens: answer.completionTokens }
  return {
    finish_reason: choice?.stoppedBy === undefined ? reason : 'STOP_SEQUENCE',
    usage: { billed_units: tokens, tokens, cached_tokens: 0 },
  }
}

/** Before calls, reasoning is the plan; before words it is a thought. */
function writeMessage({ reasoning, text, calls }: Choice): object {
  const thought = reasoning.join('')
  if (calls.length > 0) {
    return {
      role: 'assistant',
      ...(thought === '' ? {} : { tool_plan: thought }),
      tool_calls: calls.map(({ id, name, argumentTokens }) => ({
        id,
        type: 'function',
        function: { name, arguments: argumentTokens.join('') },
      })),
    }
  }
  const said = [...text].join('')
  const content = [
    ...(thought === '' ? [] : [{ type: 'thinking', thinking: thought }]),
    ...(said === '' ? [] : [{ type: 'text', text: said }]),
  ]
  return { role: 'assistant', content }
}
