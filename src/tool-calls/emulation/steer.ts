import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Steering } from '../../core/provider.ts'
import type { ChatRequest, Message, ResponseFormat } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'

/** What holds a model to a call beyond asking for it. */
export type Steered = {
  readonly responseFormat?: ResponseFormat
  /** Members of a body of Chat Completions. */
  readonly members?: JsonObject
  /** The answer's beginning, written for the model. */
  readonly begun?: string | undefined
  /** The answer is the JSON of a call, or of a list of them, without the dialect's marks. */
  readonly isBare?: boolean | undefined
}

const OPEN = '<tool_call>\n{"name": "'

/**
 * A demanded call is held to its schema where the server can do that, else begun; a call that the model may make has the
 * form of one from its first mark on (design/tool-calling.md §3.4).
 */
export function steer(chat: ChatRequest, tools: readonly Tool[], isSingle: boolean, steering: Steering): Steered {
  const { toolChoice, responseFormat } = chat
  const isFree = responseFormat === undefined || responseFormat.type === 'text'
  const [only] = tools
  if (!isDemanded(toolChoice)) {
    return isFree && steering.structuralTags === true ? { members: { response_format: structuralTag(tools) } } : {}
  }
  if (steering.schemas === true) {
    const call = schemaOf(tools, isSingle ? '#' : '#/items')
    const schema = isSingle ? call : { type: 'array', items: call, minItems: 1 }
    return { responseFormat: { type: 'json-schema', name: 'calls', schema }, isBare: true }
  }
  if (steering.goesOn === undefined) return {}
  // No space at the end: tokens begin with one, and after a lone one models write what they never saw there.
  const begun = tools.length === 1 && only !== undefined ? `${OPEN}${only.name}", "arguments":` : OPEN
  return { begun, members: steering.goesOn }
}

export function isDemanded(choice: ChatRequest['toolChoice']): boolean {
  if (typeof choice !== 'object') return choice === 'required'
  return 'name' in choice || choice.mode === 'required'
}

/** The turn that the model goes on from. */
export function begunTurn(text: string): Message {
  return { role: 'assistant', content: [{ type: 'text', text }], name: undefined }
}

/** `at`: where the schema will stand, as a JSON pointer. References within the tools' own schemas go on from there. */
function schemaOf(tools: readonly Tool[], at: string): JsonObject {
  const calls = tools.map(({ name, parameters = { type: 'object' } }, index): JsonObject => {
    const place = tools.length === 1 ? `${at}/properties/arguments` : `${at}/anyOf/${index}/properties/arguments`
    const properties = { name: { type: 'string', enum: [name] }, arguments: rebased(parameters, place) }
    return { type: 'object', properties, required: ['name', 'arguments'], additionalProperties: false }
  })
  const [only] = calls
  return calls.length === 1 && only !== undefined ? only : { anyOf: calls }
}

/** https://docs.vllm.ai/en/latest/features/structured_outputs.html, https://docs.sglang.io/advanced_features/structured_outputs.html */
function structuralTag(tools: readonly Tool[]): JsonObject {
  return {
    type: 'structural_tag',
    structures: tools.map(({ name, parameters }) => ({
      begin: `${OPEN}${name}", "arguments": `,
      schema: parameters ?? { type: 'object' },
      end: '}\n</tool_call>',
    })),
    triggers: ['<tool_call>'],
  }
}

/** A schema whose references to its own root lead to `root`. */
function rebased(schema: JsonObject, root: string): JsonObject {
  const text = JSON.stringify(schema)
  if (!text.includes('"$ref"')) return schema
  const moved = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(moved)
    if (!isJsonObject(value)) return value
    const entries = Object.entries(value).map(([name, member]): [string, JsonValue] => {
      const isReference = name === '$ref' && typeof member === 'string' && member.startsWith('#')
      return [name, isReference ? `${root}${member.slice(1)}` : moved(member ?? null)]
    })
    return Object.fromEntries(entries)
  }
  const whole = moved(schema)
  return isJsonObject(whole) ? whole : schema
}
