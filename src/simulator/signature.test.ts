import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkSeal, seal } from './signature.ts'

test('a seal holds for its own text and owner', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const made = seal('claude', text)
      expect(checkSeal('claude', made, text)).toBeUndefined()
      expect(checkSeal('claude', made)).toBeUndefined()
      expect(checkSeal('gemini', made)).toBe('foreign')
      if (other !== text) expect(checkSeal('claude', made, other)).toBe('other-text')
    }),
  )
})

test('what the simulator did not seal is foreign', () => {
  const made = seal('openai', 'x')
  for (const signature of [
    '',
    'x',
    'EqQBCgIYAhIM',
    btoa('a'.repeat(24)),
    made.slice(0, -4),
    `${made.slice(0, -4)}AAAA`,
  ]) {
    expect(checkSeal('openai', signature), signature).toBe('foreign')
  }
})
