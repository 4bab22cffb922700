import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PII_KINDS } from '../core/guard-settings.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { createGuardNotes } from './guard-notes.ts'
import { createPartGuard } from './part-guard.ts'
import { createPiiGuard } from './pii/index.ts'
import { createRedactionBook } from './redaction-book.ts'
import type { GuardRun } from './text-stage.ts'
import { createGuardStage } from './text-stage.ts'

/** What comes out of a guard that redacts, part by part as it comes. */
function guarded(parts: readonly StreamPart[]): StreamPart[] {
  const run: GuardRun = {
    where: 'answer',
    notes: createGuardNotes(),
    book: createRedactionBook(),
    clock: { monotonic: () => 0 },
    spentMs: new Map(),
  }
  const placed = {
    guard: createPiiGuard({ kinds: PII_KINDS }),
    on: new Set(['answer' as const]),
    ...{ action: 'redact' as const, onFailure: 'block' as const, timeoutMs: 60_000, restores: false },
    allowsUnread: false,
  }
  const guard = createPartGuard((isJson) => createGuardStage(placed, 'assistant', run, isJson === true))
  return [...parts.flatMap((part) => guard.push(part)), ...guard.end()]
}

const text = (said: string): StreamPart => ({ type: 'text-delta', text: said })
const thought = (said: string): StreamPart => ({ type: 'reasoning-delta', text: said })
const source: StreamPart = { type: 'citation', url: 'https://example.com', title: undefined }
const signed: StreamPart = { type: 'text-signature', signature: { format: 'gemini-generate', value: 's' } as never }

function saidIn(parts: readonly StreamPart[], type: 'text-delta' | 'reasoning-delta'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('')
}

const kinds = (parts: readonly StreamPart[]): string[] => parts.map(({ type }) => type)

test('what stands between the pieces of a text hides nothing in it, whatever it is', () => {
  const between = fc.array(fc.constantFrom(thought('hm '), source, signed, { type: 'reasoning-end' as const }), {
    maxLength: 3,
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), between), { maxLength: 12 }), (cuts) => {
      const whole = 'Mail jane@example.org and call +44 20 7946 0958. Bye'
      const parts: StreamPart[] = []
      let at = 0
      for (const [length, others] of cuts) {
        parts.push(text(whole.slice(at, at + length)), ...others)
        at += length
      }
      parts.push(text(whole.slice(at)))
      const out = guarded(parts)
      expect(saidIn(out, 'text-delta')).toBe('Mail [EMAIL_1] and call [PHONE_1]. Bye')
      expect(saidIn(out, 'reasoning-delta')).toBe(saidIn(parts, 'reasoning-delta'))
      const rest = (list: readonly StreamPart[]) => kinds(list).filter((type) => !type.endsWith('-delta'))
      expect(rest(out)).toEqual(rest(parts))
    }),
  )
})

test('two texts that come by turns are each read as one', () => {
  const pieces = ['Mail ja', 'ne@ex', 'ample', '.org now']
  const out = guarded(pieces.flatMap((piece) => [thought(piece), text(piece)]))
  expect([saidIn(out, 'text-delta'), saidIn(out, 'reasoning-delta')]).toEqual([
    'Mail [EMAIL_1] now',
    'Mail [EMAIL_1] now',
  ])
})

test('an answer behind a thought waits for a few words of its own and comes after all of the thought', () => {
  const guard = guarded([
    thought('Let me see.'),
    text('The answer is this: '),
    text('x'.repeat(60)),
    text(' and that.'),
  ])
  expect(kinds(guard)).toEqual([
    ...kinds(guard).filter((type) => type === 'reasoning-delta'),
    ...kinds(guard).filter((type) => type === 'text-delta'),
  ])
  expect(saidIn(guard, 'reasoning-delta')).toBe('Let me see.')
  expect(saidIn(guard, 'text-delta')).toBe(`The answer is this: ${'x'.repeat(60)} and that.`)
})

test('a thought that its provider ends is over, and a call is the end of every text', () => {
  const call: StreamPart = { type: 'tool-call-start', index: 0, id: 'c', name: 'f' }
  const end: StreamPart = { type: 'reasoning-end' }
  const out = guarded([thought('so'), end, text('To ja'), source, call])
  expect(out).toEqual([thought('so'), end, text('To '), text('ja'), source, call])
})
