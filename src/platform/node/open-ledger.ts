import { resolve } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import type { Problem } from '../../config/problem.ts'
import type { Ledger } from '../../core/ledger.ts'
import { openLedger } from './ledger-sqlite.ts'

/** The ledger of a configuration, its path from `folder`. `undefined` where none is configured. */
export async function ledgerOf(
  settings: Config['ledger'],
  folder: string,
): Promise<Ledger | { readonly problems: readonly Problem[] } | undefined> {
  if (settings === undefined) return undefined
  const path = resolve(folder, settings.sqlite)
  try {
    return await openLedger(path)
  } catch (cause) {
    const problem = `${path} cannot be opened (${cause instanceof Error ? cause.message : String(cause)})`
    const remedy = 'Name a file that this process may write to. One that is broken: move it away, and a new one begins.'
    return { problems: [{ path: 'ledger.sqlite', problem, remedy }] }
  }
}
