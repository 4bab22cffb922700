import { GatewayError } from '../core/errors.ts'
import type { PathFacts, WireFormat } from '../core/wire-format.ts'
import type { Door } from './chat.ts'

const METHODS = ['generateContent', 'streamGenerateContent', 'countTokens'] as const

/** A call as Gemini's path says it. */
export type GeminiCall = {
  readonly said: PathFacts & { readonly model: string }
  readonly method: (typeof METHODS)[number]
  /** Google's clients may put their key into the query. */
  readonly key: string | undefined
  readonly isEvents: boolean
}

/**
 * Gemini's paths name the model and what is wanted of it: `MODEL:generateContent`, where the model may hold colons of its
 * own (`auto:cheap`). Throws `route_not_found`. https://ai.google.dev/api/generate-content
 */
export function readGeminiCall(path: string, query: URLSearchParams): GeminiCall {
  const decoded = geminiModel(path)
  const colon = decoded.lastIndexOf(':')
  const name = decoded.slice(colon + 1)
  const method = METHODS.find((one) => one === name)
  const model = decoded.slice(0, Math.max(0, colon))
  if (method === undefined || model === '') {
    throw new GatewayError(
      'route_not_found',
      `There is no method "${name.slice(0, 60)}" of a model. Served: ${METHODS.map((one) => `MODEL:${one}`).join(', ')}.`,
    )
  }
  return {
    said: { model, stream: method === 'streamGenerateContent' },
    method,
    key: query.get('key') ?? undefined,
    isEvents: query.get('alt') === 'sse',
  }
}

/** What follows `/v1beta/models/`, or `/v1beta/`, in a path, decoded. */
export function geminiModel(path: string): string {
  const text = path.replace(/^\/v1beta\/(?:models\/)?/, '')
  try {
    return decodeURIComponent(text)
  } catch {
    // Not encoded after all: a name with a percent sign.
    return text
  }
}

/** Without `alt=sse` a stream is a list of objects. */
export function geminiDoor({ said, key, isEvents }: GeminiCall, format: WireFormat): Door {
  const framing = said.stream === true && !isEvents ? 'json-array' : 'sse'
  return { format, endpoint: 'generate_content', said, framing, key }
}
