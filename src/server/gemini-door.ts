import { GatewayError } from '../core/errors.ts'
import type { WireFormat } from '../core/wire-format.ts'
import type { Door } from './chat.ts'

const METHODS: Readonly<Record<string, { readonly stream: boolean }>> = {
  generateContent: { stream: false },
  streamGenerateContent: { stream: true },
}

/**
 * Gemini's paths name the model and whether to stream: `MODEL:generateContent`, where the model may hold colons of its
 * own (`auto:cheap`). Without `alt=sse` a stream is a list of objects. `call` is what follows `/models/`.
 * https://ai.google.dev/api/generate-content
 */
export function geminiDoor(call: string, query: URLSearchParams, format: WireFormat): Door {
  const decoded = decode(call)
  const colon = decoded.lastIndexOf(':')
  const method = METHODS[decoded.slice(colon + 1)]
  const model = decoded.slice(0, Math.max(0, colon))
  if (method === undefined || model === '') {
    throw new GatewayError(
      'route_not_found',
      `There is no method "${decoded.slice(colon + 1).slice(0, 60)}" of a model. Served: MODEL:generateContent, MODEL:streamGenerateContent.`,
    )
  }
  return {
    format,
    endpoint: 'generate_content',
    said: { model, stream: method.stream },
    framing: method.stream && query.get('alt') !== 'sse' ? 'json-array' : 'sse',
    key: query.get('key') ?? undefined,
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not encoded after all: a name with a percent sign.
    return text
  }
}
