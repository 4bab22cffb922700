import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject, jsonKind } from '../core/json.ts'
import type { Exchange } from '../core/ports.ts'
import type { HeaderReader } from './header-reader.ts'

export type JsonBody = { readonly value: JsonObject; readonly text: string; readonly bytes: Uint8Array }

// One for all: a decoder is a native object, and one a request is a third of the garbage collector's work.
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The request's body as a JSON object. Throws a 4xx that says what is wrong with it. */
export async function readJson(exchange: Exchange, header: HeaderReader, maxBytes: number): Promise<JsonBody> {
  const encoding = header('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError('unsupported_encoding', 'Compressed request bodies are not accepted. Send plain JSON.', {
      headers: { connection: 'close' },
    })
  }
  const bytes = await exchange.readBody(maxBytes)
  if (bytes.length === 0) throw new GatewayError('invalid_json', 'The request body is empty. Send a JSON object.')
  const text = decode(bytes)
  const value = parse(text)
  if (!isJsonObject(value)) {
    throw new GatewayError('invalid_json', `The request body must be a JSON object; got ${jsonKind(value)}.`)
  }
  return { value, text, bytes }
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new GatewayError('invalid_json', 'The request body is not valid UTF-8.', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // The parser's own message quotes the body, which may be somebody's prompt: only its position is passed on.
    const position = cause instanceof Error ? /position (\d+)/.exec(cause.message)?.[1] : undefined
    const where = position === undefined ? '' : ` near character ${position}`
    throw new GatewayError('invalid_json', `The request body is not valid JSON${where}.`)
  }
}
