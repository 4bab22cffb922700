import { GatewayError } from '../core/errors.ts'
import type { CallGuards, PlacedGuard, TextSource } from '../core/guard.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { createAnswerGuard } from './guard-answer.ts'
import { createGuardNotes } from './guard-notes.ts'
import { guardRequest } from './guard-request.ts'
import type { RedactionBook } from './redaction-book.ts'
import { createRedactionBook } from './redaction-book.ts'
import type { GuardRun } from './text-stage.ts'
import { textsOf } from './texts-of.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** The guards of one call, before and after the model. */
export function createCallGuards(guards: readonly PlacedGuard[], clock: { monotonic(): number }): CallGuards {
  const notes = createGuardNotes()
  const book = createRedactionBook()
  const run = (where: GuardRun['where']): GuardRun => ({ where, notes, book, clock, spentMs: new Map() })
  let placed = guards

  function guard(bytes: Uint8Array, some: readonly PlacedGuard[]): Uint8Array {
    const read = some.length === 0 ? undefined : readObject(bytes)
    if (read === undefined) return bytes
    requireText(read.body, some)
    noteSaid(read.body, book)
    const text = guardRequest(read.text, some, run('request'))
    return text === read.text ? bytes : encoder.encode(text)
  }

  return {
    request: (bytes) => guard(bytes, guards),
    also(more, bytes) {
      placed = [...placed, ...more]
      return guard(bytes, more)
    },
    isEmpty: () => placed.length === 0,
    answer: () => createAnswerGuard(placed, run('answer')),
    notes: notes.list,
  }
}

/** `undefined` of what is no JSON object: whoever reads the body says what is wrong with it. */
function readObject(bytes: Uint8Array): { readonly text: string; readonly body: JsonObject } | undefined {
  try {
    const text = decoder.decode(bytes)
    const body: unknown = JSON.parse(text)
    return isJsonObject(body) ? { text, body } : undefined
  } catch {
    return undefined
  }
}

/**
 * What the caller says as a placeholder is his own. What models said before, and tools after them, may be what stood for
 * something in an earlier turn: that is taken where it is met, so that what came before it has the placeholder it had.
 */
function noteSaid(body: JsonObject, book: RedactionBook): void {
  const { conversation, previous_response_id: previous } = body
  const kept = previous ?? (isJsonObject(conversation) ? conversation['id'] : conversation)
  if (typeof kept === 'string') book.goesOnFrom(kept)
  for (const { text, source } of textsOf(body)) if (!FROM_MODELS.has(source)) book.saw(text)
}

const FROM_MODELS: ReadonlySet<TextSource> = new Set(['assistant', 'tool-arguments', 'tool-result'])

/** Tokens in place of texts are for the model alone to read. */
function requireText({ input, prompt }: JsonObject, guards: readonly PlacedGuard[]): void {
  if (!hasNumbers(input) && !hasNumbers(prompt)) return
  const guard = guards.find(({ on, allowsUnread }) => on.has('request') && !allowsUnread)
  if (guard === undefined) return
  throw new GatewayError('request_blocked', `The guard ${guard.guard.id} cannot read tokens. Send texts.`, {
    param: hasNumbers(input) ? 'input' : 'prompt',
  })
}

function hasNumbers(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.some((one) => typeof one === 'number' || (Array.isArray(one) && typeof one[0] === 'number'))
  )
}
