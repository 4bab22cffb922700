import type { Dialect, TextCall } from './dialect.ts'
import { llama3Json } from './llama3.ts'
import { taggedJson } from './tagged-json.ts'
import { elementsOf, membersOf } from './values/json.ts'
import { callIn, callsIn } from './values/json-calls.ts'

// Families whose calls are plain JSON behind a marker: design/tool-calling.md §3.1.

export const granite4 = taggedJson({
  id: 'granite4',
  mayBeExample: true,
  opens: ['<tool_call>'],
  closes: ['</tool_call>'],
})

export const ernie45 = taggedJson({
  id: 'ernie45',
  mayBeExample: true,
  opens: ['<tool_call>'],
  closes: ['</tool_call>'],
  drops: ['<response>', '</response>'],
})

export const longcat = taggedJson({
  id: 'longcat',
  mayBeExample: true,
  opens: ['<longcat_tool_call>'],
  closes: ['</longcat_tool_call>'],
  endsAnswer: true,
})

const TOOL_CALLS = { opens: ['<tool_calls>'], closes: ['</tool_calls>'], mayBeExample: true } as const

export const jamba = taggedJson({ id: 'jamba', ...TOOL_CALLS })

export const hunyuanA13b = taggedJson({ id: 'hunyuan_a13b', ...TOOL_CALLS, endsAnswer: true })

/** One object a line. */
export const minimaxM1 = taggedJson({
  id: 'minimax_m1',
  mayBeExample: true,
  opens: ['<tool_calls>'],
  closes: ['</tool_calls>'],
  separators: [],
})

export const nemotronV2 = taggedJson({
  id: 'nemotron_v2',
  mayBeExample: true,
  opens: ['<TOOLCALL>'],
  closes: ['</TOOLCALL>'],
})

/** A list; the model may write the word of its special token, and servers may lose it. */
export const granite3 = taggedJson({
  id: 'granite3',
  mayBeExample: true,
  opens: ['<|tool_call|>', '<tool_call>'],
  bare: ['['],
  isBareAtLineStart: true,
  shape: 'list',
})

export const granite20b = taggedJson({
  id: 'granite20b_fc',
  mayBeExample: true,
  opens: ['<function_call>'],
  shape: 'object',
})

export const internlm2 = taggedJson({
  id: 'internlm2',
  opens: ['<|action_start|><|plugin|>', '<|action_start|> <|plugin|>'],
  closes: ['<|action_end|>'],
})

/** GigaChat 3 has a token; 3.1 begins a message of the role `function call`. */
export const gigachat3 = taggedJson({
  id: 'gigachat3',
  opens: [
    '<|function_call|>',
    'function call<|role_sep|>',
    ...['', '\n', '\n\n'].map((lines) => `<|message_sep|>${lines}function call<|role_sep|>`),
  ],
  closes: ['</s>', '<|message_sep|>'],
  drops: ['</s>'],
})

export const phi4Mini = taggedJson({ id: 'phi4_mini', opens: ['functools'] })

export const firefunctionV2 = taggedJson({ id: 'firefunction_v2', opens: ['functools'] })

export const toolCallFence = taggedJson({ id: 'tool_call_fence', opens: ['```tool_call'], closes: ['```'] })

const COHERE = { name: ['tool_name'], arguments: ['parameters'], id: ['tool_call_id'] } as const

/** Command R7B and Command A. */
export const commandR7b = taggedJson({
  id: 'command_r7b',
  opens: ['<|START_ACTION|>'],
  closes: ['<|END_ACTION|>'],
  members: COHERE,
  drops: ['<|START_RESPONSE|>', '<|END_RESPONSE|>', '<|START_TEXT|>', '<|END_TEXT|>'],
})

export const commandRPlus = taggedJson({
  id: 'command_r_plus',
  opens: ['Action:\n```json', 'Action: ```json'],
  closes: ['```'],
  callsOf: actionsIn,
})

/** A model that calls nothing says so with an action of its own. */
function actionsIn(text: string): TextCall[] | undefined {
  const calls = text.startsWith('[') ? callsIn(text, COHERE) : callIn(text, COHERE)
  return calls?.filter(({ name }) => !/^directly[-_]answer$/.test(name))
}

export const llama3PythonTag = taggedJson({ id: 'llama3_python_tag', opens: ['<|python_tag|>'], separators: [';'] })

/** A list, as it is or behind the marks of others. */
export const xlam = taggedJson({
  id: 'xlam',
  opens: ['[TOOL_CALLS]', '<tool_call>'],
  common: ['```json', '```'],
  bare: ['['],
  closes: ['</tool_call>', '```'],
})

/** Models whose template shows calls as plain JSON, an object or a list, and nothing else in such an answer. */
export const json = taggedJson({
  id: 'json',
  opens: [],
  bare: ['{'],
  atAnswerStart: true,
  isDeclared: true,
  separators: [],
})

export const jsonList = taggedJson({
  id: 'json_list',
  opens: [],
  bare: ['['],
  atAnswerStart: true,
  isDeclared: true,
  endsAnswer: true,
})

/** The tool's name is the key of its arguments. */
export const apertus = taggedJson({
  id: 'apertus',
  opens: ['<|tools_prefix|>'],
  closes: ['<|tools_suffix|>'],
  callsOf: keyedCalls,
  // The arguments are whole where only their element and the list are not.
  completions: [']', '}]'],
})

function keyedCalls(text: string): TextCall[] | undefined {
  const calls = elementsOf(text)?.flatMap((element) =>
    (membersOf(element) ?? []).map((member): TextCall => ({ name: member.name, argumentsText: member.text })),
  )
  return calls === undefined || calls.length === 0 ? undefined : calls
}

export const JSON_DIALECTS: readonly Dialect[] = [
  granite4,
  ernie45,
  longcat,
  jamba,
  hunyuanA13b,
  minimaxM1,
  nemotronV2,
  granite3,
  granite20b,
  internlm2,
  gigachat3,
  phi4Mini,
  firefunctionV2,
  toolCallFence,
  commandR7b,
  commandRPlus,
  llama3Json,
  llama3PythonTag,
  xlam,
  json,
  jsonList,
  apertus,
]
