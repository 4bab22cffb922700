import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { TokenLogprob } from '../../core/stream-part.ts'
import { countOf, objectsOf, textOf } from './read-json.ts'

// Log probabilities in OpenAI's shape, which Ollama took over: `{token, logprob, bytes, top_logprobs}`.
// https://platform.openai.com/docs/api-reference/chat/object#chat/object-choices-logprobs-content

export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  const tokens = objectsOf(value)
  if (tokens.length === 0) return undefined
  return tokens.map((token) => ({ ...readToken(token), top: objectsOf(token['top_logprobs']).map(readToken) }))
}

function readToken(token: JsonObject): { readonly token: string; readonly logprob: number } {
  return { token: textOf(token['token']) ?? '', logprob: countOf(token['logprob']) ?? 0 }
}

export function writeLogprob({ token, logprob, top }: TokenLogprob): JsonObject {
  const bytes = (text: string): number[] => [...new TextEncoder().encode(text)]
  return {
    token,
    logprob,
    bytes: bytes(token),
    top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: bytes(other.token) })),
  }
}
