import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isJson } from '../../src/dialects/values/json.ts'
import { DATA } from '../data-folder.ts'
import { corrected } from './corrections.ts'

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
  readonly streams?: readonly {
    readonly chunks: readonly string[]
    /** What the source makes of it where it is another than of the whole. */
    readonly reference_stream_result?: {
      readonly tool_calls: DialectCase['expected_tool_calls']
      readonly content: string | null
    }
  }[]
  readonly compare: { readonly content?: string; readonly arguments: string }
  readonly meta: {
    readonly scenario?: string
    readonly finish_reason?: string
    readonly partial_ok?: boolean
    readonly note?: string
    readonly emit_raw_on_error?: boolean
    readonly delimiters?: { readonly toolCallStart?: string; readonly toolCallEnd?: string }
  }
}

/** What stands around the text of a case of kind `inner`. */
const WRAPS: Readonly<Record<string, readonly [string, string]>> = {
  cogito: ['<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>', '<｜tool▁call▁end｜><｜tool▁calls▁end｜>'],
  deepseek_v31: ['<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>', '<｜tool▁call▁end｜><｜tool▁calls▁end｜>'],
  glm45: ['<tool_call>', '</tool_call>'],
  gemma4: ['<|tool_call>', '<tool_call|>'],
  hermes: ['<tool_call>', '</tool_call>'],
  lfm2: ['<|tool_call_start|>', '<|tool_call_end|>'],
  olmo3: ['<function_calls>', '</function_calls>'],
}

/** The tools of a source that knows them by their names alone, which stand in the note. */
function named(one: DialectCase): DialectCase {
  const names = /tool names known \(([^)]*)\)/.exec(one.meta.note ?? '')?.[1]?.split(',')
  return names === undefined ? one : { ...one, tools: names.map((name) => ({ function: { name } })) }
}

/** A source that begins a call in the text's end needs no tools for it; with none declared here nothing is a call. */
function offered(one: DialectCase): DialectCase {
  const begun = one.expected_tool_calls.filter(({ arguments: text }) => text !== undefined && !isJson(text))
  if (one.tools.length > 0 || begun.length === 0) return one
  return { ...one, tools: begun.map(({ name }) => ({ function: { name } })) }
}

function wrapped(one: DialectCase): DialectCase {
  const wrap = one.kind === 'inner' ? WRAPS[one.dialect] : undefined
  return wrap === undefined ? one : { ...one, model_output: wrap.join(one.model_output) }
}

export function dialectCases(file: string): DialectCase[] {
  return linesOf<DialectCase>(file).map((one) => offered(corrected(named(wrapped(one)))))
}

/** One part of a source's parser alone: what it makes of a text. */
export type HelperCase = {
  readonly id: string
  readonly dialect: string
  readonly kind: string
  readonly input: string
  readonly expected: unknown
}

export function helperCases(): HelperCase[] {
  return linesOf('ollama_helpers')
}

/** A text that arrives in steps, and what a source's parser says of it at each. */
export type LexerCase = {
  readonly id: string
  readonly dialect: string
  readonly tools: DialectCase['tools']
  readonly steps: readonly {
    readonly input: string
    readonly events: readonly {
      readonly type: string
      readonly content?: string
      readonly Content?: string
      readonly thinking?: string
      readonly name?: string
      readonly args?: string
      readonly Header?: { readonly Recipient: string }
    }[]
  }[]
}

export function lexerCases(): LexerCase[] {
  return linesOf('ollama_lexer')
}

function linesOf<Line>(file: string): Line[] {
  if (!hasDialectCases) return []
  const lines = gunzipSync(readFileSync(join(FOLDER, `${file}.jsonl.gz`)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Line)
}
