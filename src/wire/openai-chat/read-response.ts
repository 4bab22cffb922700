import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart, TokenLogprob, Usage } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { readLogprobs } from '../shared/logprobs.ts'
import { objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import { wholeCalls } from './read-calls.ts'
import { readAnnotations, readCallEntries, readSaid, readSources } from './read-message.ts'
import { createCallTracker } from './track-calls.ts'
import { readUsage } from './usage.ts'

/** A whole chat completion as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  refuseError(body)
  if (!Array.isArray(body['choices'])) throw noCompletion()
  const parts: StreamPart[] = [startPart(body)]
  // Of several answers to one call (`n`) parts can carry one.
  const choice = objectsOf(body['choices'])[0]
  const message = choice?.['message']
  if (isJsonObject(message)) {
    // Sources belong to the text, which is said before the calls.
    parts.push(...readSaid(message, choice?.['logprobs']), ...readAnnotations(message), ...readSources(body, new Set()))
    parts.push(...wholeCalls(readCallEntries(message)))
  }
  parts.push(...endParts(choice), ...usageParts(body))
  return parts
}

/**
 * The same answer without its parts. Nearly every answer is one choice with a text or calls, which shows at a look;
 * any other is read as a whole.
 */
export function summarizeResponse(body: JsonObject): AnswerSummary {
  const choices = body['choices']
  const choice = Array.isArray(choices) && choices.length === 1 ? choices[0] : undefined
  const message = isJsonObject(choice) ? choice['message'] : undefined
  const hasError = (body['error'] ?? null) !== null || (isJsonObject(choice) && (choice['error'] ?? null) !== null)
  if (isJsonObject(choice) && isJsonObject(message) && !hasError && hasPlainContent(message)) {
    return { hasContent: true, finishReason: finishOf(choice)?.finishReason, usage: usageOf(body) }
  }
  const parts = readResponse(body)
  const finishReason = parts.findLast((part) => part.type === 'response-end')?.finishReason
  return { hasContent: parts.some(isContentPart), finishReason, usage: usageOf(body) }
}

function hasPlainContent(message: JsonObject): boolean {
  const content = message['content']
  return typeof content === 'string' && content !== ''
}

/** Reads `chat.completion.chunk` events, one at a time. */
export function createReader(): StreamReader {
  const calls = createCallTracker()
  const sources = new Set<string>()
  // Of several answers to one call (`n`) parts can carry one: that which spoke first.
  let own: JsonValue | undefined
  let hasOwnEnd = false
  // Tokens of a character that is not whole yet, and so of no text.
  let untold: readonly TokenLogprob[] = []
  // The text of the open block of reasoning.
  let thought = ''

  /**
   * Our own streams say the text of signed blocks once in pieces and once with their signatures (write-stream.ts). Of
   * several blocks in a row the first then has all the text: where one ended was not known when it was passed on.
   */
  function withoutEcho(said: readonly StreamPart[]): StreamPart[] {
    const texts = said.flatMap((part) => (part.type === 'reasoning-delta' ? [part.text] : []))
    const isEcho = thought !== '' && texts.join('') === thought && said.some(({ type }) => type === 'reasoning-end')
    const kept = isEcho ? said.filter(({ type }) => type !== 'reasoning-delta') : said
    for (const part of kept) {
      if (part.type === 'reasoning-end') thought = ''
      else if (part.type === 'reasoning-delta') thought += part.text
    }
    return [...kept]
  }

  function withUntold(said: readonly StreamPart[], delta: JsonObject, logprobs: JsonValue | undefined): StreamPart[] {
    const at = said.findIndex(({ type }) => type === 'text-delta')
    const part = said[at]
    if (part?.type === 'text-delta') {
      const tokens = [...untold, ...(part.logprobs ?? [])]
      untold = []
      return tokens.length === 0 ? [...said] : said.with(at, { ...part, logprobs: tokens })
    }
    if (said.length === 0 && delta['content'] === '')
      untold = [...untold, ...(readLogprobs(objectOf(logprobs)['content']) ?? [])]
    return [...said]
  }

  function readDelta(choice: JsonObject): StreamPart[] {
    const delta = choice['delta']
    if (!isJsonObject(delta) || (own !== undefined && choice['index'] !== own)) return []
    const { logprobs } = choice
    const said = withUntold(withoutEcho(readSaid(delta, logprobs)), delta, logprobs)
    // A call that was only named so far was said before these words.
    const parts = [...(said.length > 0 ? [...calls.flush(), ...said] : []), ...readAnnotations(delta)]
    const entries = readCallEntries(delta)
    for (const entry of entries) parts.push(...calls.take(entry))
    if (said.length > 0 || entries.length > 0) own = choice['index']
    return parts
  }

  /** Servers have put the finish under another index than the words: any counts until the answer's own has come. */
  function readEnds(choices: readonly JsonObject[]): StreamPart[] {
    const ends = choices.filter((choice) => !hasOwnEnd || choice['index'] === own).flatMap(endParts)
    hasOwnEnd ||= choices.some((choice) => choice['index'] === own && finishOf(choice) !== undefined)
    return ends
  }

  return {
    push(event) {
      if (event.data === '[DONE]') return []
      const body = parseEvent(event.data)
      refuseError(body, event.event)
      if (!Array.isArray(body['choices']) && !isAside(body)) throw noCompletion()
      const choices = objectsOf(body['choices'])
      const parts: StreamPart[] = [startPart(body), ...choices.flatMap(readDelta)]
      const ends = readEnds(choices)
      if (ends.length > 0) parts.push(...calls.flush())
      return [...parts, ...readSources(body, sources), ...ends, ...usageParts(body)]
    },
    end: () => calls.flush(),
  }
}

const TELLING = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"/

/** Usage and finish reason of one `chat.completion.chunk`, read only where there is one of them. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!TELLING.test(data)) return undefined
  try {
    const body = parseEvent(data)
    const ends = objectsOf(body['choices']).map((choice) => finishOf(choice)?.finishReason)
    return { usage: usageOf(body), finishReason: ends.findLast((reason) => reason !== undefined) }
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

/** An error object, as it is (Mistral and older vLLM say `object: error`), in a member, or in the choice that it ended (OpenRouter). */
function refuseError(body: JsonObject, event?: string): void {
  const { error, choices } = body
  if (error !== undefined && error !== null) throw readErrorBody(undefined, {}, body)
  if (!Array.isArray(choices)) {
    if (body['object'] === 'error' || event === 'error') throw readErrorBody(undefined, {}, body)
    return
  }
  for (const choice of choices) {
    const own = isJsonObject(choice) ? (choice['error'] ?? null) : null
    if (own !== null) throw readErrorBody(undefined, {}, { error: own })
  }
}

function noCompletion(): GatewayError {
  return new GatewayError('upstream_malformed', 'The model answered with something that is no chat completion.')
}

/** Azure's verdicts of its content filter and usage alone come without choices at some servers. */
function isAside(body: JsonObject): boolean {
  return body['object'] === 'chat.completion.chunk' || isJsonObject(body['usage']) || 'prompt_filter_results' in body
}

function startPart(body: JsonObject): StreamPart {
  return { type: 'response-start', id: textOf(body['id']) ?? '', model: textOf(body['model']) ?? '' }
}

function endParts(choice: JsonObject | undefined): StreamPart[] {
  const finish = choice === undefined ? undefined : finishOf(choice)
  return finish === undefined ? [] : [{ type: 'response-end', ...finish }]
}

function usageParts(body: JsonObject): StreamPart[] {
  const usage = usageOf(body)
  return usage === undefined ? [] : [{ type: 'usage', usage }]
}

/** Groq puts usage into a member of its own at the end of a stream. https://console.groq.com/docs/api-reference */
function usageOf(body: JsonObject): Usage | undefined {
  const groq = body['x_groq']
  const usage = body['usage'] ?? (isJsonObject(groq) ? groq['usage'] : undefined)
  return isJsonObject(usage) ? readUsage(usage, body) : undefined
}

const FINISH_REASONS = table<FinishReason>({
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  length: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
  // DeepSeek. https://api-docs.deepseek.com/api/create-chat-completion
  insufficient_system_resource: 'error',
})

function finishOf(choice: JsonObject): { finishReason: FinishReason; raw: string } | undefined {
  const raw: JsonValue | undefined = choice['finish_reason']
  if (typeof raw !== 'string' || raw === '') return undefined
  const known = Object.hasOwn(FINISH_REASONS, raw) ? FINISH_REASONS[raw] : undefined
  return { finishReason: known ?? 'other', raw }
}
