import type { WireFormatId } from '../core/request.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { bedrockConverse } from './bedrock-converse/index.ts'
import { cohereChat } from './cohere-chat/index.ts'
import { geminiGenerate } from './gemini-generate/index.ts'
import { ollamaChat } from './ollama-chat/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

/** Every format the gateway speaks. */
export const wireFormats: ReadonlyMap<WireFormatId, WireFormat> = new Map([
  [openaiChat.id, openaiChat],
  [cohereChat.id, cohereChat],
  [ollamaChat.id, ollamaChat],
  [bedrockConverse.id, bedrockConverse],
  [anthropicMessages.id, anthropicMessages],
  [openaiResponses.id, openaiResponses],
  [geminiGenerate.id, geminiGenerate],
])
