import type { JsonPlace } from './json-place.ts'

/** A text that a user wrote, and where it stands in the client's body: `['messages', 3, 'content']`. */
export type UserText = {
  readonly place: JsonPlace
  readonly text: string
  /** The block that holds the text alone and may be taken out with it; `undefined` where the text is the whole content. */
  readonly block: JsonPlace | undefined
}

/** One of the user's last turns, as the client's body has it. */
export type UserTurn = {
  readonly texts: readonly UserText[]
  /** He sent something else beside: pictures, sound, files. Results of tools are not his. */
  readonly hasMore: boolean
}
