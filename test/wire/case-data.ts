import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DATA } from '../data-folder.ts'
import { awsFrames } from './aws-frames.ts'

const FILE = join(DATA, 'tools/providers/vercel_responses.jsonl.gz')

/** Absent in a checkout without the shared data: the tests that need it are skipped and say so (data-folder.ts). */
export const hasCases = existsSync(FILE)

/** One recorded or hand-written answer of a provider, and what it amounts to (data/tools/README.md). */
export type ProviderCase = {
  /** `vercel_responses:LINE`, counted from 0. */
  readonly id: string
  readonly api: string
  readonly provider: string
  readonly mode: 'generate' | 'stream'
  readonly status: number
  readonly name: string
  readonly bytes: Uint8Array
  /** The file in data/recordings, for real traffic. */
  readonly recording: string | null
  readonly expected: Expected
}

type Expected = {
  /** Absent where the reference threw. */
  readonly tool_calls?: readonly {
    readonly id?: string
    readonly name: string
    readonly arguments: unknown
    /** By the provider itself, within the answer. */
    readonly provider_executed?: boolean
  }[]
  readonly content: string | null
  readonly reasoning: string | null
  readonly finish_reason: { readonly unified: string; readonly raw?: string } | null
  readonly usage: {
    readonly inputTokens: Counts
    readonly outputTokens: Counts
  } | null
  readonly errors?: readonly unknown[] | null
  readonly error?: string
}

type Counts = {
  readonly total?: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  readonly reasoning?: number
}

type Row = Expected & {
  readonly api: string
  readonly provider: string
  readonly mode: 'generate' | 'stream'
  readonly status: number
  readonly raw: string | null
  readonly raw_base64: string | null
  readonly recorded_fixture: string | null
  readonly meta: { readonly test: string }
  readonly expected: Expected
}

/** The cases of these APIs. */
export function casesOf(...apis: readonly string[]): ProviderCase[] {
  if (!hasCases) return []
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  return lines.flatMap((line, index) => {
    const row = JSON.parse(line) as Row
    if (!apis.includes(row.api)) return []
    const { api, provider, mode, status, expected, meta, recorded_fixture: recording } = row
    return [
      {
        id: `vercel_responses:${index}`,
        api,
        provider,
        mode,
        status,
        name: meta.test,
        bytes: bytesOf(row),
        recording,
        expected,
      },
    ]
  })
}

function bytesOf({ raw, raw_base64: base64, api, mode }: Row): Uint8Array {
  const bytes = base64 === null ? undefined : Buffer.from(base64, 'base64')
  // Some that are marked as bytes are lines all the same: a message begins with its length, which is no brace.
  if (bytes !== undefined && bytes[0] !== 0x7b) return new Uint8Array(bytes)
  const text = raw ?? bytes?.toString('utf8') ?? ''
  return api === 'bedrock-converse' && mode === 'stream' ? awsFrames(text) : new TextEncoder().encode(text)
}

/** Case id ▶ why our result differs from the reference's on purpose. */
export type Differences = Readonly<Record<string, string>>
