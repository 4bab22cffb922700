import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { TokenLogprob } from '../../core/stream-part.ts'
import { countOf, isList, objectsOf, textOf } from './read-json.ts'

// Log probabilities in OpenAI's shape, which Ollama took over: `{token, logprob, bytes, top_logprobs}`.
// https://platform.openai.com/docs/api-reference/chat/object#chat/object-choices-logprobs-content

export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  const tokens = objectsOf(value)
  if (tokens.length === 0) return undefined
  return tokens.map((token) => ({ ...readToken(token), top: objectsOf(token['top_logprobs']).map(readToken) }))
}

type Token = Omit<TokenLogprob, 'top'>

function readToken(given: JsonObject): Token {
  const token = textOf(given['token']) ?? ''
  const logprob = countOf(given['logprob']) ?? 0
  const bytes = isList(given['bytes']) ? given['bytes'].filter((byte) => typeof byte === 'number') : undefined
  const isOwn = bytes === undefined || String(bytes) === String(bytesOf(token))
  return isOwn ? { token, logprob } : { token, logprob, bytes }
}

export function writeLogprob({ top, ...token }: TokenLogprob): JsonObject {
  return { ...writeToken(token), top_logprobs: top.map(writeToken) }
}

function writeToken({ token, logprob, bytes = bytesOf(token) }: Token): JsonObject {
  return { token, logprob, bytes }
}

function bytesOf(text: string): number[] {
  return [...new TextEncoder().encode(text)]
}
