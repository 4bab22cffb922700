import type { Answer, Choice } from '../answer.ts'
import { argumentsOf } from '../answer.ts'
import type { SimulatedCall, Stamp } from '../format.ts'
import { seal } from '../signature.ts'

/** A whole `message`. https://docs.claude.com/en/api/messages */
export function writeAnswer(call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  const [choice] = answer.choices
  return JSON.stringify({
    ...writeHead(call, stamp),
    content: choice === undefined ? [] : writeContent(choice),
    ...writeEnd(choice),
    usage: writeUsage(answer, answer.completionTokens),
  })
}

/** What a message is before it has content. */
export function writeHead(call: SimulatedCall, stamp: Stamp) {
  return { model: call.model, id: `msg_${stamp.id}`, type: 'message', role: 'assistant' }
}

/** Why it ended, and at which stop sequence. */
export function writeEnd(choice: Choice | undefined) {
  const sequence = choice?.stoppedBy ?? null
  const reason = { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use' }[choice?.finish ?? 'stop']
  return { stop_reason: sequence === null ? reason : 'stop_sequence', stop_sequence: sequence }
}

/** The bill with that many tokens of output; reasoning is among them. */
export function writeUsage(answer: Answer, outputTokens: number) {
  return {
    input_tokens: answer.promptTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

function writeContent({ reasoning, text, calls }: Choice): readonly unknown[] {
  const thought = reasoning.join('')
  const said = [...text].join('')
  return [
    ...(thought === '' ? [] : [{ type: 'thinking', thinking: thought, signature: seal('claude', thought) }]),
    ...(said === '' ? [] : [{ type: 'text', text: said }]),
    ...calls.map((made) => ({ type: 'tool_use', id: made.id, name: made.name, input: argumentsOf(made) })),
  ]
}
