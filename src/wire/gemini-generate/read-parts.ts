import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart, TokenLogprob } from '../../core/stream-part.ts'
import { countOf, objectsOf, textOf } from '../shared/read-json.ts'
import { field } from './fields.ts'
import type { CallReader } from './read-calls.ts'
import { readSignature } from './signatures.ts'

/** Pushes what the parts of an answer's content amount to. */
export function readParts(content: JsonObject, calls: CallReader, parts: StreamPart[]): void {
  for (const part of objectsOf(content['parts'])) readPart(part, calls, parts)
}

function readPart(part: JsonObject, calls: CallReader, parts: StreamPart[]): void {
  const signature = readSignature(part)
  const call = field(part, 'functionCall')
  const blob = field(part, 'inlineData')
  const isThought = part['thought'] === true
  if (isJsonObject(call)) {
    parts.push(...calls.push(call, signature))
    return
  }
  if (isThought) {
    // A thought may be a picture: a draft, which belongs to no answer.
    const text = textOf(part['text']) ?? ''
    if (text !== '') parts.push({ type: 'reasoning-delta', text })
    if (signature !== undefined) parts.push({ type: 'reasoning-end', signature })
    return
  }
  const text = textOf(part['text']) ?? codeText(part)
  if (text !== '') parts.push({ type: 'text-delta', text })
  if (isJsonObject(blob)) {
    parts.push({ type: 'media', mediaType: textOf(field(blob, 'mimeType')) ?? '', data: textOf(blob['data']) ?? '' })
  }
  if (signature !== undefined) parts.push({ type: 'text-signature', signature })
}

/** Code that ran at Google, and what it printed, as the answer's text: a client must not take it for a call of its own. */
function codeText(part: JsonObject): string {
  const code = field(part, 'executableCode')
  if (isJsonObject(code)) {
    const language = (textOf(code['language']) ?? '').toLowerCase().replace('language_unspecified', '')
    return fenced(language, textOf(code['code']) ?? '')
  }
  const result = field(part, 'codeExecutionResult')
  return isJsonObject(result) ? fenced('', textOf(result['output']) ?? '') : ''
}

function fenced(language: string, text: string): string {
  return text === '' ? '' : `\n\`\`\`${language}\n${text.endsWith('\n') ? text : `${text}\n`}\`\`\`\n`
}

/** What the text of a candidate rests on, each source once: `seen` holds those said before. */
export function readCitations(candidate: JsonObject, seen: Set<string>, parts: StreamPart[]): void {
  const grounding = field(candidate, 'groundingMetadata')
  const chunks = isJsonObject(grounding) ? objectsOf(field(grounding, 'groundingChunks')) : []
  const metadata = field(candidate, 'citationMetadata')
  const citations = isJsonObject(metadata) ? objectsOf(metadata['citations'] ?? metadata['citationSources']) : []
  const sources = [
    ...chunks.flatMap((chunk) => [chunk['web'], field(chunk, 'retrievedContext'), chunk['image']]),
    ...citations,
  ]
  for (const source of sources) {
    if (!isJsonObject(source)) continue
    const url = textOf(source['uri'] ?? field(source, 'sourceUri'))
    if (url === undefined || seen.has(url)) continue
    seen.add(url)
    parts.push({ type: 'citation', url, title: textOf(source['title']) })
  }
}

/** `logprobsResult`: the tokens chosen, and beside each what else it might have been. */
export function readLogprobs(candidate: JsonObject): readonly TokenLogprob[] | undefined {
  const result = field(candidate, 'logprobsResult')
  if (!isJsonObject(result)) return undefined
  const chosen = objectsOf(field(result, 'chosenCandidates'))
  if (chosen.length === 0) return undefined
  const top = objectsOf(field(result, 'topCandidates'))
  return chosen.map((token, index) => ({ ...readToken(token), top: tokensOf(top[index]?.['candidates']) }))
}

function tokensOf(value: JsonValue | undefined): { readonly token: string; readonly logprob: number }[] {
  return objectsOf(value).map(readToken)
}

function readToken(token: JsonObject): { readonly token: string; readonly logprob: number } {
  return { token: textOf(token['token']) ?? '', logprob: countOf(field(token, 'logProbability')) ?? 0 }
}
