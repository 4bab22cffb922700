import type { Signature } from '../../core/content.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { textOf } from '../shared/read-json.ts'
import { readSignature } from './signatures.ts'

/** One entry of `tool_calls`: a whole call, or what a delta says of one. */
export type CallEntry = {
  /** `index`, where the upstream gave one. */
  readonly slot: number | undefined
  /** Empty when the upstream gave none. */
  readonly id: string
  readonly name: string
  readonly argumentsText: string
  readonly custom?: true
  readonly signature?: Signature
}

export function readCallEntry(call: JsonObject): CallEntry {
  const { index, custom } = call
  const called = call['function'] ?? custom
  const id = textOf(call['id']) ?? ''
  const signature = readSignature(call)
  return {
    slot: typeof index === 'number' ? index : undefined,
    // Mistral's stream has said "null" for none: https://github.com/mistralai/client-js/issues/69
    id: id === 'null' ? '' : id,
    ...readCalled(isJsonObject(called) ? called : {}),
    ...(isJsonObject(custom) ? { custom: true } : {}),
    ...(signature === undefined ? {} : { signature }),
  }
}

/** `function_call` of old: one call an answer, without an id. */
export function readLegacyEntry(called: JsonObject): CallEntry {
  return { slot: 0, id: '', ...readCalled(called) }
}

function readCalled(called: JsonObject): Pick<CallEntry, 'name' | 'argumentsText'> {
  return { name: textOf(called['name']) ?? '', argumentsText: argumentsOf(called['arguments'] ?? called['input']) }
}

/** JSON text as the model wrote it; a few servers send the object itself. */
function argumentsOf(given: JsonValue | undefined): string {
  if (typeof given === 'string') return given
  return isJsonObject(given) ? JSON.stringify(given) : ''
}

/** The calls of a whole answer: every entry is one. */
export function wholeCalls(entries: readonly CallEntry[]): StreamPart[] {
  return entries.flatMap((entry, index): StreamPart[] => {
    if (entry.name === '' && entry.argumentsText === '') return []
    if (entry.name === '') throw namelessCall()
    const parts: StreamPart[] = [startOf(entry, index)]
    if (entry.argumentsText !== '') parts.push(deltaOf(entry.argumentsText, index))
    return [...parts, { type: 'tool-call-end', index }]
  })
}

export function startOf(entry: Omit<CallEntry, 'slot' | 'argumentsText'>, index: number): StreamPart {
  const { id, name, custom, signature } = entry
  const extras = { ...(custom === undefined ? {} : { custom }), ...(signature === undefined ? {} : { signature }) }
  return { type: 'tool-call-start', index, id, name, ...extras }
}

export function deltaOf(argumentsText: string, index: number): StreamPart {
  return { type: 'tool-call-delta', index, argumentsText }
}

export function namelessCall(): GatewayError {
  return new GatewayError('upstream_malformed', 'The model called a tool without saying which.')
}
