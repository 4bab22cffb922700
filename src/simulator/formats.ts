import { anthropicMessagesFormats } from './anthropic-messages/index.ts'
import { bedrockConverseFormat } from './bedrock-converse/index.ts'
import { cohereChatFormat } from './cohere-chat/index.ts'
import { embeddingsFormats } from './embeddings/index.ts'
import type { SimulatedFormat } from './format.ts'
import { geminiGenerateFormats } from './gemini-generate/index.ts'
import { ollamaChatFormat } from './ollama-chat/index.ts'
import { openaiChatFormat } from './openai-chat/index.ts'
import { openaiCompletionsFormats } from './openai-completions/index.ts'
import { openaiDialectFormats } from './openai-dialects/index.ts'
import { openaiResponsesFormat } from './openai-responses/index.ts'

/** The wire formats the simulator speaks. The first answers for paths that are none's. */
export const FORMATS: readonly SimulatedFormat[] = [
  openaiChatFormat(),
  ...openaiDialectFormats(),
  openaiResponsesFormat(),
  ...anthropicMessagesFormats(),
  ...geminiGenerateFormats(),
  bedrockConverseFormat(),
  cohereChatFormat(),
  ollamaChatFormat(),
  ...openaiCompletionsFormats(),
  ...embeddingsFormats(),
]
