import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSecrets } from './secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'thalamus-secrets-'))
const file = (text: string): string => {
  const path = join(folder, 'secret')
  writeFileSync(path, text)
  return `file:${path}`
}

test('a secret is read from the environment, and from a file without the line break at its end', () => {
  const secrets = createSecrets({ KEY: 'one' })
  expect(secrets.read('env:KEY')).toBe('one')
  expect(secrets.read(file('two\n'))).toBe('two')
})

test('a secret that is missing or empty is an error that names the reference', () => {
  const secrets = createSecrets({ EMPTY: '' })
  expect(() => secrets.read('env:NOWHERE')).toThrow('env:NOWHERE is not set')
  expect(() => secrets.read('env:EMPTY')).toThrow('env:EMPTY is not set')
  expect(() => secrets.read(`file:${folder}/nowhere`)).toThrow(`file:${folder}/nowhere cannot be read (ENOENT)`)
  expect(() => secrets.read(file(' \n'))).toThrow('is empty')
})

test('a literal is refused and not repeated', () => {
  expect(() => createSecrets({}).read('sk-live-42')).toThrow('a secret must be a reference')
  expect(() => createSecrets({}).read('sk-live-42')).not.toThrow('sk-live-42')
})
