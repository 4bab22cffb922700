import type { TextSource } from '../core/guard.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** A text of a body, and whose it is. */
export type SourcedText = { readonly text: string; readonly source: TextSource }

const ROLES: ReadonlyMap<unknown, TextSource> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'tool-result'],
  ['function', 'tool-result'],
])

const TYPES: ReadonlyMap<unknown, TextSource> = new Map([
  ['tool_result', 'tool-result'],
  ['mcp_call', 'tool-result'],
  ['file_search_call', 'tool-result'],
  ['code_interpreter_call', 'tool-result'],
  ['document', 'document'],
  ['search_result', 'document'],
  ['file', 'document'],
  ['input_file', 'document'],
])

// Results of the tools that providers run themselves, of which there are ever more: `bash_code_execution_tool_result`.
const RESULT = /_(?:tool_result|call_output)$/

/** Members that hold what a call says. */
const SAID_BY_CALLS: ReadonlySet<string> = new Set(['input', 'arguments'])
const CALLS: ReadonlySet<unknown> = new Set(['tool_use', 'function_call', 'custom_tool_call'])

const MEMBERS: ReadonlyMap<string, TextSource> = new Map([
  ['system', 'system'],
  ['instructions', 'system'],
  ['systemInstruction', 'system'],
  ['system_instruction', 'system'],
  ['tools', 'tools'],
  ['functions', 'tools'],
  ['functionDeclarations', 'tools'],
  ['tool_calls', 'tool-arguments'],
  ['functionCall', 'tool-arguments'],
  ['function_call', 'tool-arguments'],
  ['functionResponse', 'tool-result'],
  ['codeExecutionResult', 'tool-result'],
  ['code_execution_result', 'tool-result'],
  ['function_response', 'tool-result'],
  ['messages', 'user'],
  ['contents', 'user'],
  ['input', 'user'],
  ['prompt', 'user'],
])

/** Members that hold turns, of which alone a role says who speaks. */
const TURNS: ReadonlySet<string> = new Set(['messages', 'contents', 'input'])

type Open = { readonly value: unknown; readonly source: TextSource; readonly isTurn: boolean }

/**
 * Every text in a client's body of any format, each with whose it is as far as the members and roles around it say: what
 * no conversation has is `other`. A member where its format has none changes nothing: a caller might say of his own words
 * that they are a call's. Walked without recursion: bodies may be deep. In no particular order but within a list.
 */
export function textsOf(body: JsonObject): SourcedText[] {
  const texts: SourcedText[] = []
  const open: Open[] = []
  openMembers(body, 'other', false, open)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, source, isTurn } = next
    if (typeof value === 'string') texts.push({ text: value, source })
    else if (Array.isArray(value)) for (const one of value.toReversed()) open.push({ value: one, source, isTurn })
    else if (isJsonObject(value)) openMembers(value, sourceOf(value, source, isTurn), CALLS.has(value['type']), open)
  }
  return texts
}

function openMembers(value: JsonObject, source: TextSource, isCall: boolean, open: Open[]): void {
  // Below a tool's result everything is the result's, whatever its members are called.
  const isNamed = source === 'other' || source === 'user' || source === 'assistant'
  for (const [name, member] of Object.entries(value)) {
    const named = isCall && SAID_BY_CALLS.has(name) ? 'tool-arguments' : MEMBERS.get(name)
    open.push({ value: member, source: (isNamed ? named : undefined) ?? source, isTurn: TURNS.has(name) })
  }
}

/** A turn is whose role it has, whatever type it says it is of. */
function sourceOf({ type, role }: JsonObject, outer: TextSource, isTurn: boolean): TextSource {
  if (outer === 'tool-result' || outer === 'tools') return outer
  const spoken = isTurn ? ROLES.get(role) : undefined
  if (spoken !== undefined) return spoken
  return typeof type === 'string' && RESULT.test(type) ? 'tool-result' : (TYPES.get(type) ?? outer)
}
