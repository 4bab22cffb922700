import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DATA } from '../data-folder.ts'

const FOLDER = join(DATA, 'tools/dialects')

/** Absent in a checkout without the shared data. */
export const hasDialectCases = existsSync(FOLDER)

/** One text of a model and the calls in it (data/tools/README.md). */
export type DialectCase = {
  readonly id: string
  readonly source: string
  readonly dialect: string
  readonly kind: string
  readonly model_output: string
  readonly tools: readonly {
    readonly function: { readonly name: string; readonly parameters?: Record<string, never> }
  }[]
  readonly expected_tool_calls: readonly {
    readonly name: string
    readonly arguments?: string
    readonly id?: string
    readonly arguments_subset?: unknown
  }[]
  readonly expected_content: string | null
  readonly expected_reasoning?: string | null
  readonly streams?: readonly { readonly chunks: readonly string[] }[]
  readonly compare: { readonly content?: string; readonly arguments: string }
  readonly meta: {
    readonly scenario?: string
    readonly finish_reason?: string
    readonly partial_ok?: boolean
    readonly emit_raw_on_error?: boolean
    readonly delimiters?: { readonly toolCallStart?: string; readonly toolCallEnd?: string }
  }
}

/** What stands around the text of a case of kind `inner`. */
const WRAPS: Readonly<Record<string, readonly [string, string]>> = { hermes: ['<tool_call>', '</tool_call>'] }

function wrapped(one: DialectCase): DialectCase {
  const wrap = one.kind === 'inner' ? WRAPS[one.dialect] : undefined
  return wrap === undefined ? one : { ...one, model_output: wrap.join(one.model_output) }
}

export function dialectCases(file: string): DialectCase[] {
  if (!hasDialectCases) return []
  const lines = gunzipSync(readFileSync(join(FOLDER, `${file}.jsonl.gz`)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => wrapped(JSON.parse(line) as DialectCase))
}
