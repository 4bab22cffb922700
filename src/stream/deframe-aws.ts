import { EventStreamCodec } from '@smithy/eventstream-codec'
import { fromUtf8, toUtf8 } from '@smithy/util-utf8'
import { GatewayError } from '../core/errors.ts'
import { joinedBytes } from '../core/joined-bytes.ts'
import type { WireEvent } from '../core/wire-format.ts'
import type { Deframer } from './deframe.ts'

const LENGTH_BYTES = 4
// Prelude, its checksum and the message's own.
const SMALLEST = 16

/**
 * AWS event-stream messages: length-prefixed, checksummed. The event's name is `:event-type`; an exception's is
 * `exception:` and its type. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export function createAwsDeframer(maxEventBytes: number): Deframer {
  const codec = new EventStreamCodec(toUtf8, fromUtf8)
  const decoder = new TextDecoder()
  // Joined when a message is whole: a long one may come in thousands of pieces.
  let kept: Uint8Array[] = []
  let keptBytes = 0
  let wantedBytes = LENGTH_BYTES

  function decode(message: Uint8Array): WireEvent {
    try {
      const { headers, body } = codec.decode(message)
      const text = (name: string): string | undefined => {
        const header = headers[name]
        return header?.type === 'string' ? header.value : undefined
      }
      const kind = text(':message-type')
      const exception = text(':exception-type') ?? text(':error-code')
      const isEvent = kind === undefined || kind === 'event'
      return {
        event: isEvent ? text(':event-type') : `exception:${exception ?? 'unknown'}`,
        data: body.length > 0 ? decoder.decode(body) : JSON.stringify({ message: text(':error-message') }),
      }
    } catch (cause) {
      throw new GatewayError('upstream_malformed', 'The model sent an event whose checksum is wrong.', { cause })
    }
  }

  return {
    push(chunk) {
      if (keptBytes + chunk.length < wantedBytes) {
        kept.push(chunk.slice())
        keptBytes += chunk.length
        return []
      }
      const bytes = joinedBytes([...kept, chunk])
      const view = new DataView(bytes.buffer)
      const events: WireEvent[] = []
      let start = 0
      wantedBytes = LENGTH_BYTES
      while (bytes.length - start >= LENGTH_BYTES) {
        const length = view.getUint32(start)
        if (length < SMALLEST || length > maxEventBytes) {
          throw new GatewayError('upstream_malformed', 'The model sent something that is no AWS event stream.', {
            detail: { length },
          })
        }
        wantedBytes = length
        if (bytes.length - start < length) break
        events.push(decode(bytes.subarray(start, start + length)))
        start += length
        wantedBytes = LENGTH_BYTES
      }
      kept = [bytes.subarray(start)]
      keptBytes = bytes.length - start
      return events
    },
    unfinishedBytes: () => keptBytes,
    end() {
      if (keptBytes === 0) return []
      throw new GatewayError('stream_interrupted', 'The model closed the connection in the middle of an event.')
    },
  }
}
