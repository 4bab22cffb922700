import { anthropicMessagesFormats } from './anthropic-messages/index.ts'
import type { SimulatedFormat } from './format.ts'
import { geminiGenerateFormats } from './gemini-generate/index.ts'
import { openaiChatFormat } from './openai-chat/index.ts'
import { openaiResponsesFormat } from './openai-responses/index.ts'

/** The wire formats the simulator speaks. The first answers for paths that are none's. */
export const FORMATS: readonly SimulatedFormat[] = [
  openaiChatFormat(),
  ...anthropicMessagesFormats(),
  ...geminiGenerateFormats(),
  openaiResponsesFormat(),
]
