import type { JsonValue } from './json.ts'
import type { WireFormatId } from './request.ts'

/** One block of a turn. Members that are rare are optional: absent means not said. */
export type ContentPart =
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | RefusalPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | NativePart

/** Where a prompt may be kept for the next call. Marks stand on the last block of what is to be kept. */
export type CacheMark = { readonly ttl?: '5m' | '1h' | undefined }

/** Where the bytes of an attachment are. */
export type MediaSource =
  /** Somewhere the provider can fetch it. */
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string | undefined }
  /** Here, in base64. */
  | { readonly type: 'data'; readonly mediaType: string; readonly data: string }
  /** At the provider already, under an id that only `format`'s provider knows. */
  | {
      readonly type: 'stored'
      readonly id: string
      readonly format: WireFormatId
      readonly mediaType?: string | undefined
    }

export type TextPart = {
  readonly type: 'text'
  readonly text: string
  readonly cache?: CacheMark | undefined
  /** Reasoning state that must go back with this block. */
  readonly signature?: Signature | undefined
}

export type ImagePart = {
  readonly type: 'image'
  readonly source: MediaSource
  /** `low`, `high`, `auto`, `original`: OpenAI's words for its resolution. */
  readonly detail?: string | undefined
  readonly cache?: CacheMark | undefined
}

/** `format`: `wav`, `mp3`, … */
export type AudioPart = { readonly type: 'audio'; readonly source: MediaSource; readonly format: string }

/** A document: PDF, plain text, … */
export type FilePart = {
  readonly type: 'file'
  readonly source: MediaSource
  readonly name?: string | undefined
  readonly cache?: CacheMark | undefined
}

/** The model's own words for declining. */
export type RefusalPart = { readonly type: 'refusal'; readonly text: string }

/** What the model thought. A block without text but with a signature is valid and must be kept. */
export type ReasoningPart = {
  readonly type: 'reasoning'
  readonly text: string
  /** Lets whoever signed it check and reread it. Worthless to anybody else. */
  readonly signature?: Signature | undefined
  /** The text is encrypted and stands in `signature`. */
  readonly redacted?: boolean | undefined
  /** The provider's own name of this block. */
  readonly id?: string | undefined
}

/** Opaque state of the model that thought, and the format in which it signs. */
export type Signature = { readonly by: WireFormatId; readonly value: string }

/** `argumentsText` is the truth: JSON as the model wrote it, or free text for a custom tool. */
export type ToolCallPart = {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly argumentsText: string
  readonly custom?: boolean | undefined
  readonly signature?: Signature | undefined
  readonly cache?: CacheMark | undefined
}

export type ToolResultPart = {
  readonly type: 'tool-result'
  readonly callId: string
  /** The tool's name, where the client said it; else it is found by the call's id. */
  readonly name?: string | undefined
  /** Text, images, files. */
  readonly content: readonly ContentPart[]
  readonly isError?: boolean | undefined
  readonly custom?: boolean | undefined
  readonly cache?: CacheMark | undefined
}

/** A block that only its own format has: a provider's own tools, citations, container uploads. A loss anywhere else. */
export type NativePart = {
  readonly type: 'native'
  readonly format: WireFormatId
  /** The block's own type. */
  readonly kind: string
  readonly value: JsonValue
}
