import type { Answer, Choice } from '../answer.ts'
import type { SimulatedCall, Stamp } from '../format.ts'
import { listOf, memberOf } from '../read-json.ts'
import type { Seal } from '../signature.ts'
import { seal } from '../signature.ts'
import type { ResponsesCall } from './read-call.ts'

export type Item = { readonly id: string; readonly type: string; readonly [member: string]: unknown }

/** The request that a call came from, as the answer repeats it. */
export function requestOf(call: SimulatedCall): ResponsesCall['request'] {
  return 'request' in call ? (call as ResponsesCall).request : {}
}

function sealOf(call: SimulatedCall): Seal {
  return 'seal' in call ? (call as ResponsesCall).seal : 'openai'
}

/** What an answer consists of, in order: reasoning, a message, calls. The last item of a cut answer is incomplete. */
export function writeItems(call: SimulatedCall, choice: Choice, stamp: Stamp): Item[] {
  const text = [...choice.text].join('')
  const items: Item[] = [
    ...(choice.reasoning.length === 0 ? [] : [writeReasoning(call, choice, stamp)]),
    ...(text === '' ? [] : [writeMessage(itemId('msg', stamp, 0, choice), text, 'completed')]),
    ...choice.calls.map((made, index) => ({
      id: itemId('fc', stamp, index, choice),
      type: 'function_call',
      status: 'completed',
      arguments: made.argumentTokens.join(''),
      call_id: made.id,
      name: made.name,
    })),
  ]
  const last = items.pop()
  if (last === undefined) return items
  const isCut = choice.finish === 'length' && last.type !== 'reasoning'
  return [...items, isCut ? { ...last, status: 'incomplete' } : last]
}

/** Ids say where an item came from, and whether reasoning came with it: `fc_<answer>_<index>` and `r`. */
export function itemId(prefix: 'msg' | 'fc', stamp: Stamp, index: number, choice: Choice): string {
  return `${prefix}_${stamp.id}_${index}${choice.reasoning.length > 0 ? 'r' : ''}`
}

/** A message with one part of text. */
export function writeMessage(id: string, text: string, status: string): Item {
  return { id, type: 'message', status, content: text === '' ? [] : [writePart(text)], role: 'assistant' }
}

export function writePart(text: string): object {
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

/** Reasoning with its summary, and sealed when the request asks for that. */
export function writeReasoning(call: SimulatedCall, choice: Choice, stamp: Stamp): Item {
  const thought = choice.reasoning.join('')
  const isSealed = listOf(requestOf(call)['include']).includes('reasoning.encrypted_content')
  return {
    id: `rs_${stamp.id}`,
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: thought }],
    ...(isSealed ? { encrypted_content: seal(sealOf(call), thought) } : {}),
  }
}

/** A `response`, as it stands with these items. https://platform.openai.com/docs/api-reference/responses/object */
export function writeResponse(
  call: SimulatedCall,
  stamp: Stamp,
  state: {
    readonly status: string
    readonly output: readonly Item[]
    readonly usage: object | null
    readonly error?: object
  },
): object {
  const request = requestOf(call)
  return {
    id: `resp_${stamp.id}`,
    object: 'response',
    created_at: stamp.createdSeconds,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: request['instructions'] ?? null,
    max_output_tokens: request['max_output_tokens'] ?? null,
    max_tool_calls: request['max_tool_calls'] ?? null,
    model: call.model,
    output: state.output,
    parallel_tool_calls: call.allowsParallelCalls,
    previous_response_id: null,
    reasoning: {
      effort: memberOf(request['reasoning'], 'effort') ?? null,
      summary: memberOf(request['reasoning'], 'summary') ?? null,
    },
    service_tier: 'default',
    store: request['store'] ?? true,
    temperature: request['temperature'] ?? 1,
    text: request['text'] ?? { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: request['tool_choice'] ?? 'auto',
    tools: request['tools'] ?? [],
    top_logprobs: 0,
    top_p: request['top_p'] ?? 1,
    truncation: request['truncation'] ?? 'disabled',
    usage: state.usage,
    user: request['user'] ?? null,
    metadata: request['metadata'] ?? {},
  }
}

/** The bill of a whole answer. */
export function writeUsage(answer: Answer): object {
  return {
    input_tokens: answer.promptTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: answer.completionTokens,
    output_tokens_details: { reasoning_tokens: answer.reasoningTokens },
    total_tokens: answer.promptTokens + answer.completionTokens,
  }
}
