import type { TextSource } from '../core/guard.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** A text of a body, and whose it is. */
export type SourcedText = { readonly text: string; readonly source: TextSource }

const ROLES: Readonly<Record<string, TextSource>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool-result',
  function: 'tool-result',
}

const TYPES: Readonly<Record<string, TextSource>> = {
  tool_result: 'tool-result',
  function_call_output: 'tool-result',
  custom_tool_call_output: 'tool-result',
  web_search_tool_result: 'tool-result',
  mcp_tool_result: 'tool-result',
  mcp_call: 'tool-result',
  document: 'document',
  search_result: 'document',
  file: 'document',
  input_file: 'document',
  tool_use: 'tool-arguments',
  function_call: 'tool-arguments',
  custom_tool_call: 'tool-arguments',
}

const MEMBERS: Readonly<Record<string, TextSource>> = {
  system: 'system',
  instructions: 'system',
  systemInstruction: 'system',
  system_instruction: 'system',
  tools: 'tools',
  functions: 'tools',
  functionDeclarations: 'tools',
  tool_calls: 'tool-arguments',
  functionCall: 'tool-arguments',
  function_call: 'tool-arguments',
  functionResponse: 'tool-result',
  function_response: 'tool-result',
  messages: 'user',
  contents: 'user',
  input: 'user',
  prompt: 'user',
}

type Open = { readonly value: unknown; readonly source: TextSource }

/**
 * Every text in a client's body of any format, each with whose it is as far as the members and roles around it say: what
 * no conversation has is `other`. Walked without recursion: bodies may be deep. In no particular order but within a list.
 */
export function textsOf(body: JsonObject): SourcedText[] {
  const texts: SourcedText[] = []
  const open: Open[] = [{ value: body, source: 'other' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, source } = next
    if (typeof value === 'string') texts.push({ text: value, source })
    else if (Array.isArray(value)) for (const one of value.toReversed()) open.push({ value: one, source })
    else if (isJsonObject(value)) openMembers(value, source, open)
  }
  return texts
}

function openMembers(value: JsonObject, outer: TextSource, open: Open[]): void {
  const source = sourceOf(value, outer)
  for (const [name, member] of Object.entries(value)) {
    // Below a tool's result everything is the result's, whatever its members are called.
    const isNamed = source === 'other' || source === 'user' || source === 'assistant'
    open.push({ value: member, source: (isNamed ? MEMBERS[name] : undefined) ?? source })
  }
}

function sourceOf({ type, role }: JsonObject, outer: TextSource): TextSource {
  if (outer === 'tool-result' || outer === 'tools') return outer
  const typed = typeof type === 'string' ? TYPES[type] : undefined
  return typed ?? (typeof role === 'string' ? ROLES[role] : undefined) ?? outer
}
