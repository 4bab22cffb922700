import type { WireFormatId } from '../core/request.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

/** Every format the gateway speaks. */
export const wireFormats: ReadonlyMap<WireFormatId, WireFormat> = new Map([
  [openaiChat.id, openaiChat],
  [openaiResponses.id, openaiResponses],
])
