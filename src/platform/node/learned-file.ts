import { readFileSync, renameSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { StateFile } from '../../learn/keep-state.ts'

/** A file that is replaced as a whole: whoever reads it, or starts after a crash, finds the old state or the new one. */
export function learnedFile(path: string): StateFile {
  const file = resolve(path)
  return {
    read() {
      try {
        return readFileSync(file, 'utf8')
      } catch (cause) {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
        throw cause
      }
    },
    async write(text) {
      const draft = `${file}.${process.pid}.tmp`
      await mkdir(dirname(file), { recursive: true })
      const handle = await open(draft, 'w', 0o600)
      try {
        await handle.writeFile(text)
        // Else the name may be on the disk before the bytes are: after a loss of power the file would be empty.
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, file)
    },
    setAside() {
      try {
        renameSync(file, `${file}.unread`)
      } catch {
        // It could not be read either: the log has said why.
      }
    },
  }
}
