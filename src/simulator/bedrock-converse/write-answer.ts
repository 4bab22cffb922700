import type { Answer, Choice } from '../answer.ts'
import { argumentsOf } from '../answer.ts'
import type { SimulatedCall } from '../format.ts'
import { seal } from '../signature.ts'

const METRICS = { latencyMs: 1 }

/** A whole answer. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
export function writeAnswer(_call: SimulatedCall, answer: Answer): string {
  const [choice] = answer.choices
  return JSON.stringify({
    metrics: METRICS,
    output: { message: { content: choice === undefined ? [] : writeContent(choice), role: 'assistant' } },
    stopReason: writeStopReason(choice),
    usage: writeUsage(answer),
  })
}

export function writeStopReason(choice: Choice | undefined): string {
  if (choice?.stoppedBy !== undefined) return 'stop_sequence'
  return { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use' }[choice?.finish ?? 'stop']
}

/** The bill, with how long it took, as the stream's last event has them. */
export function writeMetadata(answer: Answer): object {
  return { usage: writeUsage(answer), metrics: METRICS }
}

function writeUsage(answer: Answer): object {
  return {
    inputTokens: answer.promptTokens,
    outputTokens: answer.completionTokens,
    totalTokens: answer.promptTokens + answer.completionTokens,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
  }
}

function writeContent({ reasoning, text, calls }: Choice): readonly object[] {
  const thought = reasoning.join('')
  const said = [...text].join('')
  const reasoningText = { text: thought, signature: seal('claude', thought) }
  return [
    ...(thought === '' ? [] : [{ reasoningContent: { reasoningText } }]),
    ...(said === '' ? [] : [{ text: said }]),
    ...calls.map((made) => ({ toolUse: { toolUseId: made.id, name: made.name, input: argumentsOf(made) } })),
  ]
}
