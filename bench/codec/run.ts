// How long a streamed event takes through the codecs: bytes ▶ events ▶ parts ▶ tidy parts ▶ the client's events ▶ text.
// `node bench/codec/run.ts [--rounds N]`. Reads the recorded streams of ../shared/data (or THALAMUS_DATA).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { WireFormatId } from '../../src/core/request.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { createDeframer } from '../../src/stream/deframe.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { wireFormats } from '../../src/wire/index.ts'
import { awsFrames } from '../../test/wire/aws-frames.ts'
import { origin } from '../origin.ts'

const { rounds } = parseArgs({ options: { rounds: { type: 'string', default: '30' } } }).values
const ROUNDS = Number(rounds)
const ROOT = join(import.meta.dirname, '../..')
const DATA = process.env['THALAMUS_DATA'] ?? join(ROOT, '../shared/data')
/** One network read. */
const READ_BYTES = 4_096
const LEAST_EVENTS = 20

const FORMAT_OF_API: Readonly<Record<string, WireFormatId>> = {
  'openai-chat': 'openai-chat',
  'openai-compatible-chat': 'openai-chat',
  'mistral-chat': 'openai-chat',
  'groq-chat': 'openai-chat',
  'deepseek-chat': 'openai-chat',
  'xai-chat': 'openai-chat',
  'openai-responses': 'openai-responses',
  'xai-responses': 'openai-responses',
  'anthropic-messages': 'anthropic-messages',
  'gemini-generateContent': 'gemini-generate',
  'bedrock-converse': 'bedrock-converse',
  'cohere-v2-chat': 'cohere-chat',
}

const CLIENTS: readonly WireFormatId[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate']
const CONTEXT = { id: 'bench', model: 'bench/model', createdSeconds: 0, includeUsage: true }

type Row = {
  readonly api: string
  readonly mode: string
  readonly status: number
  readonly raw: string | null
  readonly raw_base64: string | null
}

/** Recorded streams long enough to time, by the format they are in. */
function readStreams(): ReadonlyMap<WireFormatId, readonly Uint8Array[]> {
  const lines = gunzipSync(readFileSync(join(DATA, 'tools/providers/vercel_responses.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
  const streams = new Map<WireFormatId, Uint8Array[]>()
  for (const line of lines) {
    const row = JSON.parse(line) as Row
    const id = FORMAT_OF_API[row.api]
    if (id === undefined || row.mode !== 'stream' || row.status !== 200) continue
    const format = formatOf(id)
    const text = row.raw ?? ''
    const bytes =
      row.raw_base64 !== null
        ? new Uint8Array(Buffer.from(row.raw_base64, 'base64'))
        : id === 'bedrock-converse'
          ? awsFrames(text)
          : new TextEncoder().encode(text)
    if (isWhole(format, bytes)) streams.set(id, [...(streams.get(id) ?? []), bytes])
  }
  return streams
}

function formatOf(id: WireFormatId): WireFormat {
  const format = wireFormats.get(id)
  if (format === undefined) throw new Error(`No format ${id}.`)
  return format
}

/** Streams that fail on purpose, and those of a few events, say nothing of the pace. */
function isWhole(format: WireFormat, bytes: Uint8Array): boolean {
  try {
    return translate(format, undefined, bytes) >= LEAST_EVENTS
  } catch {
    return false
  }
}

/** One stream, as dispatch does it; `client` undefined: read only. Returns the count of events. */
function translate(format: WireFormat, client: WireFormat | undefined, bytes: Uint8Array): number {
  const deframer = createDeframer(format.framing, 8 * 1024 * 1024)
  const reader = format.createReader()
  const tidier = createTidier('bench')
  const writer = client?.createWriter(CONTEXT)
  const enframer = createEnframer('sse')
  let events = 0
  const take = (parts: ReturnType<typeof tidier.push>): void => {
    if (writer !== undefined) for (const part of parts) enframer.write(writer.push(part))
  }
  const read = (found: ReturnType<typeof deframer.push>): void => {
    for (const event of found) {
      events += 1
      take(tidier.push(reader.push(event)))
    }
  }
  for (let start = 0; start < bytes.length; start += READ_BYTES)
    read(deframer.push(bytes.subarray(start, start + READ_BYTES)))
  read(deframer.end())
  take(tidier.push(reader.end()))
  take(tidier.end())
  if (writer !== undefined) enframer.write(writer.end())
  return events
}

/** Median microseconds an event over the rounds, all streams of a format a round. */
function measure(format: WireFormat, client: WireFormat | undefined, streams: readonly Uint8Array[]) {
  const times: number[] = []
  let events = 0
  for (let round = 0; round < ROUNDS + 5; round += 1) {
    const startedAt = performance.now()
    events = 0
    for (const bytes of streams) events += translate(format, client, bytes)
    if (round >= 5) times.push(((performance.now() - startedAt) * 1_000) / events)
  }
  times.sort((a, b) => a - b)
  return { events, microseconds: times[Math.floor(times.length / 2)] ?? 0 }
}

const results = [...readStreams()].map(([id, streams]) => {
  const format = formatOf(id)
  const read = measure(format, undefined, streams)
  const written = CLIENTS.map((client) => [client, measure(format, formatOf(client), streams).microseconds] as const)
  return {
    format: id,
    streams: streams.length,
    events: read.events,
    read_us: read.microseconds,
    to: Object.fromEntries(written),
  }
})

console.log(
  `\nMicroseconds an event, median of ${ROUNDS} rounds: read = bytes to tidy parts; then written as each client's format\n`,
)
console.log(
  ['upstream'.padEnd(20), 'streams', ' events', '   read', ...CLIENTS.map((client) => client.padStart(19))].join(' '),
)
for (const { format, streams, events, read_us: read, to } of results) {
  const cells = CLIENTS.map((client) => (to[client] ?? 0).toFixed(2).padStart(19))
  console.log(
    [
      format.padEnd(20),
      String(streams).padStart(7),
      String(events).padStart(7),
      read.toFixed(2).padStart(7),
      ...cells,
    ].join(' '),
  )
}
mkdirSync(join(ROOT, 'bench/results'), { recursive: true })
writeFileSync(
  join(ROOT, 'bench/results', `${new Date().toISOString().slice(0, 10)}-codec.json`),
  `${JSON.stringify({ ...origin('bench/codec/run.ts'), rounds: ROUNDS, results }, undefined, 2)}\n`,
)
