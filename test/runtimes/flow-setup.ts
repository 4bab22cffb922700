import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { commandOf } from './command-of.ts'

const HOST = fileURLToPath(new URL('flow-host.ts', import.meta.url))
const START_MS = 60_000

/** One process for all tests of a project, with the runtime of its name: it holds the gateways of all of them. */
export default async function setup({ name: runtime }: { readonly name: string }): Promise<() => void> {
  const [command, ...first] = commandOf(runtime)
  const child = spawn(command, [...first, HOST], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${HOST} did not listen within ${START_MS} ms.`)), START_MS)
    child.on('error', reject)
    child.on('exit', (status) => reject(new Error(`${HOST} ended with ${status}.`)))
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const found = /listening on (http\S+)/.exec(output)?.[1]
      if (found === undefined) return
      clearTimeout(late)
      resolve(found)
    })
  })
  process.env[`THALAMUS_FLOW_${runtime.toUpperCase()}`] = url
  return () => void child.kill('SIGKILL')
}
