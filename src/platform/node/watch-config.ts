import { readFileSync, watch } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import type { Problem } from '../../config/problem.ts'
import { readConfig } from '../../config/read-config.ts'
import type { Log } from '../../core/ports.ts'

const SETTLE_MS = 100

/** Parts that are read once: a change to them needs a restart. */
const BOOT_PARTS = ['server', 'telemetry', 'store'] as const

/**
 * Applies every good edit of the file and reports every bad one, which changes nothing. Watches the folder, because
 * editors and Kubernetes replace files instead of writing into them.
 */
export function watchConfig(
  path: string,
  initial: Config,
  log: Log,
  apply: (config: Config) => Promise<readonly Problem[]>,
): { close(): void } {
  const file = resolve(path)
  let current = initial
  let timer: NodeJS.Timeout | undefined

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
    if (JSON.stringify(read.config) === JSON.stringify(current)) return
    try {
      const problems = await apply(read.config)
      if (problems.length > 0) return refuse(problems)
    } catch (cause) {
      return refuse([{ path: file, problem: String(cause), remedy: 'The state before this edit is kept.' }])
    }
    for (const part of BOOT_PARTS) {
      if (JSON.stringify(read.config[part]) !== JSON.stringify(current[part]) && part !== 'server') {
        log('warn', 'config_needs_restart', { part })
      }
    }
    if (needsRestart(current, read.config)) log('warn', 'config_needs_restart', { part: 'server.host, server.port' })
    current = read.config
    log('info', 'config_reloaded', { path: file })
  }

  function refuse(problems: readonly Problem[]): void {
    log('error', 'config_refused', { path: file, kept: 'the state before this edit', problems })
  }

  const watcher = watch(dirname(file), (_event, name) => {
    if (name !== null && name !== basename(file) && !name.startsWith('..data')) return
    clearTimeout(timer)
    timer = setTimeout(() => void reload(), SETTLE_MS)
  })
  return {
    close() {
      clearTimeout(timer)
      watcher.close()
    },
  }
}

function needsRestart(before: Config, after: Config): boolean {
  return before.server.host !== after.server.host || before.server.port !== after.server.port
}
