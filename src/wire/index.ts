import type { WireFormatId } from '../core/request.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { openaiChat } from './openai-chat/index.ts'

/** Every format the gateway speaks. */
export const wireFormats: ReadonlyMap<WireFormatId, WireFormat> = new Map([
  [openaiChat.id, openaiChat],
  [anthropicMessages.id, anthropicMessages],
])
