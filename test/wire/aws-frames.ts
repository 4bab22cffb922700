import { EventStreamCodec } from '@smithy/eventstream-codec'
import { fromUtf8, toUtf8 } from '@smithy/util-utf8'

/** Lines of `{"messageStart": {…}}` as the binary messages that Bedrock sends. */
export function awsFrames(lines: string): Uint8Array {
  const codec = new EventStreamCodec(toUtf8, fromUtf8)
  const messages = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [[name, payload] = ['unknown', {}]] = Object.entries(JSON.parse(line) as Record<string, unknown>)
      const isException = name.endsWith('Exception')
      const string = (value: string) => ({ type: 'string' as const, value })
      return codec.encode({
        headers: {
          ':message-type': string(isException ? 'exception' : 'event'),
          [isException ? ':exception-type' : ':event-type']: string(name),
          ':content-type': string('application/json'),
        },
        body: new TextEncoder().encode(JSON.stringify(payload)),
      })
    })
  return new Uint8Array(Buffer.concat(messages))
}
