import { EventStreamCodec } from '@smithy/eventstream-codec'
import { fromUtf8, toUtf8 } from '@smithy/util-utf8'
import type { WireEvent } from '../../src/core/wire-format.ts'

const codec = new EventStreamCodec(toUtf8, fromUtf8)

/** One message of an AWS event stream, with string headers. */
export function encodeAwsMessage(headers: Readonly<Record<string, string>>, body: string): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }])
  return codec.encode({ headers: Object.fromEntries(typed), body: new TextEncoder().encode(body) })
}

/** Events as the messages that Bedrock sends: one named `exception:TYPE` is an exception. */
export function encodeAwsEvents(events: readonly WireEvent[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      events.map(({ event = '', data }) => {
        const [kind, name] = event.includes(':') ? event.split(':') : ['event', event]
        const type = { [`:${kind}-type`]: name ?? '' }
        return encodeAwsMessage({ ':message-type': kind ?? '', ...type, ':content-type': 'application/json' }, data)
      }),
    ),
  )
}

/** Lines of `{"messageStart": {…}}`, as recordings hold them, as events. */
export function awsEvents(lines: string): WireEvent[] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [[name, payload] = ['unknown', {}]] = Object.entries(JSON.parse(line) as Record<string, unknown>)
      return { event: name.endsWith('Exception') ? `exception:${name}` : name, data: JSON.stringify(payload) }
    })
}

/** The same lines as the binary messages that Bedrock sends. */
export function awsFrames(lines: string): Uint8Array {
  return encodeAwsEvents(awsEvents(lines))
}
