import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { awsFrames } from './aws-frames.ts'
import type { Decoded } from './decode.ts'
import { decode } from './decode.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DATA = join(ROOT, process.env['THALAMUS_DATA'] ?? '../shared/data')
const FILE = join(DATA, 'tools/providers/vercel_responses.jsonl.gz')

/** Absent in a checkout without the shared data: the tests that need it are skipped and say so. */
export const hasCases = existsSync(FILE)

export const CUTS = [1, 2, 3, 7, 64] as const

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
  readonly tool_calls: readonly {
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
  if (base64 !== null) return new Uint8Array(Buffer.from(base64, 'base64'))
  const text = raw ?? ''
  return api === 'bedrock-converse' && mode === 'stream' ? awsFrames(text) : new TextEncoder().encode(text)
}

/** Case id ▶ why our result differs from the reference's on purpose. */
export type Differences = Readonly<Record<string, string>>

/**
 * One test a case: it decodes to what is expected, and to the same at every cut. A case listed as different must differ:
 * a listing that has become wrong fails.
 */
export function describeCases(format: WireFormat, cases: readonly ProviderCase[], differences: Differences): void {
  describe.skipIf(!hasCases)(`${format.id}: recorded answers${hasCases ? '' : ' (no shared data here)'}`, () => {
    test('there are cases', () => expect(cases.length).toBeGreaterThan(0))
    test.each(cases.map((one) => [one.id, one.name, one] as const))('%s %s', (id, _name, one) => {
      const isStream = one.mode === 'stream'
      const whole = one.status === 200 ? decode(format, one.bytes, isStream) : refused(format, one)
      if (isStream && one.status === 200) {
        for (const cut of CUTS) expect(decode(format, one.bytes, true, cut), `cut at ${cut}`).toEqual(whole)
      }
      const differs = differences[id]
      if (differs === undefined) expect(comparable(whole)).toEqual(expectedOf(one, whole))
      else expect(comparable(whole), differs).not.toEqual(expectedOf(one, whole))
    })
    test('every difference names a case of this list', () => {
      const ids = new Set(cases.map((one) => one.id))
      expect(Object.keys(differences).filter((id) => !ids.has(id))).toEqual([])
    })
  })
}

function refused(format: WireFormat, one: ProviderCase): Decoded {
  const error = format.readError(one.status, {}, new TextDecoder().decode(one.bytes))
  return { calls: [], text: '', reasoning: '', finish: undefined, usage: undefined, error: error.code }
}

/** What is compared: arguments as values, counts with silence as zero. */
function comparable({ calls, text, reasoning, finish, usage, error }: Decoded): unknown {
  if (error !== undefined) return { isError: true }
  return {
    calls: calls.map((call) => ({ name: call.name, arguments: argumentsOf(call.argumentsText) })),
    text,
    reasoning,
    finish,
    usage: [
      usage?.inputTokens ?? 0,
      usage?.cachedInputTokens ?? 0,
      usage?.cacheWriteTokens ?? 0,
      usage?.outputTokens ?? 0,
      usage?.reasoningTokens ?? 0,
    ],
  }
}

/** An error inside an answer is an error for us, whatever the reference salvaged before it. */
function expectedOf({ expected }: ProviderCase, decoded: Decoded): unknown {
  const { usage, finish_reason: finish } = expected
  const isError = expected.error !== undefined || (expected.errors ?? []).length > 0 || finish?.unified === 'error'
  if (isError) return { isError: true }
  const { inputTokens: input = {}, outputTokens: output = {} } = usage ?? {}
  return {
    // What the provider's own tools did is no call for the client.
    calls: expected.tool_calls
      .filter((call) => call.provider_executed !== true)
      .map((call) => ({ name: call.name, arguments: argumentsOf(call.arguments) })),
    text: expected.content ?? '',
    reasoning: expected.reasoning ?? '',
    finish: finish?.unified ?? decoded.finish,
    usage: [input.total ?? 0, input.cacheRead ?? 0, input.cacheWrite ?? 0, output.total ?? 0, output.reasoning ?? 0],
  }
}

function argumentsOf(given: unknown): unknown {
  if (typeof given !== 'string') return given
  try {
    return JSON.parse(given)
  } catch {
    // Cut short by a limit: compared as text.
    return given
  }
}
