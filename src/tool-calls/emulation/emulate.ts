import type { Steering } from '../../core/provider.ts'
import type { ChatRequest, Message } from '../../core/request.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Loss } from '../../core/wire-format.ts'
import { promptBlock } from './prompt-block.ts'
import { renderHistory } from './render-history.ts'
import { shownCalls } from './shown-calls.ts'
import type { Steered } from './steer.ts'
import { begunTurn, steer } from './steer.ts'

export type WrittenCall = { readonly name: string; readonly argumentsText: string; readonly id?: string | undefined }
export type WrittenResult = { readonly name: string; readonly content: string; readonly id?: string | undefined }
export type WriteCalls = (calls: readonly WrittenCall[]) => string

/** How calls and their results are written as text. */
export type Writing = {
  readonly writeCalls: WriteCalls
  readonly writeResult: (result: WrittenResult) => string
  /** What a model must not go on to write by itself: the beginning of a result, the end of the one call that is wanted. */
  readonly stops: readonly string[]
  readonly closes: readonly string[]
}

export type Emulated = Pick<Steered, 'begun' | 'isBare'> & { readonly chat: ChatRequest; readonly losses: Loss[] }

// OpenAI and most who copy it take four.
const MOST_STOPS = 4

/**
 * A request with tools for a model that knows none: they are described in the system prompt, and earlier calls and results
 * are text. The answer has its calls in text too (design/tool-calling.md §3.4).
 */
export function emulate(chat: ChatRequest, writing: Writing, steering: Steering = {}): Emulated {
  const losses: Loss[] = []
  const tools = usable(chat, losses)
  const messages = renderHistory(chat.messages, writing)
  const bare = { ...chat, tools: [], toolChoice: undefined, parallelToolCalls: undefined }
  if (tools.length === 0 || chat.toolChoice === 'none') return { chat: { ...bare, messages }, losses }
  const isSingle = isOneCall(chat)
  const { responseFormat = chat.responseFormat, members, begun, isBare } = steer(chat, tools, isSingle, steering)
  const { writeCalls } = isBare === true ? { writeCalls: bareCalls(isSingle) } : writing
  const shown = isBegunByUser(chat) ? shownCalls(tools, writeCalls) : []
  const form = { isSingle, isBare: isBare === true, hasExamples: shown.length > 0 }
  const block = promptBlock(tools, chat.toolChoice, form, writing.writeCalls)
  const own = isSingle && isBare !== true ? [...writing.stops, ...writing.closes] : writing.stops
  const stop = [...(chat.sampling.stop ?? []), ...own].slice(0, MOST_STOPS)
  losses.push({ path: 'tools', reason: 'the model takes no tools; they are described in its prompt' })
  const told = withSystem(withShown(messages, shown), block)
  return {
    chat: {
      ...bare,
      messages: begun === undefined ? told : [...told, begunTurn(begun)],
      sampling: { ...chat.sampling, stop },
      responseFormat,
      openai: members === undefined ? chat.openai : { ...chat.openai, ...members },
    },
    losses,
    begun,
    isBare,
  }
}

/** One call and no more is wanted. */
export function isOneCall({ parallelToolCalls, legacyCalls, toolChoice }: ChatRequest): boolean {
  return parallelToolCalls === false || legacyCalls === true || (typeof toolChoice === 'object' && 'name' in toolChoice)
}

/** Only there do turns of examples fit; they stay while the conversation goes on, for the server's cache of prompts. */
function isBegunByUser({ messages }: ChatRequest): boolean {
  return messages.find(({ role }) => !isSystem(role))?.role === 'user'
}

function isSystem(role: Message['role']): boolean {
  return role === 'system' || role === 'developer'
}

/** Calls as the JSON that the server holds the answer to. */
function bareCalls(isSingle: boolean): WriteCalls {
  return (calls) => {
    const [first = '', ...others] = calls.map(
      ({ name, argumentsText }) => `{"name": ${JSON.stringify(name)}, "arguments": ${argumentsText}}`,
    )
    return isSingle ? first : `[${[first, ...others].join(', ')}]`
  }
}

/** After what is said before the user's first turn. */
function withShown(messages: readonly Message[], shown: readonly Message[]): readonly Message[] {
  const first = messages.findIndex(({ role }) => !isSystem(role))
  return messages.toSpliced(first, 0, ...shown)
}

function usable({ tools, toolChoice }: ChatRequest, losses: Loss[]): readonly Tool[] {
  const functions = tools.filter(({ native }, index) => {
    if (native !== undefined)
      losses.push({ path: `tools[${index}]`, reason: "a provider's own tool; it cannot be described to a model" })
    return native === undefined
  })
  const allowed = allowedOf(toolChoice)
  return (allowed === undefined ? functions : functions.filter(({ name }) => allowed.includes(name))).map(asFunction)
}

function allowedOf(choice: ToolChoice | undefined): readonly string[] | undefined {
  if (typeof choice !== 'object') return undefined
  return 'name' in choice ? [choice.name] : choice.allowed
}

/** A tool of free text as a function of `{input: string}`. */
function asFunction(tool: Tool): Tool {
  if (tool.custom === undefined) return tool
  const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }
  return { name: tool.name, description: tool.description, parameters }
}

/** After the system prompt that is there, in the same message: small models know one. */
function withSystem(messages: readonly Message[], block: string): readonly Message[] {
  const index = messages.findIndex(({ role }) => isSystem(role))
  const system = messages[index]
  if (system === undefined)
    return [{ role: 'system', content: [{ type: 'text', text: block }], name: undefined }, ...messages]
  const content = [...system.content, { type: 'text' as const, text: `\n\n${block}` }]
  const text = content.every((part) => part.type === 'text') ? content.map((part) => part.text).join('') : undefined
  const said: Message = { ...system, content: text === undefined ? content : [{ type: 'text', text }] }
  return messages.with(index, said)
}
