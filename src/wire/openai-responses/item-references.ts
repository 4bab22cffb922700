import { GatewayError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList, textOf } from '../shared/read-json.ts'

// AI SDK refers to what was said before, unless it is told `store: false`, and says calls of functions in full all the same.
// https://github.com/vercel/ai/blob/main/packages/openai/src/responses/convert-to-openai-responses-input.ts

/** How ids of items begin that the gateway gave (output-writer.ts): a prefix and the call's own id. */
const MADE_HERE = /^(?:msg|rs|fc|ctc|ig)_rt_/
/** What an item of the model's own is not. */
const BETWEEN_TURNS = /^message$|_output$/

export const SPARED = 'a reference to thoughts or words of an earlier answer, which nobody keeps'
export const SEND_ITEM = 'Send the item itself instead of a reference to it; SDKs do with store set to false.'

/** Nobody can look up an item of this id. */
export function isMadeHere(id: JsonValue | undefined): boolean {
  return typeof id === 'string' && MADE_HERE.test(id)
}

export function isReference(item: JsonValue | undefined): boolean {
  return isJsonObject(item) && item['type'] === 'item_reference'
}

/**
 * Where references stand in `input` that can be resolved by nobody and be done without: to thoughts, and to words said
 * before calls that are there.
 */
export function spareReferences(input: JsonValue | undefined): ReadonlySet<number> {
  const spare = new Set<number>()
  if (!isList(input)) return spare
  for (const [at, item] of input.entries()) {
    const id = isJsonObject(item) && isReference(item) ? textOf(item['id']) : undefined
    if (!isMadeHere(id)) continue
    if (id?.startsWith('rs_') === true || (id?.startsWith('msg_') === true && hasCall(input, at))) spare.add(at)
  }
  return spare
}

/** Whether the model's turn, of which this item is one, has a call in it. */
function hasCall(input: readonly JsonValue[], at: number): boolean {
  const kinds = input.map((item) => (isJsonObject(item) ? (textOf(item['type']) ?? 'message') : 'message'))
  const start = kinds.findLastIndex((kind, index) => index < at && BETWEEN_TURNS.test(kind)) + 1
  const next = kinds.findIndex((kind, index) => index > at && BETWEEN_TURNS.test(kind))
  return kinds.slice(start, next < 0 ? kinds.length : next).some((kind) => kind.endsWith('_call'))
}

/** Why a body can be served by nobody: it goes on from what was only here, and not any more. */
export function refuseLostReference(input: JsonValue | undefined): GatewayError | undefined {
  if (!isList(input)) return undefined
  const spare = spareReferences(input)
  const at = input.findIndex(
    (item, index) => isJsonObject(item) && isReference(item) && isMadeHere(item['id']) && !spare.has(index),
  )
  if (at < 0) return undefined
  const param = `input[${at}]`
  return new GatewayError('invalid_request', `${param} refers to an item that nobody keeps. ${SEND_ITEM}`, { param })
}
