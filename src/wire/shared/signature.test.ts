import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WireFormatId } from '../../core/request.ts'
import { packSignature, unpackSignature } from './signature.ts'

const FORMATS: readonly WireFormatId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
  'ollama-chat',
]

test('a signature in its own field is as it was; in another it is base64 and comes back', () => {
  const formats = fc.constantFrom(...FORMATS)
  fc.assert(
    fc.property(formats, formats, fc.string({ unit: 'grapheme' }), (by, own, value) => {
      const packed = packSignature({ by, value }, own)
      if (by === own) expect(packed).toBe(value)
      else {
        expect(packed).toMatch(/^[A-Za-z0-9+/]+=*$/)
        expect(unpackSignature(packed, own)).toEqual({ by, value })
      }
    }),
  )
})

test('what was not wrapped by us belongs to the format of its field', () => {
  for (const text of ['', 'EqQBCgIYAhIM', 'dGhhbGFtdXM6', 'dGhhbGFtdXM6bm90IGEgZm9ybWF0OmE=', 'dGhhbGFtdXM6***']) {
    expect(unpackSignature(text, 'anthropic-messages')).toEqual({ by: 'anthropic-messages', value: text })
  }
})
