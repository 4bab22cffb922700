import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { DataProblem } from './data-problem.ts'

const BYTE_ORDER_MARK = '\uFEFF'

/** The lines of a UTF-8 file, gzipped or not, without a byte order mark. Throws a DataProblem that names the file. */
export function readLines(file: string): string[] {
  const bytes = unpacked(file, bytesOf(file))
  requireUtf8(file, bytes)
  return linesOf(bytes)
}

/** The same of prose, in which a character that is none in UTF-8 is nobody's loss. */
export function readProse(file: string): string[] {
  return linesOf(bytesOf(file))
}

function linesOf(bytes: Buffer): string[] {
  const text = bytes.toString('utf8')
  return (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).split(/\r?\n/)
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new DataProblem(`${file} cannot be read: ${reasonOf(cause)}.`, { cause })
  }
}

/** Characters read wrongly are other questions, or other models: the file ends the run instead. */
function requireUtf8(file: string, bytes: Buffer): void {
  const [first = 0, second = 0] = bytes
  // Its mark, or the zero bytes of its Latin letters without one.
  const isUtf16 = first + second === 0xfe + 0xff || (bytes.length > 1 && (first === 0) !== (second === 0))
  if (isUtf8(bytes) && !isUtf16) return
  const found = isUtf16 ? 'UTF-16' : 'another encoding, such as Latin-1 (Windows-1252)'
  throw new DataProblem(`${file} is not UTF-8 but ${found}. Save it as UTF-8.`)
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
