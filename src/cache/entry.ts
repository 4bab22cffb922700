import { isJsonObject } from '../core/json.ts'
import type { WireFormatId } from '../core/request.ts'
import type { FinishReason, Usage } from '../core/stream-part.ts'
import type { Loss } from '../core/wire-format.ts'

/** An answer as its client got it, and what was known of it. */
export type Entry = EntryHead & { readonly body: Uint8Array }

export type EntryHead = {
  readonly format: WireFormatId
  /** `json-array`: Gemini's list of objects that grows. */
  readonly sentAs: 'whole' | 'sse' | 'json-array'
  /** The client got usage in its stream. */
  readonly hasUsage: boolean
  /** Milliseconds since 1970. */
  readonly storedAt: number
  /** The target that said it. */
  readonly target: string
  /** Of the call that it was said in. */
  readonly id: string
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason
  /** Under which its provider keeps the answer, where it does. */
  readonly responseId?: string | undefined
  readonly losses?: readonly Loss[] | undefined
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const VERSION = 1
const NEW_LINE = 10

/** One line of JSON, and the body. */
export function encodeEntry({ body, ...head }: Entry): Uint8Array {
  const line = encoder.encode(`${JSON.stringify({ version: VERSION, ...head })}\n`)
  const bytes = new Uint8Array(line.length + body.length)
  bytes.set(line)
  bytes.set(body, line.length)
  return bytes
}

/** `undefined` for what this version did not write. */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const end = bytes.indexOf(NEW_LINE)
  if (end < 0) return undefined
  try {
    const head: unknown = JSON.parse(decoder.decode(bytes.subarray(0, end)))
    return isHead(head) ? { ...head, body: bytes.subarray(end + 1) } : undefined
  } catch {
    // Somebody else's value under our key is no entry.
    return undefined
  }
}

const WAYS: ReadonlySet<unknown> = new Set(['whole', 'sse', 'json-array'])

/** Whoever can write to the store can write anything; what is not an entry's must not fail a call. */
function isHead(head: unknown): head is EntryHead {
  if (!isJsonObject(head) || head['version'] !== VERSION || !WAYS.has(head['sentAs'])) return false
  const { usage, losses, storedAt, responseId } = head
  const areTexts = [head['format'], head['target'], head['id'], head['finishReason']].every(isText)
  const isCounted = usage === undefined || isJsonObject(usage)
  const areLosses = losses === undefined || (Array.isArray(losses) && losses.every(isLoss))
  return (
    areTexts && isCounted && areLosses && Number.isFinite(storedAt) && (responseId === undefined || isText(responseId))
  )
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isLoss(value: unknown): boolean {
  return isJsonObject(value) && isText(value['path']) && isText(value['reason'])
}
