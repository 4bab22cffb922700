import type { ChatRequest } from '../core/request.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { bodyText } from './request-key.ts'

/** What a user asks last, and everything else that he sent. */
export type Question = { readonly text: string; readonly rest: string }

const HOLE = '"\u0000"'

/** `undefined` where it does not stand in the body once, as one text. */
export function questionOf(chat: ChatRequest, format: WireFormat): Question | undefined {
  const texts = format.userTurns?.(chat.native.body).at(-1)?.texts ?? []
  const [only] = texts
  if (only === undefined || texts.length !== 1) return undefined
  const pieces = bodyText(chat).split(JSON.stringify(only.text))
  return pieces.length === 2 ? { text: only.text, rest: pieces.join(HOLE) } : undefined
}
