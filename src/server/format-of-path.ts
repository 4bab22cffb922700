import type { WireFormatId } from '../core/request.ts'

/** The format in which a client of that path reads errors, whatever is served there. */
export function formatOfPath(path: string): WireFormatId {
  if (path.startsWith('/v1beta/')) return 'gemini-generate'
  return /^\/v1\/messages(?:\/|$)/.test(path) ? 'anthropic-messages' : 'openai-chat'
}
