import type { JsonObject, JsonValue } from '../core/json.ts'

type CallWriter = (name: string, args: JsonObject) => string

/** How models without a tool parser in front of them write one call: dialect ▶ text. */
const WRITERS: Readonly<Record<string, CallWriter>> = {
  hermes: (name, args) => `<tool_call>\n${json({ name, arguments: args })}\n</tool_call>`,
  qwen3_coder_xml: (name, args) =>
    `<tool_call>\n<function=${name}>\n${members(args, (key, value) => `<parameter=${key}>\n${value}\n</parameter>\n`)}</function>\n</tool_call>`,
  llama3_json: (name, args) => json({ name, parameters: args }),
  pythonic: (name, args) => `[${name}(${keywords(args)})]`,
  mistral_pre_v11: (name, args) => `[TOOL_CALLS] [${json({ name, arguments: args })}]`,
  mistral_v11: (name, args) => `[TOOL_CALLS]${name}[ARGS]${json(args)}`,
  deepseek_v3: (name, args) =>
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>${name}\n\`\`\`json\n${json(args)}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  kimi_k2: (name, args) =>
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.${name}:0<|tool_call_argument_begin|>${json(args)}<|tool_call_end|><|tool_calls_section_end|>`,
  glm45: (name, args) =>
    `<tool_call>${name}\n${members(args, (key, value) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`)}</tool_call>`,
  minimax_m2: (name, args) =>
    `<minimax:tool_call>\n<invoke name="${name}">\n${members(args, (key, value) => `<parameter name="${key}">${value}</parameter>\n`)}</invoke>\n</minimax:tool_call>`,
  tool_call_fence: (name, args) => `\`\`\`tool_call\n${json({ name, arguments: args })}\n\`\`\``,
}

export const TEXT_CALL_DIALECTS: readonly string[] = Object.keys(WRITERS)

/** One tool call as a model of that dialect writes it into its text. */
export function writeTextCall(dialect: string, name: string, args: JsonObject): string {
  return WRITERS[dialect]?.(name, args) ?? ''
}

/** JSON with a space after each comma and colon, as models write it: they learned from Python. */
function json(value: JsonValue): string {
  if (isList(value)) return `[${value.map(json).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}: ${json(member ?? null)}`)
    .join(', ')}}`
}

function members(args: JsonObject, write: (key: string, value: string) => string): string {
  return Object.entries(args)
    .map(([key, value]) => write(key, typeof value === 'string' ? value : json(value ?? null)))
    .join('')
}

function keywords(args: JsonObject): string {
  return Object.entries(args)
    .map(([key, value]) => `${key}=${python(value ?? null)}`)
    .join(', ')
}

function python(value: JsonValue): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (isList(value)) return `[${value.map(python).join(', ')}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, member]) => `${json(key)}: ${python(member ?? null)}`)
      .join(', ')}}`
  }
  return json(value)
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
