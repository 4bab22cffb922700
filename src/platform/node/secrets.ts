import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secrets } from '../../core/ports.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where orchestrators mount secrets: Docker and Podman there, Kubernetes and systemd where they are told. */
const DEFAULT_FOLDER = '/run/secrets'
// No separator and no leading dot: a name leads nowhere but into the folder.
const NAME = /^\w[\w.-]*$/

/**
 * Secrets from the environment, from files and from a mounted folder. Files are read anew each time, so that a secret that was
 * renewed is seen with the next configuration. Errors name the reference, never a value.
 */
export function createSecrets(environment: Environment, folder?: string): Secrets {
  return {
    read(reference) {
      const path = secretPath(reference, environment, folder)
      if (path !== undefined) return readFile(reference, path)
      if (reference.startsWith('env:')) {
        const value = environment[reference.slice(4)]
        if (value === undefined || value === '') throw new Error(`${reference} is not set`)
        return value
      }
      throw new Error('a secret must be a reference: env:NAME, secret:NAME or file:/path')
    },
  }
}

/** The file behind a reference; `undefined` where there is none. */
export function secretPath(reference: string, environment: Environment, folder?: string): string | undefined {
  if (reference.startsWith('file:')) return reference.slice('file:'.length)
  const name = reference.startsWith('secret:') ? reference.slice('secret:'.length) : ''
  if (!NAME.test(name)) return undefined
  return join(folder ?? environment['THALAMUS_SECRETS_DIR'] ?? DEFAULT_FOLDER, name)
}

function readFile(reference: string, path: string): string {
  let value: string
  try {
    value = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new Error(`${shown(reference, path)} cannot be read (${code})`)
  }
  if (value === '') throw new Error(`${shown(reference, path)} is empty`)
  return value
}

function shown(reference: string, path: string): string {
  return reference.endsWith(path) ? reference : `${reference} (${path})`
}
