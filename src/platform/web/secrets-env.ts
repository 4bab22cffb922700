import type { Secrets } from '../../core/ports.ts'

/** Secrets by name, where there are no files. Errors name the reference, never a value. */
export function createEnvironmentSecrets(read: (name: string) => unknown): Secrets {
  return {
    read(reference) {
      if (!reference.startsWith('env:'))
        throw new Error(`${reference} cannot be read here, where there are no files: use env:NAME`)
      const value = read(reference.slice(4))
      if (typeof value === 'string' && value !== '') return value
      throw new Error(`${reference} is not set`)
    },
  }
}
