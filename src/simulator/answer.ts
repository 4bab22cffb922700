import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Behaviour } from './behaviour.ts'
import type { SimulatedCall, SimulatedTool } from './format.ts'
import { schemaValue } from './schema-value.ts'
import { endlessTokens, HUGE_TOKEN, reasoningTokens, splitTokens, textTokens, wideTokens } from './text.ts'
import { writeTextCall } from './text-call.ts'

/** What is answered, in tokens: every piece is one, in the stream and in the bill. */
export type Answer = {
  readonly choices: readonly Choice[]
  readonly promptTokens: number
  /** Infinite for an answer that never ends. */
  readonly completionTokens: number
  /** How many of them are reasoning. */
  readonly reasoningTokens: number
  /** True when choice 0 is the standard text at its full length and nothing else. */
  readonly isPlain: boolean
}

export type Choice = {
  /** Comes first. */
  readonly reasoning: readonly string[]
  readonly text: Iterable<string>
  readonly calls: readonly AnsweredCall[]
  readonly finish: 'stop' | 'length' | 'tool-calls'
  /** The stop sequence that ended the text. */
  readonly stoppedBy: string | undefined
}

/** A tool call: its name is one token, each piece of its arguments another. */
export type AnsweredCall = { readonly id: string; readonly name: string; readonly argumentTokens: readonly string[] }

const HUGE_TOKENS = 1_024
const MAX_PARALLEL_CALLS = 16
const UNDECLARED: readonly SimulatedTool[] = [
  { name: 'get_weather', schema: { type: 'object', properties: { city: { const: 'Paris' } } } },
  { name: 'get_time', schema: { type: 'object', properties: { tz: { const: 'Europe/Paris' } } } },
]

/** Names the `index`-th tool call of an answer. */
export type CallIds = (name: string, index: number) => string

/** The answer to a call: the same for the same call, but for the ids of tool calls. */
export function createAnswer(call: SimulatedCall, behaviour: Behaviour, callId: CallIds): Answer {
  const choices: Choice[] = []
  let completionTokens = 0
  let reasoned = 0
  for (let index = 0; index < call.choices; index += 1) {
    const [choice, tokens] = createChoice(call, behaviour, index, callId)
    choices.push(choice)
    completionTokens += tokens + choice.reasoning.length
    reasoned += choice.reasoning.length
  }
  return {
    choices,
    promptTokens: call.promptTokens,
    completionTokens,
    reasoningTokens: reasoned,
    isPlain: isPlain(call, behaviour) && choices[0]?.calls.length === 0,
  }
}

function isPlain(call: SimulatedCall, behaviour: Behaviour): boolean {
  return (
    behaviour.answer.type === 'text' &&
    !behaviour.isDribbled &&
    behaviour.reasoningTokens === 0 &&
    call.isSilent !== true &&
    call.choices === 1 &&
    call.stop.length === 0 &&
    call.shape.type === 'text'
  )
}

function createChoice(
  call: SimulatedCall,
  behaviour: Behaviour,
  index: number,
  callId: CallIds,
): readonly [Choice, number] {
  if (call.isSilent === true) {
    return [{ reasoning: [], text: [], calls: [], finish: 'stop', stoppedBy: undefined }, 0]
  }
  if (behaviour.answer.type === 'endless') {
    const reasoning = reasoningTokens(behaviour.reasoningTokens)
    const text = { [Symbol.iterator]: endlessTokens }
    return [{ reasoning, text, calls: [], finish: 'stop', stoppedBy: undefined }, Number.POSITIVE_INFINITY]
  }
  const limit = call.maxTokens ?? Number.POSITIVE_INFINITY
  // Reasoning counts against the limit, and comes first: a small limit leaves nothing for the answer.
  const reasoning = reasoningTokens(Math.min(behaviour.reasoningTokens, limit))
  const left = limit - reasoning.length
  const called = calledTools(call, behaviour)
  if (called.length > 0) {
    const [choice, tokens] = limitCalls(called, left, callId)
    return [{ ...choice, reasoning }, tokens]
  }
  const { tokens, stoppedBy } = cutAtStop(contentTokens(call, behaviour, index), call.stop)
  const isCut = tokens.length > left || reasoning.length < behaviour.reasoningTokens
  const text = isCut ? tokens.slice(0, left) : tokens
  const ending = isCut
    ? ({ finish: 'length', stoppedBy: undefined } as const)
    : ({ finish: 'stop', stoppedBy } as const)
  return [{ reasoning, text, calls: [], ...ending }, text.length]
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
  limit: number,
  callId: CallIds,
): readonly [Omit<Choice, 'reasoning'>, number] {
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
    calls.push({ id: callId(tool.name, calls.length), name: tool.name, argumentTokens })
  }
  return [{ text: [], calls, finish: isCut ? 'length' : 'tool-calls', stoppedBy: undefined }, used]
}

function argumentsFor(tool: SimulatedTool): JsonObject {
  const value: JsonValue = tool.schema === undefined ? {} : schemaValue(tool.schema)
  return isJsonObject(value) ? value : {}
}

/** A call's arguments as a value; an empty object when they were cut short. */
export function argumentsOf(call: AnsweredCall): JsonObject {
  try {
    const value: unknown = JSON.parse(call.argumentTokens.join(''))
    return isJsonObject(value) ? value : {}
  } catch {
    // Cut by the limit of tokens: providers that answer with objects leave such arguments out.
    return {}
  }
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
function cutAtStop(
  tokens: readonly string[],
  stop: readonly string[],
): { readonly tokens: readonly string[]; readonly stoppedBy: string | undefined } {
  const text = stop.length === 0 ? '' : tokens.join('')
  const found = stop.filter((sequence) => text.includes(sequence))
  const stoppedBy = found.sort((one, other) => text.indexOf(one) - text.indexOf(other))[0]
  if (stoppedBy === undefined) return { tokens, stoppedBy }
  const end = text.indexOf(stoppedBy)
  const kept: string[] = []
  let length = 0
  for (const token of tokens) {
    if (length >= end) break
    kept.push(token.slice(0, end - length))
    length += token.length
  }
  return { tokens: kept, stoppedBy }
}
