import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { DataProblem } from './data-problem.ts'

const BYTE_ORDER_MARK = '\uFEFF'

/** The lines of a UTF-8 file, gzipped or not, without a byte order mark. Throws a DataProblem that names the file. */
export function readLines(file: string): string[] {
  const text = unpacked(file, bytesOf(file)).toString('utf8')
  return (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).split(/\r?\n/)
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new DataProblem(`${file} cannot be read: ${reasonOf(cause)}.`, { cause })
  }
}

function unpacked(file: string, bytes: Buffer): Buffer {
  if (!file.endsWith('.gz')) return bytes
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    throw new DataProblem(`${file} cannot be unpacked: ${reasonOf(cause)}. Fetch it again, or pack it with gzip.`, {
      cause,
    })
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
