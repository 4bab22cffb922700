import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/platform/node/main.ts', import.meta.url))

export type Program = { readonly url: string; readonly output: () => string; close(): Promise<void> }

/** The program as `npm start` runs it: no configuration, no keys, nothing on the usual local ports but what is there. */
export function startProgram(args: readonly string[] = []): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-'))
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...args], { cwd: folder, env: { PATH, HOME } })
  let output = ''
  return new Promise((resolve, reject) => {
    const take = (data: Buffer) => {
      output += data.toString()
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1]
      if (url !== undefined) resolve({ url, output: () => output, close })
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('exit', (code) => reject(new Error(`the program ended with ${code}: ${output}`)))
    function close(): Promise<void> {
      return new Promise((closed) => {
        child.removeAllListeners('exit')
        child.on('exit', () => closed())
        child.kill('SIGTERM')
      })
    }
  })
}
