import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { hasNoArguments } from './named-arguments.ts'
import { readBracketed } from './values/json.ts'

const MESSAGE = '<|message|>'
const ENDS = ['<|call|>', '<|end|>', '<|return|>', '<|start|>assistant', '<|channel|>']
const MAX_HEADER_LENGTH = 512

/** A header that the text ended in. */
const CUT_HEADER =
  /^(?:<\|start\|>[\w.-]+)?(?:\s*to=[^\s<]*)?(?:<\|channel\|>\w+)?(?:\s*to=[^\s<]*)?\s*(?:<\|constrain\|>)?(?:j|jso?|json|code)?\s*(?:<(?:\|[a-z]*\|?)?)?$/

/**
 * gpt-oss: messages with a header that names a channel and, for a call, its recipient; in the part of the role, on any
 * channel. https://cookbook.openai.com/articles/openai-harmony
 */
export const harmony: Dialect = {
  id: 'harmony',
  opens: ['<|start|>', '<|channel|>'],
  drops: ['<|end|>', '<|return|>', '<|call|>'],
  *read(cursor, declared): Reading<Outcome> {
    const header = yield* readHeader(cursor)
    if (header === undefined || header === 'cut' || header === 'dropped') return header
    const name = /\bto=(?:functions\.)?([\w.:-]+)/.exec(header)?.[1]
    if (name !== undefined) return yield* readCall(cursor, name, declared)
    const isThought = /<\|channel\|>\s*analysis/.test(header)
    return { channel: isThought ? 'reasoning' : 'text', ends: ENDS.slice(0, 3) }
  },
}

/** Up to the message; `undefined` for prose that names a marker, `cut` and `dropped` for one that never comes to it. */
function* readHeader(cursor: Cursor): Reading<string | 'cut' | 'dropped' | undefined> {
  const start = cursor.position()
  const { found, at } = yield* cursor.until([MESSAGE])
  if (at - start > MAX_HEADER_LENGTH) return undefined
  const header = cursor.slice(start, at)
  if (found < 0) return CUT_HEADER.test(header) ? whatIsCut(header, cursor.isLineStart) : undefined
  return /^<\|(?:start\|>\s*[\w.-]+|channel\|>)/.test(header) ? header : undefined
}

function whatIsCut(header: string, isLineStart: boolean): 'cut' | 'dropped' | undefined {
  if (/\bto=/.test(header)) return 'cut'
  return isLineStart || /.<\|?[a-z]*$/.test(header) ? 'dropped' : undefined
}

function* readCall(cursor: Cursor, name: string, declared: Declared): Reading<Outcome> {
  if (yield* cursor.attempt(hasNoArguments(cursor, name, declared, ENDS.slice(0, 3)))) {
    yield* cursor.attempt(isEnded(cursor))
    return [{ name, argumentsText: '{}' }]
  }
  const argumentsText = yield* readBracketed(cursor)
  if (argumentsText === undefined || argumentsText === 'cut') return argumentsText
  yield* cursor.attempt(isEnded(cursor))
  yield* cursor.attempt(isStray(cursor))
  return [{ name, argumentsText }]
}

/** The model may say the channel in place of the role. */
function* isStray(cursor: Cursor): Reading<boolean> {
  if (!(yield* cursor.literal('commentary'))) return false
  const position = cursor.position()
  const isFollowed = yield* cursor.literal('<|channel|>')
  cursor.rewind(position)
  return isFollowed
}

function* isEnded(cursor: Cursor): Reading<boolean> {
  yield* cursor.spaces()
  return (yield* cursor.oneOf(ENDS.slice(0, 3))) >= 0
}
