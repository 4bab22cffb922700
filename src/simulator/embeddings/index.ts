import type { SimulatedFormat } from '../format.ts'
import { cohereEmbeddings } from './cohere.ts'
import { geminiEmbeddings } from './gemini.ts'
import { ollamaEmbeddings } from './ollama.ts'
import { compatibleEmbeddings, openaiEmbeddings } from './openai.ts'

/** Embeddings in each provider's format: all of the same vectors. */
export function embeddingsFormats(): readonly SimulatedFormat[] {
  return [openaiEmbeddings, compatibleEmbeddings, geminiEmbeddings, cohereEmbeddings, ollamaEmbeddings]
}
