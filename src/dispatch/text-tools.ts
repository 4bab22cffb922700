import type { JsonObject } from '../core/json.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import type { Loss, Traits, WireFormat } from '../core/wire-format.ts'
import { DIALECTS } from '../dialects/index.ts'
import { createSniffer, SNIFF } from '../dialects/sniff.ts'
import { writeCalls, writeResult } from '../dialects/write/index.ts'
import type { Writing } from '../tool-calls/emulation/emulate.ts'
import { emulate } from '../tool-calls/emulation/emulate.ts'
import type { TextCalls } from './text-calls.ts'

// Targets whose models call tools in their text: what they are asked, and how their answers are read.

export type Emulated = { readonly chat: ChatRequest; readonly losses: readonly Loss[] }

/** The request as a target gets it whose server knows no tools; `undefined` for another target, or where none are in it. */
export function emulated(chat: ChatRequest, { textTools }: Target): Emulated | undefined {
  if (textTools?.isEmulated !== true || !(chat.tools.length > 0 || hasCalls(chat))) return undefined
  return emulate(chat, writingOf(textTools.dialect, chat))
}

function hasCalls({ messages }: ChatRequest): boolean {
  return messages.some(({ content }) => content.some(({ type }) => type === 'tool-call' || type === 'tool-result'))
}

function writingOf(dialect: string, { tools }: ChatRequest): Writing {
  const declared = declaredOf(tools, undefined)
  return {
    writeCalls: (calls) => writeCalls(dialect, calls, declared),
    writeResult: (result) => writeResult(dialect, result),
    stops: ['<tool_response>'],
    closes: ['</tool_call>'],
  }
}

/** How the calls in an answer's text are found; `undefined` where the text is nothing but text. */
export function textCallsOf(
  { tools, toolChoice }: ChatRequest,
  { textTools }: Target,
  toolNames: ReadonlyMap<string, string> | undefined,
): TextCalls | undefined {
  if (textTools === undefined || tools.length === 0 || toolChoice === 'none') return undefined
  const { dialect: id } = textTools
  const dialect = DIALECTS.get(id)
  return {
    dialect: () => (dialect === undefined || id === SNIFF ? createSniffer(DIALECTS) : dialect),
    declared: declaredOf(tools, toolNames),
  }
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
  return { ...body, ...Object.fromEntries(changed.map((member) => [member, now[member]])) }
}
