const TEXT_TYPE = 7
const PRELUDE_BYTES = 12
const CRC_BYTES = 4

/** One message of `application/vnd.amazon.eventstream`, written after the specification and no other code of ours. https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream */
export function eventFrame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  return framed(headerBytes(headers), new TextEncoder().encode(payload))
}

/** The same message with its payload cut short; its lengths and checks are right. */
export function cutEventFrame(frame: Uint8Array): Uint8Array {
  const headersLength = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(4)
  const payloadStart = PRELUDE_BYTES + headersLength
  const length = frame.length - CRC_BYTES - payloadStart
  const kept = payloadStart + Math.max(1, Math.floor(length * 0.8))
  return framed(frame.slice(PRELUDE_BYTES, payloadStart), frame.slice(payloadStart, kept))
}

function framed(headers: Uint8Array, payload: Uint8Array): Uint8Array {
  const total = PRELUDE_BYTES + headers.length + payload.length + CRC_BYTES
  const frame = new Uint8Array(total)
  const view = new DataView(frame.buffer)
  view.setUint32(0, total)
  view.setUint32(4, headers.length)
  view.setUint32(8, crc32(frame.subarray(0, 8)))
  frame.set(headers, PRELUDE_BYTES)
  frame.set(payload, PRELUDE_BYTES + headers.length)
  view.setUint32(total - CRC_BYTES, crc32(frame.subarray(0, total - CRC_BYTES)))
  return frame
}

function headerBytes(headers: Readonly<Record<string, string>>): Uint8Array {
  const encoder = new TextEncoder()
  const bytes = Object.entries(headers).flatMap(([name, value]) => {
    const encoded = encoder.encode(value)
    return [name.length, ...encoder.encode(name), TEXT_TYPE, encoded.length >> 8, encoded.length & 255, ...encoded]
  })
  return Uint8Array.from(bytes)
}

/** CRC-32 of ISO 3309, as gzip has it: https://www.rfc-editor.org/rfc/rfc1952#section-8 */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})
