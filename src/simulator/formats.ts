import { anthropicMessagesFormats } from './anthropic-messages/index.ts'
import type { SimulatedFormat } from './format.ts'
import { openaiChatFormat } from './openai-chat/index.ts'

/** The wire formats the simulator speaks. */
export const FORMATS: readonly SimulatedFormat[] = [openaiChatFormat(), ...anthropicMessagesFormats()]
