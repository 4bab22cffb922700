import { execFileSync } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { createContext, runInContext } from 'node:vm'

/** What the program in a prompt prints, by running it; `undefined` without a program or what it needs. */
export async function printedBy(prompt: string): Promise<string | undefined> {
  const [, language, source] = /```(js|python|sql)\n([\s\S]*?)```/.exec(prompt) ?? []
  if (source === undefined) return undefined
  if (language === 'js') return printedByScript(source)
  return language === 'sql' ? answeredBy(source) : printedByPython(source)
}

async function printedByScript(source: string): Promise<string> {
  const lines: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const log = (...values: unknown[]): void => {
    lines.push(values.join(' '))
    resolve()
  }
  runInContext(source, createContext({ console: { log }, setTimeout, queueMicrotask }), { timeout: 5_000 })
  await promise
  return lines.join('\n')
}

function answeredBy(source: string): string {
  const database = new DatabaseSync(':memory:')
  const split = source.lastIndexOf('SELECT SUM(total)')
  database.exec(source.slice(0, split))
  return String(Object.values(database.prepare(source.slice(split)).get() ?? {})[0])
}

function printedByPython(source: string): string | undefined {
  if (!source.includes('print(')) return undefined
  try {
    return execFileSync('python3', ['-c', source], { encoding: 'utf8' }).trim()
  } catch {
    // No Python here.
    return undefined
  }
}
