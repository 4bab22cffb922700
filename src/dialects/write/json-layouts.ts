import { shortHash } from '../../core/short-hash.ts'
import type { Layout, WrittenCall } from './written-call.ts'
import { objectText } from './written-call.ts'

// Families whose arguments are JSON: design/tool-calling.md §3.1. Arguments stand as they were sent.

function named(call: WrittenCall, args = 'arguments'): string {
  return `{"name": ${JSON.stringify(call.name)}, "${args}": ${objectText(call)}}`
}

/** Each call between two markers. */
function tagged(open: string, close: string, between = '\n', args = 'arguments'): Layout {
  return { between, call: (call) => `${open}${named(call, args)}${close}` }
}

/** A list of calls. */
function listed(before: string, after = ''): Layout {
  return { before: `${before}[`, between: ', ', after: `]${after}`, call: (call) => named(call) }
}

const hermes = tagged('<tool_call>\n', '\n</tool_call>')
const jamba = listed('<tool_calls>', '</tool_calls>')

const mistralV11: Layout = { call: (call) => `[TOOL_CALLS]${call.name}[ARGS]${objectText(call)}` }

/** Ids are nine letters and digits, and nothing else is one. */
const mistralCallId: Layout = {
  call: (call, index) => `[TOOL_CALLS]${call.name}[CALL_ID]${mistralId(call, index)}[ARGS]${objectText(call)}`,
}

/** The id itself, or one that always stands for it. */
export function mistralId(
  { id, name }: { readonly id?: string | undefined; readonly name: string },
  index = 0,
): string {
  return id !== undefined && /^[A-Za-z0-9]{9}$/.test(id) ? id : shortHash(id ?? `${name}:${index}`, 9)
}

const deepseekV3: Layout = {
  before: '<｜tool▁calls▁begin｜>',
  between: '\n',
  after: '<｜tool▁calls▁end｜>',
  call: (call) =>
    `<｜tool▁call▁begin｜>function<｜tool▁sep｜>${call.name}\n\`\`\`json\n${objectText(call)}\n\`\`\`<｜tool▁call▁end｜>`,
}

const deepseekV31: Layout = {
  before: '<｜tool▁calls▁begin｜>',
  after: '<｜tool▁calls▁end｜>',
  call: (call) => `<｜tool▁call▁begin｜>${call.name}<｜tool▁sep｜>${objectText(call)}<｜tool▁call▁end｜>`,
}

const kimiNoSection: Layout = {
  call: (call, index) =>
    `<|tool_call_begin|>${kimiId(call, index)}<|tool_call_argument_begin|>${objectText(call)}<|tool_call_end|>`,
}

/** Kimi's own id where it is one of this tool. The model goes silent at others (design/tool-calling.md §5.18). */
export function kimiId({ id, name }: { readonly id?: string | undefined; readonly name: string }, index = 0): string {
  const prefix = `functions.${name}:`
  return id?.startsWith(prefix) === true && /^\d+$/.test(id.slice(prefix.length)) ? id : `${prefix}${index}`
}

const harmony: Layout = {
  between: '<|start|>assistant',
  call: (call) =>
    `<|channel|>commentary to=functions.${call.name} <|constrain|>json<|message|>${objectText(call)}<|call|>`,
}

function cohere(call: WrittenCall): string {
  return `"tool_name": ${JSON.stringify(call.name)}, "parameters": ${objectText(call)}}`
}

export const JSON_LAYOUTS: Readonly<Record<string, Layout>> = {
  hermes,
  granite4: hermes,
  ernie45: hermes,
  longcat: tagged('<longcat_tool_call>', '</longcat_tool_call>'),
  jamba,
  hunyuan_a13b: jamba,
  minimax_m1: { before: '<tool_calls>\n', between: '\n', after: '\n</tool_calls>', call: (call) => named(call) },
  nemotron_v2: listed('<TOOLCALL>', '</TOOLCALL>'),
  granite3: listed('<|tool_call|>'),
  granite20b_fc: tagged('<function_call> ', ''),
  // Trained for one call a turn; several are as many blocks.
  internlm2: tagged('<|action_start|><|plugin|>\n', '<|action_end|>', '\n', 'parameters'),
  gigachat3: tagged('<|function_call|>', ''),
  phi4_mini: listed('functools'),
  firefunction_v2: listed(' functools'),
  tool_call_fence: tagged('```tool_call\n', '\n```'),
  command_r7b: {
    before: '<|START_ACTION|>[\n    ',
    between: ',\n    ',
    after: '\n]<|END_ACTION|>',
    call: (call, index) => `{"tool_call_id": ${JSON.stringify(call.id ?? String(index))}, ${cohere(call)}`,
  },
  command_r_plus: {
    before: 'Action:\n```json\n[',
    between: ', ',
    after: ']\n```',
    call: (call) => `{${cohere(call)}`,
  },
  mistral_pre_v11: listed('[TOOL_CALLS] '),
  mistral_v11: mistralV11,
  mistral: mistralV11,
  mistral_v11_noargs: { call: (call) => `[TOOL_CALLS]${call.name}${objectText(call)}` },
  mistral_v11_callid: mistralCallId,
  llama3_json: tagged('', '', '; ', 'parameters'),
  llama3_python_tag: { ...tagged('', '', '; ', 'parameters'), before: '<|python_tag|>' },
  xlam: listed(''),
  json_list: listed(''),
  json: tagged('', ''),
  apertus: {
    before: '<|tools_prefix|>[',
    between: ', ',
    after: ']<|tools_suffix|>',
    call: (call) => `{${JSON.stringify(call.name)}: ${objectText(call)}}`,
  },
  deepseek_v3: deepseekV3,
  cogito: deepseekV3,
  deepseek_v31: deepseekV31,
  kimi_k2: { ...kimiNoSection, before: '<|tool_calls_section_begin|>', after: '<|tool_calls_section_end|>' },
  kimi_k2_nosection: kimiNoSection,
  kimi_k2_bare: { call: (call, index) => `${kimiId(call, index)}${objectText(call)}` },
  functionary_v31: { call: (call) => `<function=${call.name}>${objectText(call)}</function>` },
  functionary_v32: { call: (call) => `>>>${call.name}\n${objectText(call)}` },
  harmony,
}
