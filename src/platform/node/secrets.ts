import { readFileSync } from 'node:fs'
import type { Secrets } from '../../core/ports.ts'

/** Secrets from the environment and from files. Errors name the reference, never a value. */
export function createSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    read(reference) {
      if (reference.startsWith('env:')) {
        const value = environment[reference.slice(4)]
        if (value === undefined || value === '') throw new Error(`${reference} is not set`)
        return value
      }
      if (reference.startsWith('file:')) return readFile(reference)
      throw new Error('a secret must be a reference: env:NAME or file:/path')
    },
  }
}

function readFile(reference: string): string {
  let value: string
  try {
    value = readFileSync(reference.slice(5), 'utf8').trim()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new Error(`${reference} cannot be read (${code})`)
  }
  if (value === '') throw new Error(`${reference} is empty`)
  return value
}
