import { statSync } from 'node:fs'
import type { Config } from '../../config/config-schema.ts'
import { secretPath } from './secrets.ts'

type Environment = Readonly<Record<string, string | undefined>>

const REFERENCE = /^(?:[A-Za-z][\w-]* )?((?:file|secret):.+)$/
/** What is shown to everybody anyhow. */
const CERTIFICATES = ['cert', 'ca', 'client_ca']
const EVERYONE_READS = 0o004

/** The files behind the references of a configuration: keys, certificates, headers. */
export function secretFiles(config: Config, environment: Environment): readonly string[] {
  return pathsOf(referencesIn(config), config, environment)
}

/** Those of them that are no certificates, and that every user of this machine may read. */
export function exposedSecrets(config: Config, environment: Environment): readonly string[] {
  // Windows has no such bits.
  if (process.platform === 'win32') return []
  return pathsOf(referencesIn(config, CERTIFICATES), config, environment).filter((path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    return found !== undefined && (found.mode & EVERYONE_READS) !== 0
  })
}

function pathsOf(references: readonly string[], { secrets_dir: folder }: Config, environment: Environment): string[] {
  const paths = references.map((reference) => secretPath(reference, environment, folder))
  return [...new Set(paths.filter((path) => path !== undefined))]
}

function referencesIn(value: unknown, without: readonly string[] = []): string[] {
  if (typeof value === 'string') return REFERENCE.exec(value)?.slice(1, 2) ?? []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    without.includes(name) ? [] : referencesIn(member, without),
  )
}
