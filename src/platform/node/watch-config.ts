import type { FSWatcher } from 'node:fs'
import { existsSync, readFileSync, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import type { Problem } from '../../config/problem.ts'
import { readConfig } from '../../config/read-config.ts'
import type { Log } from '../../core/ports.ts'

const SETTLE_MS = 100

/**
 * Applies every good edit of the file and reports every bad one, which changes nothing. Watches the folder, because
 * editors and Kubernetes replace files instead of writing into them. Applies the same configuration again when a file
 * in `profiles` or `policies` has changed, folders beside it that need not exist, or a file that holds a secret.
 */
export function watchConfig(
  path: string,
  { profiles, policies, secretsOf }: Watched,
  initial: Config,
  log: Log,
  apply: (config: Config) => Promise<readonly Problem[]>,
): ConfigWatcher {
  const file = resolve(path)
  let current = initial
  let timer: NodeJS.Timeout | undefined
  let hasNewFiles: string | undefined
  const folders = new Map<string, FSWatcher | undefined>()
  let secretWatchers: readonly (FSWatcher | undefined)[] = []

  async function reload(): Promise<void> {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch {
      // Replaced by renaming: the next event comes when the new file is there.
      return
    }
    const read = readConfig(text)
    if ('problems' in read) return refuse(read.problems)
    const isEdited = JSON.stringify(read.config) !== JSON.stringify(current)
    const changed = hasNewFiles
    if (!isEdited && changed === undefined) return
    hasNewFiles = undefined
    try {
      const problems = await apply(read.config)
      if (problems.length > 0) return refuse(problems)
    } catch (cause) {
      return refuse([{ path: file, problem: String(cause), remedy: 'The state before this edit is kept.' }])
    }
    for (const part of readOnce(current, read.config)) log('warn', 'config_needs_restart', { part })
    current = read.config
    if (isEdited) watchSecrets()
    log('info', 'config_reloaded', { path: isEdited ? file : changed })
  }

  function refuse(problems: readonly Problem[]): void {
    log('error', 'config_refused', { path: file, kept: 'the state before this edit', problems })
  }

  // One at a time: of two edits in a row, the later must win.
  let reloading = Promise.resolve()
  const schedule = (): void => {
    reloading = reloading.then(reload)
  }
  const settle = (): void => {
    clearTimeout(timer)
    timer = setTimeout(schedule, SETTLE_MS)
  }
  const watchBeside = (folder: string): void => {
    folders.get(folder)?.close()
    const isWatched = existsSync(folder)
    folders.set(
      folder,
      isWatched
        ? watchFolder(
            folder,
            log,
            (name) => {
              if (folder === profiles && name !== null && !name.endsWith('.json')) return
              hasNewFiles = folder
              settle()
            },
            folder === policies,
          )
        : undefined,
    )
  }
  function watchSecrets(): void {
    for (const one of secretWatchers) one?.close()
    const files = secretsOf(current).map((secret) => resolve(secret))
    const places = [...new Set(files.map((secret) => dirname(secret)))].filter((folder) => existsSync(folder))
    secretWatchers = places.map((folder) =>
      watchFolder(folder, log, (name) => {
        // Kubernetes swaps `..data`, a link to the folder of all.
        if (name !== null && !name.startsWith('..data') && !files.includes(resolve(folder, name))) return
        hasNewFiles = folder
        settle()
      }),
    )
  }
  const watcher = watchFolder(dirname(file), log, (name) => {
    const beside = [profiles, policies].find((folder) => name === basename(folder))
    if (beside !== undefined) {
      watchBeside(beside)
      hasNewFiles = beside
    } else if (name !== null && name !== basename(file) && !name.startsWith('..data')) return
    settle()
  })
  for (const folder of [profiles, policies]) watchBeside(folder)
  watchSecrets()
  // An edit made while the gateway started has no event any more.
  schedule()
  return {
    again() {
      hasNewFiles ??= file
      settle()
    },
    close() {
      clearTimeout(timer)
      watcher?.close()
      for (const folder of [...folders.values(), ...secretWatchers]) folder?.close()
    },
  }
}

export type ConfigWatcher = {
  /** Reads everything again, whether or not anything was seen to change. */
  again(): void
  close(): void
}

type Watched = {
  readonly profiles: string
  readonly policies: string
  /** The files that hold what a configuration refers to. */
  readonly secretsOf: (config: Config) => readonly string[]
}

/** Watches a folder; where the system cannot, says so and the gateway serves on. */
function watchFolder(
  folder: string,
  log: Log,
  changed: (name: string | null) => void,
  recursive = false,
): FSWatcher | undefined {
  const complain = (cause: unknown): void => log('warn', 'config_not_watched', { folder, problem: String(cause) })
  try {
    return watch(folder, { recursive }, (_event, name) => changed(name)).on('error', complain)
  } catch (cause) {
    complain(cause)
    return undefined
  }
}

/** What differs of that which is read only at the start. */
function readOnce(before: Config, after: Config): string[] {
  const parts: readonly (readonly [part: string, of: (config: Config) => unknown])[] = [
    ['server.host', ({ server }) => server.host],
    ['server.port', ({ server }) => server.port],
    ['server.tls', ({ server }) => [server.tls === undefined, server.tls?.client_ca === undefined]],
    ['timeouts.connect_ms', ({ timeouts }) => timeouts.connect_ms],
    ['telemetry', ({ telemetry }) => telemetry],
    ['store', ({ store }) => store],
    ['ledger', ({ ledger }) => ledger],
    ['learning.file', ({ learning }) => learning.file],
  ]
  return parts.filter(([, of]) => JSON.stringify(of(before)) !== JSON.stringify(of(after))).map(([part]) => part)
}
