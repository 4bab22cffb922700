import type { WireFormatId } from './request.ts'

/** Where calls of each client format arrive, by which policies are matched. All of Gemini's are one. */
export const CALL_PATHS: Readonly<Partial<Record<WireFormatId, string>>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'openai-completions': '/v1/completions',
  'anthropic-messages': '/v1/messages',
  'gemini-generate': '/v1beta/models',
}
