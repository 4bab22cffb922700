import type { Message } from '../../core/request.ts'

/** Call id ▶ name, from the calls in a history: for formats that name the tool with its result. */
export function toolNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { content } of messages) {
    for (const part of content) if (part.type === 'tool-call') names.set(part.id, part.name)
  }
  return names
}
