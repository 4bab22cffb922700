import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Behaviour } from './behaviour.ts'
import type { SimulatedCall, SimulatedTool } from './format.ts'
import { schemaValue } from './schema-value.ts'
import { endlessTokens, HUGE_TOKEN, splitTokens, textTokens, wideTokens } from './text.ts'
import { writeTextCall } from './text-call.ts'

/** What is answered, in tokens: every piece is one, in the stream and in the bill. */
export type Answer = {
  readonly choices: readonly Choice[]
  readonly promptTokens: number
  /** Infinite for an answer that never ends. */
  readonly completionTokens: number
  /** True when choice 0 is the standard text at its full length and nothing else. */
  readonly isPlain: boolean
}

export type Choice = {
  readonly text: Iterable<string>
  readonly calls: readonly AnsweredCall[]
  readonly finish: 'stop' | 'length' | 'tool-calls'
}

/** A tool call: its name is one token, each piece of its arguments another. */
export type AnsweredCall = { readonly id: string; readonly name: string; readonly argumentTokens: readonly string[] }

const HUGE_TOKENS = 1_024
const MAX_PARALLEL_CALLS = 16
const UNDECLARED: readonly SimulatedTool[] = [
  { name: 'get_weather', schema: { type: 'object', properties: { city: { const: 'Paris' } } } },
  { name: 'get_time', schema: { type: 'object', properties: { tz: { const: 'Europe/Paris' } } } },
]

/** The answer to a call: the same for the same call, but for the ids of tool calls. */
export function createAnswer(call: SimulatedCall, behaviour: Behaviour, randomId: (size: number) => string): Answer {
  const choices: Choice[] = []
  let completionTokens = 0
  for (let index = 0; index < call.choices; index += 1) {
    const [choice, tokens] = createChoice(call, behaviour, index, randomId)
    choices.push(choice)
    completionTokens += tokens
  }
  return {
    choices,
    promptTokens: call.promptTokens,
    completionTokens,
    isPlain: isPlain(call, behaviour) && choices[0]?.calls.length === 0,
  }
}

function isPlain(call: SimulatedCall, behaviour: Behaviour): boolean {
  return (
    behaviour.answer.type === 'text' &&
    !behaviour.isDribbled &&
    call.choices === 1 &&
    call.stop.length === 0 &&
    call.shape.type === 'text'
  )
}

function createChoice(
  call: SimulatedCall,
  behaviour: Behaviour,
  index: number,
  randomId: (size: number) => string,
): readonly [Choice, number] {
  if (behaviour.answer.type === 'endless') {
    return [{ text: { [Symbol.iterator]: endlessTokens }, calls: [], finish: 'stop' }, Number.POSITIVE_INFINITY]
  }
  const called = calledTools(call, behaviour)
  if (called.length > 0) return limitCalls(called, call.maxTokens, randomId)
  const tokens = cutAtStop(contentTokens(call, behaviour, index), call.stop)
  const limit = call.maxTokens ?? tokens.length
  const isCut = tokens.length > limit
  const text = isCut ? tokens.slice(0, limit) : tokens
  return [{ text, calls: [], finish: isCut ? 'length' : 'stop' }, text.length]
}

/** The tools to call, if any. A result that has just come in is answered with words, or the loop would have no end. */
function calledTools(call: SimulatedCall, behaviour: Behaviour): readonly SimulatedTool[] {
  const { answer } = behaviour
  if (answer.type === 'empty' || answer.type === 'huge') return []
  if (!call.endsWithToolResult && answer.type === 'tool') {
    return [call.tools.find((tool) => tool.name === answer.name) ?? { name: answer.name, schema: undefined }]
  }
  if (!call.endsWithToolResult && answer.type === 'tool-parallel') return parallelTools(call)
  const { toolChoice } = call
  if (typeof toolChoice === 'object') return call.tools.filter((tool) => tool.name === toolChoice.name)
  return toolChoice === 'required' ? call.tools.slice(0, 1) : []
}

function parallelTools(call: SimulatedCall): readonly SimulatedTool[] {
  const declared = call.tools.length > 0 ? call.tools : UNDECLARED
  if (!call.allowsParallelCalls) return declared.slice(0, 1)
  const [first] = declared
  return declared.length === 1 && first !== undefined ? [first, first] : declared.slice(0, MAX_PARALLEL_CALLS)
}

function limitCalls(
  tools: readonly SimulatedTool[],
  maxTokens: number | undefined,
  randomId: (size: number) => string,
): readonly [Choice, number] {
  const limit = maxTokens ?? Number.POSITIVE_INFINITY
  const calls: AnsweredCall[] = []
  let used = 0
  let isCut = false
  for (const tool of tools) {
    if (used >= limit) {
      isCut = true
      break
    }
    const all = splitTokens(JSON.stringify(argumentsFor(tool)))
    const argumentTokens = all.slice(0, limit - used - 1)
    isCut = argumentTokens.length < all.length
    used += 1 + argumentTokens.length
    calls.push({ id: `call_${randomId(24)}`, name: tool.name, argumentTokens })
  }
  return [{ text: [], calls, finish: isCut ? 'length' : 'tool-calls' }, used]
}

function argumentsFor(tool: SimulatedTool): JsonObject {
  const value: JsonValue = tool.schema === undefined ? {} : schemaValue(tool.schema)
  return isJsonObject(value) ? value : {}
}

function contentTokens(call: SimulatedCall, behaviour: Behaviour, index: number): readonly string[] {
  switch (behaviour.answer.type) {
    case 'empty':
      return []
    case 'huge':
      return Array.from({ length: Math.ceil(HUGE_TOKENS / call.choices) }, () => HUGE_TOKEN)
    case 'text-tool':
      if (call.endsWithToolResult) break
      return splitTokens(textCall(call, behaviour.answer.dialect))
    default:
  }
  if (call.shape.type === 'schema') return splitTokens(JSON.stringify(schemaValue(call.shape.schema)))
  if (call.shape.type === 'json') return splitTokens('{"simulated": true, "answer": "No language model wrote this."}')
  return behaviour.isDribbled ? wideTokens(behaviour.tokens) : textTokens(behaviour.tokens, index)
}

function textCall(call: SimulatedCall, dialect: string): string {
  const { toolChoice } = call
  const named = typeof toolChoice === 'object' ? call.tools.find((tool) => tool.name === toolChoice.name) : undefined
  const tool = named ?? call.tools[0] ?? UNDECLARED[0]
  return tool === undefined ? '' : writeTextCall(dialect, tool.name, argumentsFor(tool))
}

/** The tokens before the earliest stop sequence; a token that it cuts keeps its head. */
function cutAtStop(tokens: readonly string[], stop: readonly string[]): readonly string[] {
  if (stop.length === 0) return tokens
  const text = tokens.join('')
  const found = stop.map((sequence) => text.indexOf(sequence)).filter((position) => position >= 0)
  if (found.length === 0) return tokens
  const end = Math.min(...found)
  const kept: string[] = []
  let length = 0
  for (const token of tokens) {
    if (length >= end) break
    kept.push(token.slice(0, end - length))
    length += token.length
  }
  return kept
}
