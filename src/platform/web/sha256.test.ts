import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256, sha256Bytes } from './sha256.ts'

test('digests are those of Node at every length around the ends of blocks', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 151 + 7) & 0xff)
  for (let length = 0; length <= bytes.length; length += 1) {
    const message = bytes.subarray(0, length)
    expect(Buffer.from(sha256Bytes(message)).toString('hex'), `${length} bytes`).toBe(
      createHash('sha256').update(message).digest('hex'),
    )
  }
})

test('a part of a larger buffer is digested alone', () => {
  const bytes = new TextEncoder().encode('before abc after')
  expect(Buffer.from(sha256Bytes(bytes.subarray(7, 10))).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('texts are digested as UTF-8', () => {
  for (const text of ['', 'héllo 🜚', 'x'.repeat(100_000), '\ud800'])
    expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('base64'))
})
