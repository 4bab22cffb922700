import type { ChatRequest } from '../core/request.ts'

/** The words of the user’s last turn; empty where it has none. */
export function lastTurnOf({ messages }: ChatRequest): string {
  const last = messages.findLast(({ role }) => role === 'user')
  return last?.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n') ?? ''
}
