import { GatewayError } from '../core/errors.ts'
import type { CallGuards } from '../core/guard.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject, jsonKind } from '../core/json.ts'
import { editMemberBytes, editMembers, prependMember } from '../core/json-edit.ts'
import { editPlaces } from '../core/json-place.ts'
import { parseKeeping } from '../core/lossless-json.ts'
import type { Exchange } from '../core/ports.ts'
import type { ChatBody, ReadBody } from '../core/request.ts'
import type { SaidInBody } from '../core/said-in-body.ts'
import type { PathFacts, WireFormat } from '../core/wire-format.ts'
import type { Reading } from '../read-body.ts'
import { readBody } from '../read-body.ts'
import type { TakenRouting, TakeOff } from '../take-off.ts'

// One for all: a decoder is a native object, and one a request is a third of the garbage collector's work.
const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** The request's body, unread. Throws a 4xx for one that is compressed or too large, `shutting_down` for one that is late. */
export function readBytes(exchange: Exchange, reading: Reading): Promise<Uint8Array> {
  const encoding = exchange.header('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError('unsupported_encoding', 'Compressed request bodies are not accepted. Send plain JSON.', {
      headers: { connection: 'close' },
    })
  }
  return readBody(exchange, reading)
}

/** The request's body as a JSON object. Throws a 4xx that says what is wrong with it. */
export async function readJson(exchange: Exchange, reading: Reading): Promise<JsonObject> {
  return parseBody(decode(await readBytes(exchange, reading)))
}

/** The same with the bytes it was read from, and their text, for an edit in place. */
export async function readJsonBytes(
  exchange: Exchange,
  reading: Reading,
  guards?: Pick<CallGuards, 'request'> | undefined,
): Promise<JsonBytes> {
  const sent = withoutMark(await readBytes(exchange, reading))
  return readObject(guards?.request(sent) ?? sent)
}

/** A body of which the bytes are there. Throws a 4xx that says what is wrong with it. */
export function readObject(bytes: Uint8Array): JsonBytes {
  const text = decode(bytes)
  return { bytes, text, body: parseBody(text) }
}

export type JsonBytes = { readonly bytes: Uint8Array; readonly text: string; readonly body: JsonObject }

/** A chat call's body, without what it says of routing. Throws a 4xx that says what is wrong with it. */
export function openChatBody(sent: Uint8Array, format: WireFormat, said?: PathFacts, takeOff?: TakeOff): ChatBody {
  const received = withoutMark(sent)
  const text = decode(received)
  const parsed = parseBody(text, format.argumentMembers)
  const taken = takeOff?.(parsed)
  const again = (bytes: Uint8Array): ReadBody => readChat(bytes, format, said)
  if (taken === undefined) {
    return chatBody(received, undefined, again, { chat: format.readRequest(parsed, said), text })
  }
  const bytes = withoutRouting(received, text, taken)
  return chatBody(bytes, taken.said, again, readTaken(bytes, parsed, taken, format, said))
}

function chatBody(
  bytes: Uint8Array,
  said: SaidInBody | undefined,
  readBytes: (bytes: Uint8Array) => ReadBody,
  read: ReadBody = readBytes(bytes),
): ChatBody {
  let current: ReadBody | undefined = read
  const { model, stream } = current.chat
  const body: ChatBody = {
    bytes,
    model,
    stream,
    said,
    read() {
      current ??= readBytes(body.bytes)
      return current
    },
    release() {
      current = undefined
    },
    changed(change) {
      const changed = change(body.bytes)
      return changed === body.bytes ? body : chatBody(changed, said, readBytes)
    },
    fork: () => chatBody(new Uint8Array(body.bytes), said, readBytes),
    copyFor(other, saidOfIt) {
      // Not `slice`: of a Buffer of Node's that is the same memory, in which either call would edit the other's body.
      const copied = new Uint8Array(body.bytes)
      return () =>
        chatBody(copied, saidOfIt, (again) => {
          const read = readBytes(again)
          return { ...read, chat: { ...read.chat, model: other } }
        })
    },
  }
  return body
}

/** Only what changed inside of other members has to be read once more. */
function readTaken(
  bytes: Uint8Array,
  parsed: JsonObject,
  { members, edits, model }: TakenRouting,
  format: WireFormat,
  said: PathFacts | undefined,
): ReadBody {
  if (edits.length > 0 || model !== undefined) return readChat(bytes, format, said)
  const kept = Object.fromEntries(Object.entries(parsed).filter(([name]) => !members.includes(name)))
  return { chat: format.readRequest(kept, said), text: decode(bytes) }
}

/** `bytes` is lost. */
function withoutRouting(bytes: Uint8Array, text: string, { members, edits, model }: TakenRouting): Uint8Array {
  const gone = Object.fromEntries(members.map((name) => [name, undefined]))
  if (edits.length === 0 && model === undefined) return editMemberBytes(bytes, text, gone)
  const edited = editPlaces(editMembers(text, gone), edits)
  return encoder.encode(model === undefined ? edited : prependMember(edited, 'model', model))
}

/** A byte order mark is none of the JSON: the decoder passes over it, and an upstream might not. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

function readChat(bytes: Uint8Array, format: WireFormat, said: PathFacts | undefined): ReadBody {
  const text = decode(bytes)
  return { chat: format.readRequest(parseBody(text, format.argumentMembers), said), text }
}

function parseBody(text: string, kept: readonly string[] = []): JsonObject {
  if (text === '') throw new GatewayError('invalid_json', 'The request body is empty. Send a JSON object.')
  const value = parse(text, kept)
  if (!isJsonObject(value)) {
    throw new GatewayError('invalid_json', `The request body must be a JSON object; got ${jsonKind(value)}.`)
  }
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new GatewayError('invalid_json', 'The request body is not valid UTF-8.', { cause })
  }
}

function parse(text: string, kept: readonly string[]): unknown {
  try {
    return parseKeeping(text, kept)
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    // The parser's own message quotes the body, which may be somebody's prompt: only its position is passed on.
    const position = cause instanceof Error ? /position (\d+)/.exec(cause.message)?.[1] : undefined
    const where = position === undefined ? '' : ` near character ${position}`
    throw new GatewayError('invalid_json', `The request body is not valid JSON${where}.`)
  }
}
