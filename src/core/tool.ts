import type { CacheMark } from './content.ts'
import type { JsonObject } from './json.ts'
import type { WireFormatId } from './request.ts'

/** A tool the client declares. */
export type Tool = {
  /** Empty for a native tool without a name of its own. */
  readonly name: string
  readonly description: string | undefined
  /** JSON Schema of the arguments, as declared; `undefined` when none was given. */
  readonly parameters: JsonObject | undefined
  /** The provider must hold the model to the schema. */
  readonly strict?: boolean | undefined
  readonly cache?: CacheMark | undefined
  /** Takes free text instead of JSON, possibly of a grammar (`format`, OpenAI's shape). */
  readonly custom?: { readonly format?: JsonObject | undefined } | undefined
  /** A provider's own tool (web search, code execution): only its format can carry it, as `value`. */
  readonly native?: { readonly format: WireFormatId; readonly value: JsonObject } | undefined
}

/** `allowed`: only these tools, of all that are declared. */
export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { readonly name: string }
  | { readonly allowed: readonly string[]; readonly mode: 'auto' | 'required' }
