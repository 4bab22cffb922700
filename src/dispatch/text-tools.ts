import type { JsonObject } from '../core/json.ts'
import type { ChatRequest } from '../core/request.ts'
import type { ConfiguredProvider } from '../core/snapshot.ts'
import type { Target } from '../core/target.ts'
import type { Traits, WireFormat } from '../core/wire-format.ts'
import { DIALECTS } from '../dialects/index.ts'
import { createSniffer } from '../dialects/sniff.ts'
import { taggedJson } from '../dialects/tagged-json.ts'
import { writeCalls, writeResult } from '../dialects/write/index.ts'
import type { Emulated, Writing } from '../tool-calls/emulation/emulate.ts'
import { emulate } from '../tool-calls/emulation/emulate.ts'
import type { TextCalls } from './text-calls.ts'

// Targets whose models call tools in their text: what they are asked, and how their answers are read.

/** An answer that the server held to the JSON of calls. */
const callJson = taggedJson({ id: 'call_json', opens: [], bare: ['{', '['] })

type Asked = {
  readonly target: Target
  readonly configured: ConfiguredProvider | undefined
  readonly spoken: WireFormat
}

/** The request as a target gets it whose server knows no tools; `undefined` for another target, or where none are in it. */
export function emulated(chat: ChatRequest, { target, configured, spoken }: Asked): Emulated | undefined {
  const { textTools } = target
  if (textTools?.isEmulated !== true || !(chat.tools.length > 0 || hasCalls(chat))) return undefined
  const { steering = {} } = configured?.provider ?? {}
  const { structuralTags: _, goesOn, ...others } = steering
  // Members of Chat Completions reach no other format.
  const isOther = spoken.id !== 'openai-chat'
  const goes = goesOn === undefined || Object.keys(goesOn).length > 0 ? {} : { goesOn }
  return emulate(chat, writingOf(textTools.dialect, chat), isOther ? { ...others, ...goes } : steering)
}

function hasCalls({ messages }: ChatRequest): boolean {
  return messages.some(({ content }) => content.some(({ type }) => type === 'tool-call' || type === 'tool-result'))
}

/** Behind a call of the dialect in which tools are described to models that know none. */
const CLOSE = '</tool_call>'

function writingOf(dialect: string, { tools }: ChatRequest): Writing {
  const declared = declaredOf(tools, undefined)
  return {
    writeCalls: (calls) => writeCalls(dialect, calls, declared),
    writeResult: (result) => writeResult(dialect, result),
    stops: ['<tool_response>'],
    closes: [CLOSE],
  }
}

/** How the calls in an answer's text are found; `undefined` where the text is nothing but text. */
export function textCallsOf(
  { tools, toolChoice }: ChatRequest,
  { textTools }: Target,
  toolNames: ReadonlyMap<string, string> | undefined,
  told: Pick<Emulated, 'begun' | 'isBare'> | undefined,
): TextCalls | undefined {
  if (textTools === undefined || tools.length === 0 || toolChoice === 'none') return undefined
  const { dialect: id, isGuess = false } = textTools
  const isBare = told?.isBare === true
  const dialect = isBare ? callJson : DIALECTS.get(id)
  // A server may pass over what it was to hold the answer to.
  const isUnsure = isBare || isGuess
  return {
    dialect: () => (dialect === undefined || isUnsure ? createSniffer(DIALECTS, dialect) : dialect),
    begun: told?.begun,
    close: told === undefined || isBare ? undefined : CLOSE,
    declared: declaredOf(tools, toolNames),
  }
}

/** Calls in a text of which nobody knows how they are written. */
export function sniffedCalls(
  tools: ChatRequest['tools'],
  toolNames: ReadonlyMap<string, string> | undefined,
): TextCalls {
  return { dialect: () => createSniffer(DIALECTS), declared: declaredOf(tools, toolNames) }
}

function declaredOf(
  tools: ChatRequest['tools'],
  toolNames: ReadonlyMap<string, string> | undefined,
): TextCalls['declared'] {
  const written = new Map([...(toolNames ?? [])].map(([sent, said]) => [said, sent]))
  const functions = tools.filter(({ native }) => native === undefined)
  return {
    tools: new Map(functions.map(({ name, parameters = {} }) => [written.get(name) ?? name, parameters])),
  }
}

/**
 * The client's own body with those members changed that differ between two requests as the format writes them: what it
 * says besides stays as it was said.
 */
export function withChanged(
  body: JsonObject,
  before: ChatRequest,
  after: ChatRequest,
  spoken: WireFormat,
  { model, traits }: { readonly model: string; readonly traits: Traits | undefined },
): JsonObject {
  const old = spoken.writeRequest(before, model, traits).body
  const now = spoken.writeRequest(after, model, traits).body
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (member) => JSON.stringify(old[member]) !== JSON.stringify(now[member]),
  )
  // Whoever says it by OpenAI's names of old has it said by the new ones.
  const { functions, function_call: _, ...said } = body
  const members = functions === undefined ? changed : [...changed, 'tools', 'tool_choice']
  return { ...said, ...Object.fromEntries(members.map((member) => [member, now[member]])) }
}
