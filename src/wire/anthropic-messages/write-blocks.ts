import type { ReasoningPart, Signature, ToolCallPart } from '../../core/content.ts'
import type { MediaBlock } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Citation } from '../../core/stream-part.ts'
import { takenId } from '../shared/call-ids.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { packSignature } from '../shared/signature.ts'
import { CALL_ID } from './call-ids.ts'

// The blocks of an answer, as whole answers and streams write them alike.

/** A thought. Other formats' signatures are wrapped, so that the client sends them back; none is the empty one. */
export function thoughtBlock({ text, signature, redacted }: Omit<ReasoningPart, 'type'>): JsonObject {
  if (redacted === true) return { type: 'redacted_thinking', data: packed(signature) }
  return { type: 'thinking', thinking: text, signature: packed(signature) }
}

export function packed(signature: Signature | undefined): string {
  return signature === undefined ? '' : packSignature(signature, 'anthropic-messages')
}

export function callBlock(id: string, name: string, input: JsonObject): JsonObject {
  return { type: 'tool_use', id: takenId(id, CALL_ID), name, input }
}

/** The free text of a custom tool stands where such tools are declared to take it: in `input`. */
export function inputOf(
  { argumentsText, custom }: Pick<ToolCallPart, 'argumentsText' | 'custom'>,
  lose?: (reason: string) => void,
): JsonObject {
  return custom === true ? { input: argumentsText } : objectArguments(argumentsText, lose)
}

export function citationOf({ url, title }: Citation): JsonObject {
  return { type: 'web_search_result_location', url, title: title ?? null, cited_text: '', encrypted_index: '' }
}

/** Answers of this format are words: what was said aloud, or that something was there. */
export function mediumText({ mediaType, transcript }: Omit<MediaBlock, 'type' | 'data'>): string {
  return hasWords(transcript) ? transcript : `[${mediaType}: this API cannot carry it]`
}

export function hasWords(transcript: string | undefined): transcript is string {
  return transcript !== undefined && transcript !== ''
}
