import type { ContentPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { Message } from '../../core/request.ts'
import type { Writing } from './emulate.ts'

/** A conversation for a model that knows no tools: calls and results are text of its own dialect. */
export function renderHistory(messages: readonly Message[], writing: Writing): readonly Message[] {
  const names = namesOf(messages)
  const rendered = messages.map((message): Message => {
    if (message.role === 'tool' || message.content.some(({ type }) => type === 'tool-result')) {
      const role = message.role === 'tool' ? 'user' : message.role
      return { ...message, role, content: joined(message.content.flatMap((part) => results(part, names, writing))) }
    }
    if (!message.content.some(({ type }) => type === 'tool-call')) return message
    return { ...message, content: joined(calls(message.content, writing)) }
  })
  return merged(rendered)
}

function namesOf(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(({ content }) => content.filter((part) => part.type === 'tool-call'))
  return new Map(calls.map(({ id, name }) => [id, name]))
}

function results(part: ContentPart, names: ReadonlyMap<string, string>, writing: Writing): ContentPart[] {
  if (part.type !== 'tool-result') return [part]
  const text = part.content.map((inner) => (inner.type === 'text' ? inner.text : '')).join('')
  const others = part.content.filter(({ type }) => type !== 'text')
  const content = part.isError === true ? `Error: ${text}` : text
  return [{ type: 'text', text: writing.writeResult({ ...called(part, names), content }) }, ...others]
}

function called({ callId, name }: ToolResultPart, names: ReadonlyMap<string, string>): { name: string; id: string } {
  return { name: name ?? names.get(callId) ?? callId, id: callId }
}

/** Calls that follow each other are one text: some dialects put a frame around all of them. */
function calls(content: readonly ContentPart[], writing: Writing): ContentPart[] {
  const parts: ContentPart[] = []
  let run: ToolCallPart[] = []
  const say = (): void => {
    if (run.length > 0) parts.push({ type: 'text', text: writing.writeCalls(run.map(asWritten)) })
    run = []
  }
  for (const part of content) {
    if (part.type === 'tool-call') run.push(part)
    else {
      say()
      parts.push(part)
    }
  }
  say()
  return parts
}

function asWritten({ id, name, argumentsText, custom }: ToolCallPart): {
  id: string
  name: string
  argumentsText: string
} {
  return { id, name, argumentsText: custom === true ? JSON.stringify({ input: argumentsText }) : argumentsText }
}

/** Texts next to each other as one, a line apart. */
function joined(parts: readonly ContentPart[]): ContentPart[] {
  const out: ContentPart[] = []
  for (const part of parts) {
    const last = out.at(-1)
    if (part.type === 'text' && last?.type === 'text') {
      out[out.length - 1] = { ...part, text: last.text.trimEnd() === '' ? part.text : `${last.text}\n${part.text}` }
    } else out.push(part)
  }
  return out
}

/** Results of several calls stand in one turn: templates of small models want roles to alternate. */
function merged(messages: readonly Message[]): readonly Message[] {
  const out: Message[] = []
  for (const message of messages) {
    const last = out.at(-1)
    if (last !== undefined && last.role === 'user' && message.role === 'user' && last.name === message.name) {
      out[out.length - 1] = { ...last, content: joined([...last.content, ...message.content]) }
    } else out.push(message)
  }
  return out
}
