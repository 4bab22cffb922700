import type { JsonObject } from '../core/json.ts'
import type { Cursor, Reading } from './cursor.ts'

/** A call found in a model's text. `argumentsText`: JSON of an object, as the model wrote it where its dialect is JSON. */
export type TextCall = {
  readonly name: string
  readonly argumentsText: string
  /** The model's own, where the dialect has any. */
  readonly id?: string
}

/** What a grammar may know of the request. */
export type Declared = {
  /** Parameters of the declared tools by name; values of raw dialects are typed by them. */
  readonly tools: ReadonlyMap<string, JsonObject>
}

/** A stretch of text that is not for everybody: from here to one of `ends`, which is not part of it. */
export type Channel = { readonly channel: 'text' | 'reasoning'; readonly ends: readonly string[] }

/** Calls, and the beginning of one more that the text ended in. */
export type CutShort = { readonly calls: readonly TextCall[]; readonly cutAt: number }

/**
 * What became of a try to read calls: the calls, none of them where all are refused; the channel
 * that what follows is on; `undefined` for a text that is neither; `cut` for one that ended within a call, which must not
 * be executed and is no text for the user either; `dropped` for marks with nothing to call between them, and `empty` for
 * such as are text in the middle of a line.
 */
export type Outcome = readonly TextCall[] | CutShort | 'dropped' | 'empty' | Channel | 'cut' | undefined

/** How a family of models writes calls into its text. Source of the shapes: design/tool-calling.md §3.1. */
export type Dialect = {
  /** As configured in `tool_calls` (contract.md). */
  readonly id: string
  /** What calls begin with. Only there is the grammar tried. */
  readonly opens: readonly string[]
  /** And what they begin with besides, of these tools. */
  readonly opensFor?: (declared: Declared) => readonly string[]
  /** Calls stand at the beginning of the answer or of a line only, since what they begin with is common. */
  readonly atLineStart?: boolean
  /** Calls stand at the beginning of the answer only, or after others. */
  readonly atAnswerStart?: boolean
  /** Nothing the model says after its last call is meant for anybody: it talks to itself or makes the results up. */
  readonly endsAnswer?: boolean
  /** Its calls are plain words, so that answers explain them: in code after text they are text. */
  readonly mayBeExample?: boolean
  /** Words that frame text and mean nothing to its reader. */
  readonly drops?: readonly string[]
  /** Reads calls, standing before one of `opens`; leaves the cursor after them. */
  read(cursor: Cursor, declared: Declared): Reading<Outcome>
}

/** Calls of one answer; the rest is text (design/tool-calling.md §3.3.14). */
export const MAX_CALLS = 128
