import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PlacedGuard } from '../core/guard.ts'
import { PII_KINDS } from '../core/guard-settings.ts'
import { createGuardNotes } from './guard-notes.ts'
import { createPiiGuard } from './pii/index.ts'
import type { RedactionBook } from './redaction-book.ts'
import { createRedactionBook } from './redaction-book.ts'
import type { GuardRun, TextStage } from './text-stage.ts'
import { createGuardStage, createRestoreStage, inTurn } from './text-stage.ts'

const placed: PlacedGuard = {
  guard: createPiiGuard({ kinds: PII_KINDS }),
  on: new Set(['answer']),
  action: 'redact',
  onFailure: 'block',
  timeoutMs: 60_000,
  restores: true,
  allowsUnread: false,
}

/** What comes out of the stages of an answer whose request had an address and a key of two lines. */
function passed(isJson: boolean, pieces: readonly string[]): string {
  const book: RedactionBook = createRedactionBook()
  book.placeholder('email', 'jane@example.org', true)
  book.placeholder('secret', 'line 1\n"line 2"', true)
  const run: GuardRun = {
    where: 'answer',
    notes: createGuardNotes(),
    book,
    clock: { monotonic: () => 0 },
    spentMs: new Map(),
  }
  const stage: TextStage = inTurn([
    createGuardStage(placed, 'assistant', run, isJson),
    createRestoreStage(book, isJson),
  ])
  return pieces.map((piece) => stage.push(piece)).join('') + stage.end()
}

const words = fc.constantFrom(
  '[EMAIL_1]',
  '[SECRET_1]',
  '[EMAIL_9]',
  '[',
  '[EMAIL',
  ']',
  ' ',
  '\n',
  '\\',
  '"',
  'é',
  '😀',
  'a',
  '1',
  '.',
  'joe@x.example',
  '4111 1111 1111 1111',
  '+44 20 7946 0958',
  'DE89370400440532013000',
  'sk-abcDEF0123456789abcDEF',
)
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 })

function cutAt(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  let start = 0
  for (const size of sizes) {
    pieces.push(text.slice(start, start + size))
    start += size
  }
  return [...pieces, text.slice(start)]
}

test('what comes out does not depend on how a text came in', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), cuts, (parts, sizes) => {
      const text = parts.join('')
      expect(passed(false, cutAt(text, sizes)).replaceAll('\n', ' ')).toBe(passed(false, [text]).replaceAll('\n', ' '))
      expect(passed(false, [...text])).toBe(passed(false, [text]))
    }),
    { numRuns: 500 },
  )
})

test('arguments stay JSON, wherever they are cut, and say the same as whole ones', () => {
  const value = fc.oneof(
    fc.array(words, { maxLength: 6 }).map((parts) => parts.join('')),
    fc.constantFrom(4111111111111111, 1, true),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), cuts, (object, sizes) => {
      const text = JSON.stringify(object)
      const whole = passed(true, [text])
      expect(passed(true, cutAt(text, sizes))).toBe(whole)
      expect(whole).not.toContain('4111111111111111')
      expect(Object.keys(JSON.parse(whole) as object)).toEqual(Object.keys(object))
    }),
    { numRuns: 500 },
  )
})
