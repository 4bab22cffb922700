import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import type { AnswerSummary } from '../../core/wire-format.ts'
import { inputText } from '../shared/input-text.ts'
import { objectOf, objectsOf, textOf } from '../shared/read-json.ts'
import { readError } from './errors.ts'
import { imageType } from './media.ts'
import { citedText, readReasoning } from './read-content.ts'
import { readStopReason } from './stop-reasons.ts'
import { readUsage } from './usage.ts'

/** A whole answer of `Converse` as parts. It has neither an id nor the model's name. */
export function readResponse(body: JsonObject): StreamPart[] {
  const output = body['output']
  const message = isJsonObject(output) ? output['message'] : undefined
  if (!isJsonObject(message)) {
    if (textOf(body['message']) !== undefined) throw readError(500, {}, JSON.stringify(body))
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no Converse answer.')
  }
  const parts: StreamPart[] = [{ type: 'response-start', id: '', model: '' }]
  for (const [index, block] of objectsOf(message['content']).entries()) readBlock(block, index, parts)
  const usage = body['usage']
  if (isJsonObject(usage)) parts.push({ type: 'usage', usage: readUsage(usage, body) })
  parts.push(...readEndOf(body))
  return parts
}

export function summarizeResponse(body: JsonObject): AnswerSummary {
  const parts = readResponse(body)
  const usage = body['usage']
  const end = parts.find((part) => part.type === 'response-end')
  return {
    hasContent: parts.some(isContentPart),
    finishReason: end?.finishReason,
    usage: isJsonObject(usage) ? readUsage(usage, body) : undefined,
  }
}

/** `stopReason` of a whole answer or of a `messageStop`, and the stop sequence where it was asked for. */
export function readEndOf(body: JsonObject): StreamPart[] {
  const raw = textOf(body['stopReason'])
  if (raw === undefined) return []
  const fields = objectOf(body['additionalModelResponseFields'])
  const stopSequence = textOf(objectOf(fields['delta'])['stop_sequence']) ?? textOf(fields['stop_sequence'])
  const said = stopSequence === undefined ? {} : { stopSequence }
  return [{ type: 'response-end', finishReason: readStopReason(raw), raw, ...said }]
}

function readBlock(block: JsonObject, index: number, parts: StreamPart[]): void {
  const { text, toolUse, reasoningContent, citationsContent, image } = block
  if (typeof text === 'string') {
    if (text !== '') parts.push({ type: 'text-delta', text })
  } else if (isJsonObject(toolUse)) {
    // A tool that Bedrock runs itself is no business of the client's.
    if (toolUse['type'] !== 'server_tool_use') readCall(toolUse, index, parts)
  } else if (isJsonObject(reasoningContent)) {
    const thought = readReasoning(reasoningContent)
    if (thought === undefined) return
    const { text: words, signature, redacted } = thought
    if (words !== '') parts.push({ type: 'reasoning-delta', text: words })
    parts.push({
      type: 'reasoning-end',
      ...(signature === undefined ? {} : { signature }),
      ...(redacted === undefined ? {} : { redacted }),
    })
  } else if (isJsonObject(citationsContent)) {
    parts.push({ type: 'text-delta', text: citedText(citationsContent) })
    for (const citation of objectsOf(citationsContent['citations'])) parts.push(...readCitation(citation))
  } else if (isJsonObject(image)) {
    const data = textOf(objectOf(image['source'])['bytes'])
    if (data !== undefined) parts.push({ type: 'media', mediaType: imageType(textOf(image['format']) ?? 'png'), data })
  }
}

function readCall(call: JsonObject, index: number, parts: StreamPart[]): void {
  parts.push({ type: 'tool-call-start', index, id: textOf(call['toolUseId']) ?? '', name: textOf(call['name']) ?? '' })
  const argumentsText = inputText(call['input'])
  if (argumentsText !== '') parts.push({ type: 'tool-call-delta', index, argumentsText })
  parts.push({ type: 'tool-call-end', index })
}

/** Only citations of pages have an address; those of documents have a place in them instead. */
export function readCitation(citation: JsonObject): StreamPart[] {
  const url = textOf(objectOf(objectOf(citation['location'])['web'])['url'])
  return url === undefined ? [] : [{ type: 'citation', url, title: textOf(citation['title']) }]
}
