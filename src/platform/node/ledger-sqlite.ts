import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Ledger, UsageRecord } from '../../core/ledger.ts'
import { loadSqlite } from './load-sqlite.ts'

/** From the version before it to this one. The file says its own in `user_version`. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE usage (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL,
     at_ms INTEGER NOT NULL,
     key TEXT NOT NULL,
     model TEXT NOT NULL,
     endpoint TEXT NOT NULL,
     role TEXT NOT NULL,
     outcome TEXT NOT NULL,
     input_tokens INTEGER,
     output_tokens INTEGER,
     cached_input_tokens INTEGER,
     cache_write_tokens INTEGER,
     reasoning_tokens INTEGER,
     cost_nano_usd INTEGER,
     estimated INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX usage_by_key ON usage (key, at_ms);`,
  // A month of a busy key is summed from the index alone: calls wait for it, once in a process.
  `DROP INDEX usage_by_key;
   CREATE INDEX usage_by_key ON usage (key, at_ms, role, cost_nano_usd);`,
]

const INSERT = `INSERT INTO usage (id, at_ms, key, model, endpoint, role, outcome, input_tokens, output_tokens,
  cached_input_tokens, cache_write_tokens, reasoning_tokens, cost_nano_usd, estimated)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
// A copy for a shadow is the operator's.
const SPENT = "SELECT sum(cost_nano_usd) AS spent FROM usage WHERE key = ? AND at_ms >= ? AND role <> 'shadow'"

// It says who used what: for the operator's eyes.
const OWNER_ONLY = 0o600
// A reader in another process holds no lock that a writer has to wait for; another writer does, for microseconds.
const LOCK_MS = 10
// Moving the log into the file takes a sync of the disk, in which nothing else happens: seldom, once in about 2,000 calls.
const CHECKPOINT_PAGES = 4_000
// How often it is looked for where it should be.
const LOOK_MS = 1_000

/**
 * The ledger in a file of SQLite. Written ahead, without a sync of the disk: a record outlives the process once it is
 * written, and a fall of the whole machine may take the last seconds. Throws where the file is no ledger of a version
 * that is known here.
 */
export async function openLedger(path: string): Promise<Ledger> {
  const { DatabaseSync: Database } = await loadSqlite()
  const { database, inode, spent, write } = openFile(Database, path)
  let lookedAt = performance.now()
  let isInPlace = true

  /** What is written to a file that nobody can find is lost, and SQLite would not say so. */
  function requireFile(): void {
    const now = performance.now()
    if (isInPlace && now - lookedAt < LOOK_MS) return
    lookedAt = now
    isInPlace = inodeOf(path) === inode
    if (!isInPlace)
      throw new Error('its file was moved or removed: put it back, or restart the gateway to begin another')
  }

  return {
    append(records) {
      requireFile()
      const [only] = records
      // One alone is a transaction by itself.
      if (records.length === 1 && only !== undefined) {
        write(only)
        return
      }
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const record of records) write(record)
        database.exec('COMMIT')
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw cause
      }
    },
    spentSince: (key, since) => Number(spent.get(key, Math.round(since))?.['spent'] ?? 0) / NANO,
    close: () => database.close(),
  }
}

type LedgerFile = {
  readonly database: DatabaseSync
  readonly inode: bigint | undefined
  readonly spent: StatementSync
  write(record: UsageRecord): void
}

function openFile(Database: typeof DatabaseSync, path: string): LedgerFile {
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'a', OWNER_ONLY))
  const database = new Database(path, { timeout: LOCK_MS })
  try {
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    )
    migrate(database)
  } catch (cause) {
    database.close()
    throw cause
  }
  const insert = database.prepare(INSERT)
  const spent = database.prepare(SPENT)
  spent.setReadBigInts(true)
  return {
    database,
    inode: inodeOf(path),
    spent,
    write: (record) =>
      void insert.run(
        record.id,
        Math.round(record.at),
        record.key,
        record.model,
        record.endpoint,
        record.role,
        record.outcome,
        record.inputTokens ?? null,
        record.outputTokens ?? null,
        record.cachedInputTokens ?? null,
        record.cacheWriteTokens ?? null,
        record.reasoningTokens ?? null,
        record.costNanoUsd ?? null,
        record.isEstimated ? 1 : 0,
      ),
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino
}

const NANO = 1_000_000_000

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > MIGRATIONS.length) {
    throw new Error(`it is of version ${version}, and this program knows ${MIGRATIONS.length}`)
  }
  const missing = MIGRATIONS.slice(version)
  if (missing.length === 0) return
  const steps = missing.join('\n')
  database.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
}
