import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart, Usage } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { readErrorBody } from './errors.ts'

/** A whole chat completion as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  return readObject(body, 'message')
}

/**
 * The same answer without its parts. Nearly every answer is one choice with a text or calls, which shows at a look;
 * any other is read as a whole.
 */
export function summarizeResponse(body: JsonObject): AnswerSummary {
  const choices = body['choices']
  const choice = Array.isArray(choices) && choices.length === 1 ? choices[0] : undefined
  const message = isJsonObject(choice) ? choice['message'] : undefined
  if (isJsonObject(choice) && isJsonObject(message) && (body['error'] ?? null) === null && hasPlainContent(message)) {
    const raw = choice['finish_reason']
    const usage = body['usage']
    return {
      hasContent: true,
      finishReason: typeof raw === 'string' && raw !== '' ? readFinishReason(raw) : undefined,
      usage: isJsonObject(usage) ? readUsage(usage) : undefined,
    }
  }
  const parts = readResponse(body)
  return { hasContent: parts.some(isContentPart), ...lastWords(parts) }
}

function hasPlainContent(message: JsonObject): boolean {
  const content = message['content']
  return typeof content === 'string' && content !== ''
}

/** Reads `chat.completion.chunk` events, one at a time. */
export function createReader(): StreamReader {
  return {
    push(event) {
      if (event.data === '[DONE]') return []
      return readObject(parseObject(event.data), 'delta')
    },
    end: () => [],
  }
}

const TELLING = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"/

/** Usage and finish reason of one `chat.completion.chunk`, read only where there is one of them. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!TELLING.test(data)) return undefined
  try {
    return lastWords(readObject(parseObject(data), 'delta'))
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

function lastWords(parts: readonly StreamPart[]): Pick<AnswerSummary, 'usage' | 'finishReason'> {
  const end = parts.findLast((part) => part.type === 'response-end')
  const usage = parts.findLast((part) => part.type === 'usage')
  return { finishReason: end?.finishReason, usage: usage?.usage }
}

function readObject(body: JsonObject, member: 'message' | 'delta'): StreamPart[] {
  const error = body['error']
  if (error !== undefined && error !== null) throw readErrorBody(undefined, {}, body)
  const choices = body['choices']
  if (!Array.isArray(choices)) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no chat completion.')
  }
  const parts: StreamPart[] = []
  const model = body['model']
  const id = body['id']
  parts.push({
    type: 'response-start',
    id: typeof id === 'string' ? id : '',
    model: typeof model === 'string' ? model : '',
  })
  for (const choice of choices) if (isJsonObject(choice)) readChoice(choice, member, parts)
  const usage = body['usage']
  if (isJsonObject(usage)) parts.push({ type: 'usage', usage: readUsage(usage) })
  return parts
}

function readChoice(choice: JsonObject, member: 'message' | 'delta', parts: StreamPart[]): void {
  const message = choice[member]
  if (isJsonObject(message)) readMessage(message, parts)
  const raw = choice['finish_reason']
  if (typeof raw === 'string' && raw !== '') {
    parts.push({ type: 'response-end', finishReason: readFinishReason(raw), raw })
  }
}

function readMessage(message: JsonObject, parts: StreamPart[]): void {
  // vLLM, DeepSeek, xAI and Moonshot say `reasoning_content`; Groq and OpenRouter say `reasoning`.
  const reasoning = message['reasoning_content'] ?? message['reasoning']
  if (typeof reasoning === 'string' && reasoning !== '') parts.push({ type: 'reasoning-delta', text: reasoning })
  for (const text of readTexts(message['content'])) parts.push({ type: 'text-delta', text })
  const refusal = message['refusal']
  if (typeof refusal === 'string' && refusal !== '') parts.push({ type: 'text-delta', text: refusal })
  if (isJsonObject(message['audio'])) parts.push({ type: 'text-delta', text: ' ' })
  const calls = message['tool_calls']
  if (Array.isArray(calls)) {
    calls.forEach((call: JsonValue, position) => {
      if (isJsonObject(call)) readToolCall(call, position, parts)
    })
  }
  const legacy = message['function_call']
  if (isJsonObject(legacy)) readFunction(legacy, 0, '', parts)
}

/** Content is a string, or a list of parts at Mistral (`text`, `thinking`). */
function readTexts(content: JsonValue | undefined): string[] {
  if (typeof content === 'string') return content === '' ? [] : [content]
  if (!Array.isArray(content)) return []
  return content.flatMap((part: JsonValue) => {
    if (!isJsonObject(part)) return []
    const text = part['text']
    if (typeof text === 'string') return text === '' ? [] : [text]
    return readTexts(part['thinking'])
  })
}

function readToolCall(call: JsonObject, position: number, parts: StreamPart[]): void {
  const index = typeof call['index'] === 'number' ? call['index'] : position
  const id = typeof call['id'] === 'string' ? call['id'] : ''
  const called = call['function'] ?? call['custom']
  if (isJsonObject(called)) readFunction(called, index, id, parts)
}

function readFunction(called: JsonObject, index: number, id: string, parts: StreamPart[]): void {
  const name = called['name']
  if (typeof name === 'string' && name !== '') parts.push({ type: 'tool-call-start', index, id, name })
  const text = called['arguments'] ?? called['input']
  if (typeof text === 'string' && text !== '') parts.push({ type: 'tool-call-delta', index, argumentsText: text })
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  length: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
  insufficient_system_resource: 'error',
}

function readFinishReason(raw: string): FinishReason {
  return (Object.hasOwn(FINISH_REASONS, raw) ? FINISH_REASONS[raw] : undefined) ?? 'other'
}

function readUsage(usage: JsonObject): Usage {
  const prompt = usage['prompt_tokens_details']
  const completion = usage['completion_tokens_details']
  return {
    inputTokens: count(usage['prompt_tokens']),
    // DeepSeek says prompt_cache_hit_tokens, Moonshot cached_tokens, both beside prompt_tokens.
    cachedInputTokens:
      (isJsonObject(prompt) ? count(prompt['cached_tokens']) : undefined) ??
      count(usage['prompt_cache_hit_tokens']) ??
      count(usage['cached_tokens']),
    cacheWriteTokens: undefined,
    outputTokens: count(usage['completion_tokens']),
    reasoningTokens: isJsonObject(completion) ? count(completion['reasoning_tokens']) : undefined,
  }
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function parseObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The model sent an event that is not JSON.', { cause })
  }
  if (!isJsonObject(value)) throw new GatewayError('upstream_malformed', 'The model sent an event that is no object.')
  return value
}
