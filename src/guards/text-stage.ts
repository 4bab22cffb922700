import { GatewayError } from '../core/errors.ts'
import type { PlacedGuard, TextSource } from '../core/guard.ts'
import type { GuardNotes } from './guard-notes.ts'
import { createJsonMask } from './json-mask.ts'
import type { RedactionBook } from './redaction-book.ts'
import { createStringDepth } from './string-depth.ts'

/** A text on its way: what goes in comes out, changed, as soon as nothing that follows can change it. */
export type TextStage = {
  push(text: string): string
  end(): string
  /** How many characters of what went in are held back. */
  pending(): number
}

/** What the guards of one call share. */
export type GuardRun = {
  readonly where: 'request' | 'answer'
  readonly notes: GuardNotes
  readonly book: RedactionBook
  readonly clock: { monotonic(): number }
  /** Milliseconds that each guard took so far. */
  readonly spentMs: Map<PlacedGuard, number>
}

// What a guard may look at before the place from which it reads on.
const LOOK_BEHIND = 2
const PIECE_CHARACTERS = 65_536

/**
 * One guard over one text. Throws `request_blocked` or `answer_blocked` for a finding that is to block, and `guard_failed`
 * for a guard that throws or is late where that blocks; where it does not, the rest passes as it is. `isJson`: the text is
 * JSON as it comes.
 */
export function createGuardStage(placed: PlacedGuard, source: TextSource, run: GuardRun, isJson = false): TextStage {
  const { guard } = placed
  const mask = isJson ? createJsonMask() : undefined
  let raw = ''
  let seen = ''
  let inside: boolean[] = []
  let from = 0
  let hasFailed = false

  function take(text: string, isEnd: boolean): string {
    if (hasFailed) return text
    add(text, isEnd)
    try {
      return guarded(isEnd)
    } catch (thrown) {
      fail(placed, thrown, run)
      hasFailed = true
      const rest = raw.slice(from) + (mask?.push('', true).raw ?? '')
      raw = ''
      return rest
    }
  }

  function add(text: string, isEnd: boolean): void {
    if (mask === undefined) {
      raw += text
      seen = raw
      return
    }
    const masked = mask.push(text, isEnd)
    raw += masked.raw
    seen += masked.masked
    inside.push(...masked.inside)
  }

  function guarded(isEnd: boolean): string {
    const { findings, settled } = timed(placed, run, () => guard.scan(seen, from, isEnd, source))
    let out = ''
    let copied = from
    for (const { start, end, kind } of findings) {
      const isBare = mask !== undefined && inside[start] !== true
      // No number below zero names anybody, and a string behind its sign would be no JSON.
      if (isBare && raw[start - 1] === '-') continue
      const replacement = found(placed, kind, raw.slice(start, end), run)
      if (replacement === undefined) continue
      out += raw.slice(copied, start) + (isBare ? `"${replacement}"` : replacement)
      copied = end
    }
    out += raw.slice(copied, settled)
    const gone = Math.max(0, settled - LOOK_BEHIND)
    raw = raw.slice(gone)
    seen = seen.slice(gone)
    inside = inside.slice(gone)
    from = settled - gone
    return out
  }

  return {
    push(text) {
      let out = ''
      for (let start = 0; start < text.length; start += PIECE_CHARACTERS) {
        out += take(text.slice(start, start + PIECE_CHARACTERS), false)
      }
      return out
    },
    end: () => take('', true),
    pending: () => raw.length - (hasFailed ? raw.length : from),
  }
}

// As an answer begins that was asked for as JSON.
const JSON_OBJECT = /^\s*\{\s*"/

/**
 * What was redacted of the request comes back where its placeholder stands. `isJson`: the text is JSON as it comes, of which
 * `perhaps` is told by its beginning.
 */
export function createRestoreStage(book: RedactionBook, isJson: boolean | 'perhaps' = false): TextStage {
  const depth = createStringDepth()
  let writesJson = isJson === true
  // None stands before an object's first name, so that it is known in time.
  let isKnown = isJson !== 'perhaps'
  let held = ''
  let beginning = ''

  function look(text: string): void {
    beginning += text
    isKnown = beginning.length > LONGEST_BEGINNING
    if (!JSON_OBJECT.test(beginning)) return
    writesJson = true
    isKnown = true
  }

  function restored(text: string): string {
    if (!writesJson && isKnown) return book.restore(text, (original) => original)
    let seen = 0
    const out = book.restore(text, (original, at) => {
      if (!writesJson) return original
      depth.push(text.slice(seen, at))
      seen = at
      return escaped(original, Math.max(1, depth.depth()))
    })
    depth.push(text.slice(seen))
    return out
  }

  return {
    push(text) {
      if (!isKnown) look(text)
      held += text
      const settled = book.settled(held)
      const out = restored(held.slice(0, settled))
      held = held.slice(settled)
      return out
    },
    end() {
      const out = restored(held)
      held = ''
      return out
    },
    pending: () => held.length,
  }
}

const LONGEST_BEGINNING = 256

/** One stage after the other. */
export function inTurn(stages: readonly TextStage[]): TextStage {
  return {
    push: (text) => stages.reduce((said, stage) => (said === '' ? '' : stage.push(said)), text),
    end: () => stages.reduce((said, stage) => stage.push(said) + stage.end(), ''),
    pending: () => stages.reduce((sum, stage) => sum + stage.pending(), 0),
  }
}

/** A whole text through a stage. */
export function through(stage: TextStage, text: string): string {
  return stage.push(text) + stage.end()
}

/** As it stands in a string of JSON, `times` deep. */
function escaped(original: string, times: number): string {
  let text = original
  for (let count = 0; count < times; count += 1) text = JSON.stringify(text).slice(1, -1)
  return text
}

/** What stands in place of a finding; `undefined`: it stays. */
function found({ guard, action }: PlacedGuard, kind: string, text: string, run: GuardRun): string | undefined {
  const { where, notes, book } = run
  notes.add({ guard: guard.id, where, action }, kind)
  switch (action) {
    case 'redact':
      return book.placeholder(kind, text, where === 'request')
    case 'flag':
      return undefined
    case 'block':
      throw where === 'request'
        ? new GatewayError('request_blocked', `The guard ${guard.id} does not let this request pass (${kind}).`)
        : new GatewayError('answer_blocked', `The guard ${guard.id} does not let this answer pass (${kind}).`)
    default: {
      const unhandled: never = action
      throw new GatewayError('internal_error', `Unknown action of a guard: ${String(unhandled)}.`)
    }
  }
}

function timed<Value>(placed: PlacedGuard, { clock, spentMs }: GuardRun, scan: () => Value): Value {
  const before = spentMs.get(placed) ?? 0
  if (before > placed.timeoutMs) throw late(before)
  const startedAt = clock.monotonic()
  const value = scan()
  const spent = before + clock.monotonic() - startedAt
  spentMs.set(placed, spent)
  if (spent > placed.timeoutMs) throw late(spent)
  return value
}

function late(spentMs: number): Error {
  return Object.assign(new Error(), { name: `late: ${Math.round(spentMs)} ms` })
}

/** Throws unless a failing guard is passed over. */
function fail({ guard, onFailure }: PlacedGuard, thrown: unknown, { where, notes }: GuardRun): void {
  if (thrown instanceof GatewayError) throw thrown
  notes.add({ guard: guard.id, where, action: 'failed' }, 'failure')
  if (onFailure === 'allow') return
  throw new GatewayError('guard_failed', `The guard ${guard.id} failed, and nothing passes it unseen.`, {
    // SDKs repeat what is a 500, and each answer is paid for.
    headers: where === 'answer' ? { 'x-should-retry': 'false' } : {},
    // Not its message, which may quote what it read.
    detail: { guard: guard.id, reason: thrown instanceof Error ? thrown.name : typeof thrown },
    cause: thrown,
  })
}
