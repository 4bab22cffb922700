import type { WireFormatId } from '../../core/request.ts'
import { cohere } from './cohere.ts'
import type { EmbeddingsDialect } from './dialect.ts'
import { gemini } from './gemini.ts'
import { ollama } from './ollama.ts'

/**
 * How a provider of this format is asked: `openai` where it takes OpenAI's own body at `/embeddings`, `undefined` where it
 * has no embeddings that we know how to ask for.
 */
export function chooseDialect(format: WireFormatId, baseUrl: string): EmbeddingsDialect | 'openai' | undefined {
  switch (format) {
    case 'openai-chat':
    case 'openai-responses':
    case 'openai-completions':
      return 'openai'
    case 'gemini-generate':
      // Vertex AI has the format and not the method.
      return /\baiplatform\.googleapis\.com\b/.test(baseUrl) ? undefined : gemini
    case 'cohere-chat':
      return cohere
    case 'ollama-chat':
      // Its compatible surface, where the address is that.
      return baseUrl.endsWith('/v1') ? 'openai' : ollama
    case 'anthropic-messages':
    case 'bedrock-converse':
      return undefined
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}
