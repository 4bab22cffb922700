import { table } from '../../core/table.ts'
import { membersOf } from '../values/json.ts'
import type { JsonFold } from './fold-json.ts'
import { foldJson } from './fold-json.ts'
import type { Layout, WrittenCall } from './written-call.ts'
import { objectText } from './written-call.ts'

// Families that call tools in Python's syntax: design/tool-calling.md §3.1.

const WORDS = table<string>({ true: 'True', false: 'False', null: 'None' })

// The escapes of JSON's strings are Python's, and all but surrogates mean the same there.
const LITERALS: JsonFold<string> = {
  object: (members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`,
  list: (elements) => `[${elements.join(', ')}]`,
  string: (text) => JSON.stringify(text),
  word: (text) => WORDS[text] ?? text,
}

/** A name that is no keyword of a call stands in a mapping of its own, as Python has it. */
function pythonCall(call: WrittenCall): string {
  const members = membersOf(objectText(call)) ?? []
  const given = members.map(({ name, text }) => {
    const value = foldJson(text, LITERALS)
    return /^[\p{L}_][\p{L}\p{M}\p{N}_.-]*$/u.test(name) ? `${name}=${value}` : `**{${JSON.stringify(name)}: ${value}}`
  })
  return `${call.name}(${given.join(', ')})`
}

const list: Layout = { before: '[', between: ', ', after: ']', call: pythonCall }

export const PYTHON_LAYOUTS: Readonly<Record<string, Layout>> = {
  pythonic: list,
  llama4_pythonic: { ...list, before: '<|python_start|>[', after: ']<|python_end|>' },
  lfm2: { ...list, before: '<|tool_call_start|>[', after: ']<|tool_call_end|>' },
  olmo3: { before: '<function_calls>', between: '\n', after: '</function_calls>', call: pythonCall },
  gemma3_tool_code: { before: '```tool_code\n', between: '\n', after: '\n```', call: pythonCall },
}
