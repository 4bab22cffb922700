import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import type { Problem } from '../../config/problem.ts'
import type { LogFile } from '../../decision-log/log-file.ts'
import type { DecisionLogSettings } from '../../gateway.ts'

type Settings = NonNullable<Config['telemetry']['decision_log']>

const PATH = 'telemetry.decision_log.path'
// It says who asked for what: for the operator's eyes.
const OWNER_ONLY = 0o600
const NEWLINE = 10

/** The decision log's file of a configuration, its path from `folder`. `undefined` where none is configured. */
export async function openLogFile(
  settings: Settings | undefined,
  folder: string,
): Promise<DecisionLogSettings | { readonly problems: readonly Problem[] } | undefined> {
  if (settings === undefined) return undefined
  const path = resolve(folder, settings.path)
  try {
    return { file: await createLogFile(path, settings.keep), prompts: settings.prompts, maxBytes: settings.max_bytes }
  } catch (cause) {
    const problem = `${path} cannot be written (${cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)})`
    return { problems: [{ path: PATH, problem, remedy: 'Name a file in a folder that this process may write to.' }] }
  }
}

/** A growing file at `path`, and up to `keep` full ones at `path.1` (the newest), `path.2`, … */
export async function createLogFile(path: string, keep: number): Promise<LogFile> {
  await mkdir(dirname(path), { recursive: true })
  let handle = await openAtEnd(path)
  let { size } = await handle.stat()
  // A line that was cut when the process died must not swallow the next one.
  let isCut = size > 0 && !(await endsInNewline(handle, size))

  return {
    // The newline that ends a cut line comes first.
    bytes: () => size + (isCut ? 1 : 0),
    async append(lines) {
      const bytes = isCut ? Buffer.concat([Buffer.of(NEWLINE), lines]) : lines
      try {
        for (let written = 0; written < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, written)
          written += bytesWritten
        }
        isCut = false
      } catch (cause) {
        isCut = true
        throw cause
      } finally {
        size = (await handle.stat()).size
      }
    },
    async rotate() {
      // Closed already where the last try to begin a new file failed.
      await handle.close().catch(() => undefined)
      if (keep === 0) await rm(path, { force: true })
      else {
        await rm(`${path}.${keep}`, { force: true })
        for (let age = keep - 1; age >= 1; age -= 1) await renameIfThere(`${path}.${age}`, `${path}.${age + 1}`)
        await renameIfThere(path, `${path}.1`)
      }
      handle = await openAtEnd(path)
      size = (await handle.stat()).size
      isCut = false
    },
    async read(from, bytes) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, from)
      return bytesRead === bytes ? buffer.toString() : undefined
    },
    close: () => handle.close(),
  }
}

function openAtEnd(path: string): Promise<FileHandle> {
  return open(path, 'a+', OWNER_ONLY)
}

async function endsInNewline(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === NEWLINE
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause
  }
}
